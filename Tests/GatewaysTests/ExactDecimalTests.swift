import Scanning
import Testing

@testable import Gateways

@Suite("Exact decimals") struct ExactDecimalTests {
  @Test(
    "read what people write",
    arguments: [
      ("12", 12, 0), ("0.5", 5, 1), ("100.0", 100, 0), ("1e3", 1_000, 0), ("25e-2", 25, 2), ("0", 0, 0),
      ("0.000", 0, 0), ("1.50", 15, 1), ("007", 7, 0),
    ])
  func texts(text: String, digits: Int, places: Int) throws {
    let number = try #require(ExactDecimal(text))
    #expect(number.digits == Int64(digits) && number.places == places)
    #expect(ExactDecimal(number.text) == number)
  }

  @Test(
    "refuse everything else",
    arguments: [
      "", ".", "1.", ".5", "-1", "+1", "1e", "1e99", "1e+", "0x10", "1_000", "NaN", "inf", "１",
      "99999999999999999999", "1.2.3", "1 ",
    ])
  func refusals(text: String) { #expect(ExactDecimal(text) == nil) }

  @Test("become rates without decimals") func rates() {
    #expect(ExactDecimal("2.5")?.rate(per: 1_000_000) == LimitRate(5, per: 2_000_000))
    #expect(ExactDecimal("0.25")?.rate(per: 1_000_000) == LimitRate(1, per: 4_000_000))
    #expect(ExactDecimal("50")?.rate(per: 60_000_000) == LimitRate(50, per: 60_000_000))
    #expect(ExactDecimal("0")?.rate(per: 1_000_000) == nil)
    #expect(ExactDecimal("1e-18")?.rate(per: 1_000_000) == nil)
  }

  @Test("come from rates that have a finite form") func fromRates() {
    #expect(ExactDecimal(.perMinute(90))?.text == "1.5")
    #expect(ExactDecimal(.perMinute(1)) == nil)
    #expect(ExactDecimal(LimitRate(1, per: 8_000_000))?.text == "0.125")
    #expect(ExactDecimal(LimitRate(.max, per: 1)) == nil)
  }

  @Test("scale exactly or not at all") func scaling() {
    #expect(ExactDecimal("0.001")?.scaled(by: 1_000) == 1)
    #expect(ExactDecimal("0.0005")?.scaled(by: 1_000) == nil)
    #expect(ExactDecimal("100000000000000000")?.scaled(by: 1_000) == nil)
    #expect(ExactDecimal("2.75")?.whole == 2)
    #expect(ExactDecimal("1.1")?.rounded(by: 1_024) == 1_126)
    #expect(ExactDecimal("0.5")?.rounded(by: 1) == 1)
    #expect(ExactDecimal("9e17")?.rounded(by: 100) == nil)
  }
}

import Scanning
import TestSupport
import Testing

@Suite("Quantities with units")
struct QuantityTests {
  @Test(
    "durations are read exactly, in µs",
    arguments: [
      ("250ms", 250_000), ("1.5s", 1_500_000), ("10 m", 600_000_000), ("2h", 7_200_000_000),
      ("7d", 604_800_000_000), ("1us", 1), ("0s", 0),
      ("0.001ms", 1), ("1.50s", 1_500_000), ("1w", 604_800_000_000),
    ])
  func durations(text: String, expected: Int64) throws {
    #expect(try Quantity.duration(text) == expected)
  }

  @Test(
    "what is no exact duration is refused",
    arguments: [
      "", "5", "s", "-1s", "1.s", ".5s", "1s2", "0.0001ms", "1 fortnight", "9223372036854775807s", "1e3s", "٣s",
    ])
  func noDurations(text: String) {
    #expect(throws: Quantity.SyntaxError.self) { try Quantity.duration(text) }
  }

  @Test(
    "rates keep their period",
    arguments: [
      ("10r/s", 10, 1_000_000), ("600/m", 600, 60_000_000), ("5000/day", 5000, 86_400_000_000),
      ("100/10s", 100, 10_000_000), ("2.5r/s", 25, 10_000_000),
      ("1req/minute", 1, 60_000_000), ("7/250ms", 7, 250_000),
    ])
  func rates(text: String, count: Int64, period: Int64) throws {
    #expect(try Quantity.rate(text) == Quantity.Rate(count, per: period))
  }

  @Test(
    "what is no rate is refused",
    arguments: [
      "", "10", "0/s", "10r", "10/", "/s", "10x/s", "1/0s", "-1/s", "10/s/s", "99999999999999999999/s",
      "10/fortnight",
    ])
  func noRates(text: String) {
    #expect(throws: Quantity.SyntaxError.self) { try Quantity.rate(text) }
  }

  @Test("sizes", arguments: [("4096", 4096), ("10kB", 10_000), ("64MiB", 67_108_864), ("1.5G", 1_610_612_736)])
  func sizes(text: String, expected: Int64) throws {
    #expect(try Quantity.bytes(text) == expected)
  }

  @Test("what is written reads back equal", arguments: UInt64(1)...20)
  func readsBack(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let units: [Int64] = [1, 1_000, 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000]
      let length = Int64.random(in: 1...5_000, using: &random) * units.randomElement(using: &random)!
      #expect(try Quantity.duration(Quantity.durationText(length)) == length)
      let rate = Quantity.Rate(Int64.random(in: 1...1_000_000_000_000, using: &random), per: length)
      #expect(try Quantity.rate(Quantity.rateText(rate)) == rate)
    }
    #expect(Quantity.rateText(Quantity.Rate(50, per: 1_000_000)) == "50r/s")
    #expect(Quantity.rateText(Quantity.Rate(3, per: 10_000_000)) == "3r/10s")
  }
}

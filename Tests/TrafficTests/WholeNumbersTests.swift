import Testing
import Traffic

@Suite("Whole numbers") struct WholeNumbersTests {
  @Test("are rounded down on both sides of 0", arguments: [
    (7, 3, 2), (6, 3, 2), (0, 3, 0), (-1, 3, -1), (-3, 3, -1), (-4, 3, -2), (.max, 1, .max), (.min, 1, .min),
    (.min + 1, 1_000_000, -9_223_372_036_855),
  ] as [(Int64, Int64, Int64)])
  func floors(number: Int64, divisor: Int64, quotient: Int64) {
    #expect(number.flooredQuotient(by: divisor) == quotient)
    #expect(number.flooredRemainder(by: divisor) == number &- quotient &* divisor)
    #expect(number.flooredMultiple(of: divisor) == quotient &* divisor)
  }

  @Test("share their greatest divisor") func divisors() {
    #expect(Int64(12).greatestCommonDivisor(with: 18) == 6)
    #expect(Int64(7).greatestCommonDivisor(with: 1_000) == 1)
    #expect(Int64(0).greatestCommonDivisor(with: 5) == 5)
  }
}

@Suite("Civil dates") struct CivilDateTests {
  @Test("follow the calendar day by day, and each first of a month has its number")
  func everyDay() {
    var expected = (year: Int64(-1), month: Int64(1), day: Int64(1))
    for number in CivilDate.daysSince1970(toMonth: 1, of: -1)...CivilDate.daysSince1970(toMonth: 13, of: 2_400) {
      let date = CivilDate(daysSince1970: number)
      guard (date.year, date.month, date.day) == (expected.year, expected.month, expected.day) else {
        Issue.record("day \(number) is \(date), not \(expected)")
        return
      }
      if expected.day == 1 { #expect(CivilDate.daysSince1970(toMonth: date.month, of: date.year) == number) }
      expected.day += 1
      guard expected.day > length(ofMonth: expected.month, year: expected.year) else { continue }
      expected = expected.month == 12 ? (expected.year + 1, 1, 1) : (expected.year, expected.month + 1, 1)
    }
  }

  private func length(ofMonth month: Int64, year: Int64) -> Int64 {
    if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
    return [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  @Test("hold instants before 1970, and the first and last of all") func instants() {
    #expect(CivilDate(at: -1) == CivilDate(daysSince1970: -1))
    #expect(CivilDate(at: 0) == CivilDate(daysSince1970: 0))
    #expect(CivilDate(at: .max).year == 294_247)
    #expect(CivilDate(at: .min).year == -290_308)
  }
}

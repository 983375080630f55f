import Testing

@testable import Analysis

@Suite("What findings are made of") struct FindingNumbersTests {
  @Test("the worst stretch is the largest sum of consecutive steps", arguments: [
    ([-1.0, 3, -1, 3, -5, 4], 1..<4), ([2, 1], 0..<2), ([-1, 0.5, -1], 1..<2),
  ] as [([Double], Range<Int>)])
  func stretch(values: [Double], range: Range<Int>) {
    #expect(WorstStretch(values)?.range == range)
  }

  @Test("there is none where no step has too much") func none() {
    #expect(WorstStretch([]) == nil && WorstStretch([-1, -2]) == nil && WorstStretch([0]) == nil)
  }

  @Test("a hostile name stays one word of the shell") func shell() {
    #expect(ShellLine.sql("a = 'x$(id)'") == "headroom sql 'a = '\\''x$(id)'\\'''")
  }
}

/// Spreads exactly `lines` arrivals over the curve as a Poisson process would, given that count.
///
/// The gap to the next of n arrivals that share the remaining weight W is W · e / (n + e), e exponential
/// with mean 1; the weight is then walked off second by second.
struct ArrivalClock {
  private let curve: TrafficCurve
  private let seconds: Int
  private var linesLeft: Int
  private var weightLeft: Double
  private var consumed = 0.0

  /// The second of the last arrival, and its weight.
  private(set) var second = 0
  private(set) var weight: (quiet: Double, total: Double)

  init(curve: TrafficCurve, seconds: Int, lines: Int) {
    self.curve = curve
    self.seconds = seconds
    linesLeft = lines
    weightLeft = (0..<seconds).reduce(0) { $0 + curve.weight(ofSecond: $1).total }
    weight = curve.weight(ofSecond: 0)
  }

  /// The next arrival, µs since the start; nil when all have come.
  @inline(__always)
  mutating func next(_ random: inout SeededGenerator) -> Int? {
    guard linesLeft > 0 else { return nil }
    let unit = Quantiles.exponential.value(at: UInt32(truncatingIfNeeded: random.next()))
    let gap = weightLeft * unit / (Double(linesLeft) + unit)
    linesLeft -= 1
    weightLeft -= gap
    consumed += gap
    while consumed >= weight.total, second + 1 < seconds {
      consumed -= weight.total
      second += 1
      weight = curve.weight(ofSecond: second)
    }
    let inside = weight.total > 0 ? min(consumed / weight.total, 0.999_999) : 0.999_999
    return second * 1_000_000 + Int(inside * 1_000_000)
  }
}

/// Round places on a logarithmic axis: 1, 2 and 5 of every power of ten, thinned out where the range is wide.
enum LogTicks {
  /// Ticks from `low` to `high`, at most about `count`: 1-2-5, or 1 only, or every few powers of ten.
  static func ticks(from low: Double, to high: Double, atMost count: Int) -> [Double] {
    guard low > 0, high >= low, high.isFinite else { return [] }
    let first = Int(Logarithm.base10(low).rounded(.down)) - 1
    let last = Int(Logarithm.base10(high).rounded(.up)) + 1
    for mantissas in [[1.0, 2, 5], [1.0, 3], [1.0]] {
      let ticks = places(mantissas, first, last, 1).filter { isInside($0, low, high) }
      if ticks.count <= count { return ticks }
    }
    let apart = max(2, (last - first + count - 1) / max(1, count))
    let start = Int((Double(first) / Double(apart)).rounded(.down)) * apart
    return places([1], start, last, apart).filter { isInside($0, low, high) }
  }

  /// The nearest 1-2-5 at or below and at or above: an axis that begins and ends at a round value.
  static func around(_ low: Double, _ high: Double) -> (low: Double, high: Double) {
    guard low > 0, high >= low, high.isFinite else { return (1, 10) }
    let first = Int(Logarithm.base10(low).rounded(.down)) - 1
    let last = Int(Logarithm.base10(high).rounded(.up)) + 1
    let all = places([1, 2, 5], first, last, 1)
    let below = all.last { $0 <= low } ?? low
    let above = all.first { $0 >= high } ?? high
    return below < above ? (below, above) : (below / 2, above * 2)
  }

  private static func places(_ mantissas: [Double], _ first: Int, _ last: Int, _ apart: Int) -> [Double] {
    stride(from: first, through: last, by: apart).flatMap { exponent in
      mantissas.map {
        exponent < 0 ? $0 / Logarithm.powerOfTen(-exponent) : $0 * Logarithm.powerOfTen(exponent)
      }
    }
  }

  private static func isInside(_ tick: Double, _ low: Double, _ high: Double) -> Bool {
    tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)
  }
}

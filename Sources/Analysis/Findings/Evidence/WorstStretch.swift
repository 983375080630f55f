/// The run of consecutive steps whose excess over what is usual adds up to most.
///
/// Kadane's largest sum: one pass, no window length to choose.
struct WorstStretch: Hashable {
  /// Indexes of the steps.
  let range: Range<Int>
  let excess: Double

  /// - Parameter values: per step what it had too much, negative where it had less than is usual.
  /// Nil where no step had too much.
  init?(_ values: [Double]) {
    var best: (range: Range<Int>, sum: Double) = (0..<0, 0)
    var (start, sum) = (0, 0.0)
    for (index, value) in values.enumerated() {
      if sum <= 0 { (start, sum) = (index, 0) }
      sum += value
      if sum > best.sum { best = (start..<(index + 1), sum) }
    }
    guard best.sum > 0 else { return nil }
    (range, excess) = best
  }
}

internal import Glibc  // links the square root

/// A share (error rate, hit ratio, rejection rate) with the interval it may really be in.
public struct ShareInterval: Hashable, Sendable {
  public let lower: Double
  public let upper: Double

  /// Wilson's score interval; stays inside 0…1 and is honest for shares near 0. Nil without observations.
  ///
  /// - Parameter z: 1.96 standard errors for 95 %.
  /// - Source: Wilson, *Probable Inference, the Law of Succession, and Statistical Inference*, JASA 22, 1927.
  public init?(_ hits: Int, of total: Int, z: Double = 1.96) {
    guard total > 0, hits >= 0, hits <= total else { return nil }
    let n = Double(total)
    let share = Double(hits) / n
    let shrink = 1 + z * z / n
    let center = (share + z * z / (2 * n)) / shrink
    let half = z / shrink * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    lower = hits == 0 ? 0 : max(0, center - half)
    upper = hits == total ? 1 : min(1, center + half)
  }
}

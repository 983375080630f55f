public import Traffic

/// What recorded traffic says about its retries: enough to take them out of a replay and to let others in.
public struct RetryEvidence: Sendable {
  /// Longest gap between a rejection and its retry.
  public var horizon: Microseconds
  /// Of all callers together that were rejected at least once.
  public var overall: RetryOdds
  /// Of callers with evidence enough of their own, by `RecordedAttempt.caller`.
  public var byCaller: [Int64: RetryOdds]
  /// Gaps of at most the horizon, µs, after a rejection and after a success.
  public var gapsAfterRejection: LatencySketch
  public var gapsAfterSuccess: LatencySketch
  /// Rejections by their place in the chain, the first of the chain first; the last element counts all later places.
  public var byPosition: [RetryOdds.Followed]
  /// Attempts of the longest chain.
  public var longestChain: Int
  /// From the first to the last attempt of the chain that took longest.
  public var longestSpan: Microseconds

  /// Places told apart in `byPosition`.
  public static let positions = 16

  public init(horizon: Microseconds, overall: RetryOdds = RetryOdds(), byCaller: [Int64: RetryOdds] = [:]) {
    self.horizon = horizon
    self.overall = overall
    self.byCaller = byCaller
    gapsAfterRejection = LatencySketch()
    gapsAfterSuccess = LatencySketch()
    byPosition = []
    longestChain = 0
    longestSpan = Microseconds(0)
  }

  /// How much of a linked attempt of a caller counts as a retry, 0…1.
  public func weight(of caller: Int64) -> Double { (byCaller[caller] ?? overall).weight }

  /// max(2 · Retry-After, 3 · median gap after a rejection, one minute), at most ten minutes.
  public static func horizon(medianGap: Microseconds?, retryAfter: Microseconds? = nil) -> Microseconds {
    let hinted = (retryAfter?.count ?? 0).multipliedReportingOverflow(by: 2)
    let seen = (medianGap?.count ?? 0).multipliedReportingOverflow(by: 3)
    let longest = max(hinted.overflow ? .max : hinted.partialValue, seen.overflow ? .max : seen.partialValue)
    return Microseconds(min(longestHorizon.count, max(Microseconds.minute.count, longest)))
  }

  public static let longestHorizon = Microseconds(600_000_000)

  // MARK: Gaps without the background

  /// Waits between a rejection and its retry, equally likely, with the caller's ordinary traffic taken out: the wait at
  /// the middle of each of `count` equal shares. Empty where nothing speaks for retries.
  ///
  /// An attempt that comes within x after a rejection is a retry or would have come anyway, so with F₁ and F₀ the
  /// shares followed within x after a rejection and after a success, retries within x are 1 − (1 − F₁)/(1 − F₀): r̂ at
  /// the horizon.
  public func retryGaps(_ count: Int) -> [Microseconds] {
    let steps = retriesWithin()
    guard count > 0, let all = steps.last?.share, all > 0 else { return [] }
    return (0..<count).map { index in
      let wanted = all * (Double(index) + 0.5) / Double(count)
      return steps.first { $0.share >= wanted }?.gap ?? horizon
    }
  }

  /// Share of rejections tried again within each gap that was seen, rising.
  private func retriesWithin() -> [(gap: Microseconds, share: Double)] {
    let rejections = Double(overall.afterRejection.events)
    guard rejections > 0 else { return [] }
    let successes = Double(max(1, overall.afterSuccess.events))
    var background = gapsAfterSuccess.buckets[...]
    var (after, anyway, share) = (0.0, 0.0, 0.0)
    return gapsAfterRejection.buckets.compactMap { bucket in
      after += Double(bucket.count) / rejections
      while let next = background.first, next.index <= bucket.index {
        anyway += Double(next.count) / successes
        background.removeFirst()
      }
      guard anyway < 1 else { return nil }
      // Noise may let the share fall; a retry that was seen stays seen.
      share = max(share, 1 - (1 - min(1, after)) / (1 - anyway))
      return (gap(ofBucket: bucket.index), share)
    }
  }

  private func gap(ofBucket index: Int) -> Microseconds {
    guard index < LatencyBuckets.count else { return horizon }
    let middle = LatencyBuckets.representative(of: index)
    return Microseconds(min(max(middle, gapsAfterRejection.minimum ?? middle), gapsAfterRejection.maximum ?? middle))
  }
}

import Traffic

/// So many requests in the window that ends now, by a log of their times.
///
/// The log keeps the last `limit` times: a request is over the limit exactly when the oldest of them is still inside.
/// With `countsRejected` a rejected request is logged too, and who goes on hammering stays out.
/// - Source: Tyk, `internal/rate/sliding_log.go`; Azure classic `rate-limit`; Apigee `rollingwindow`.
public struct SlidingLog: Limiter {
  public struct State: BitwiseCopyable, Sendable { var ring = TimeRings.Ring() }
  public static var keepsStateInPlace: Bool { false }

  let limit: Int
  /// µs; a time is inside while it is younger than this.
  let reach: Int64
  let countsRejected: Bool
  private var rings = TimeRings()

  public init(limit: Int64, window: Int64, keepsEdge: Bool, countsRejected: Bool) {
    self.limit = Int(clamping: max(0, limit))
    reach = max(0, window).clampedSum(keepsEdge ? 1 : 0)
    self.countsRejected = countsRejected
  }

  public var fresh: State { State() }

  /// A clock set back stands still.
  @inline(__always)
  public mutating func decide(_ state: inout State, at time: Int64) -> Verdict {
    guard limit > 0 else { return .rejected }
    let now = state.ring.count > 0 ? max(time, rings.time(0, from: state.ring)) : time
    let isOver = state.ring.count >= limit && isInside(rings.time(limit &- 1, from: state.ring), at: now)
    if !isOver || countsRejected { record(now, in: &state.ring) }
    return isOver ? .rejected : .passed
  }

  @inline(__always)
  private func isInside(_ logged: Int64, at now: Int64) -> Bool { now.clampedDifference(logged) < reach }

  @inline(__always)
  private mutating func record(_ now: Int64, in ring: inout TimeRings.Ring) {
    if ring.count >= limit { ring.drop() }
    while ring.count > 0, !ring.hasRoom, !isInside(rings.oldest(of: ring), at: now) { ring.drop() }
    rings.push(now, to: &ring)
  }
}

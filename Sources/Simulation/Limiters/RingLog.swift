public import Gateways

/// Caddy's `rate_limit`: a ring of the last `limit` passes; the next passes when the oldest is older than the window.
///
/// - Source: caddy-ratelimit, `ringbuffer.go`.
public struct RingLog: Limiter {
  public struct State: BitwiseCopyable, Sendable { var ring = TimeRings.Ring() }
  public static var keepsStateInPlace: Bool { false }

  let limit: Int
  /// µs
  let window: Int64
  let equality: RingEquality
  private var rings = TimeRings()

  public init(limit: Int64, window: Int64, equality: RingEquality) {
    self.limit = Int(clamping: max(0, limit))
    self.window = max(0, window)
    self.equality = equality
  }

  public var fresh: State { State() }

  /// A clock set back stands still.
  @inline(__always)
  public mutating func decide(_ state: inout State, at time: Int64) -> Verdict {
    guard limit > 0 else { return .rejected }
    let now = state.ring.count > 0 ? max(time, rings.time(0, from: state.ring)) : time
    guard state.ring.count >= limit else { return record(now, in: &state.ring) }
    let age = now.clampedDifference(rings.time(limit &- 1, from: state.ring))
    if age > window { return record(now, in: &state.ring) }
    guard age == window else { return .rejected }
    switch equality {
    case .rejects: return .rejected
    case .passes: return record(now, in: &state.ring)
    case .passesUnrecorded: return .passed
    }
  }

  @inline(__always)
  private mutating func record(_ now: Int64, in ring: inout TimeRings.Ring) -> Verdict {
    if ring.count >= limit { ring.drop() }
    while ring.count > 0, !ring.hasRoom, now.clampedDifference(rings.oldest(of: ring)) > window { ring.drop() }
    rings.push(now, to: &ring)
    return .passed
  }
}

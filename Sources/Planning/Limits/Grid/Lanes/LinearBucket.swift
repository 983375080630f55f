internal import Gateways

/// A bucket whose level falls evenly with time, so that a decision needs the time since the request before alone, be that
/// one accepted or not: nginx's excess at whole requests a second, and every exact token bucket.
///
///     level ← max(floor, level − drain·Δ);  rejected when level + cost > size·cost;  else level ← level + cost
///
/// The level is in units that make `drain` and `cost` whole numbers. nginx lets a level fall one request below 0 (its
/// first request after a pause is free); a token bucket's missing tokens do not.
struct LinearBucket: Hashable, Sendable {
  /// µs of one step of the limiter's clock.
  let step: Int64
  /// Units in one step.
  let drain: Double
  /// Units of one request.
  let cost: Double
  let floor: Double

  /// nil for what does not fall evenly: a rate in thousandths of a request is floored at every request.
  init?(_ dialect: LimitDialect, _ point: LimitPoint) {
    switch dialect.settings(point, size: dialect.smallestSize(at: point)) {
    case .leakyBucket(let milliRate, _, .max, .nginx):
      guard milliRate > 0, milliRate % 1_000 == 0, milliRate < Self.mostUnits else { return nil }
      (step, drain, cost, floor) = (1_000, Double(milliRate / 1_000), 1_000, -1_000)
    case .tokenBucket(let rate, _):
      let reduced = rate.reduced
      guard reduced.count < Self.mostUnits, reduced.period < Self.mostUnits else { return nil }
      (step, drain, cost, floor) = (1, Double(reduced.count), Double(reduced.period), 0)
    default: return nil
    }
  }

  /// Whole numbers up to twice as many are exact in a double.
  static let mostUnits: Int64 = 1 << 52

  /// Whether a bucket of so many requests can be followed in doubles.
  func holds(_ requests: Int64) -> Bool { Double(requests) < Double(Self.mostUnits) / cost - 2 }

  /// Units that are full with so many requests.
  func units(_ size: Int64) -> Double { Double(size) * cost }

  /// Whether its level, in requests, falls at least as fast as that of another bucket of its dialect.
  func drains(atLeastAsFastAs other: LinearBucket) -> Bool {
    let own = Int64(drain).multipliedFullWidth(by: Int64(other.cost))
    let others = Int64(other.drain).multipliedFullWidth(by: Int64(cost))
    return (own.high, own.low) >= (others.high, others.low)
  }
}

/// Where up to eight linear buckets of one state are.
struct LinearStand: Sendable {
  var level: SIMD8<Double>
  /// Of the request before, in steps of the clock.
  var last: Int64
}

internal import Glibc  // links powers

/// Where demand, retries and a fixed capacity settle: every rejected attempt is tried again with one probability, up to
/// so many times.
///
/// The share of attempts that are rejected is what a log shows; the share of demand that is lost is what it costs. They
/// differ widely: three retries turn a third of excess demand into three quarters of rejected attempts.
/// - Source: Schroeder, Wierman, Harchol-Balter, *Open versus closed: a cautionary tale*, NSDI 2006, partly open systems.
public struct RetryEquilibrium: Hashable, Sendable {
  /// Attempts, in the unit of the demand.
  public let attempts: Double
  /// p: share of attempts that are rejected, 0…1.
  public let rejectedShare: Double
  /// Share of demand that is never served, 0…1.
  public let lostShare: Double
  /// Attempts per demand.
  public var amplification: Double { demand > 0 ? attempts / demand : 1 }
  private let demand: Double

  /// - Parameters:
  ///   - demand: λ, first attempts per unit of time.
  ///   - capacity: C, attempts served per unit of time at most.
  ///   - maxRetries: m, retries after the first attempt.
  ///   - probability: r, that a rejected attempt is tried again, 0…1.
  public init(demand: Double, capacity: Double, maxRetries: Int, probability: Double = 1) {
    precondition(demand >= 0 && capacity >= 0, "rates are not negative")
    precondition(maxRetries >= 0, "retries are not negative")
    precondition((0...1).contains(probability), "a probability lies between 0 and 1")
    self.demand = demand
    guard demand > capacity else {
      (attempts, rejectedShare, lostShare) = (demand, 0, 0)
      return
    }
    let excess = 1 - capacity / demand
    lostShare = excess
    if probability == 1 {
      rejectedShare = pow(excess, 1 / Double(maxRetries + 1))
    } else {
      rejectedShare = Self.root(excess: excess, maxRetries: maxRetries, probability: probability)
    }
    attempts = demand * Self.attempts(rejected: rejectedShare, maxRetries, probability)
  }

  /// Attempts per demand, Σ (r·p)^k for k ≤ m, when a share p of attempts is rejected.
  static func attempts(rejected: Double, _ maxRetries: Int, _ probability: Double) -> Double {
    let ratio = rejected * probability
    if ratio >= 1 { return Double(maxRetries) + 1 }
    return (1 - pow(ratio, Double(maxRetries) + 1)) / (1 - ratio)
  }

  /// The p for which the served attempts, a·(1 − p), are the capacity; both sides are monotone in p.
  private static func root(excess: Double, maxRetries: Int, probability: Double) -> Double {
    var (low, high) = (0.0, 1.0)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      let served = attempts(rejected: middle, maxRetries, probability) * (1 - middle)
      if served > 1 - excess { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// How likely somebody comes back after a rejection, and how likely they would have come anyway.
public struct RetryOdds: Hashable, Sendable {
  /// Some events, and how many of them another attempt of the same group followed within the horizon.
  public struct Followed: Hashable, Sendable {
    public var events: Int64
    public var followed: Int64

    public init(events: Int64 = 0, followed: Int64 = 0) {
      self.events = events
      self.followed = followed
    }

    /// 0…1; nil without events.
    public var share: Double? { events > 0 ? Double(followed) / Double(events) : nil }
  }

  /// q₁: after a rejection.
  public var afterRejection: Followed
  /// q₀: after a success; how much of q₁ is the caller's ordinary traffic.
  public var afterSuccess: Followed

  public init(afterRejection: Followed = Followed(), afterSuccess: Followed = Followed()) {
    self.afterRejection = afterRejection
    self.afterSuccess = afterSuccess
  }

  /// Events of each kind below which a caller's odds are taken from all callers together.
  public static let enough: Int64 = 30

  public var isEnough: Bool { afterRejection.events >= Self.enough && afterSuccess.events >= Self.enough }

  /// Background from which on retries cannot be told from other traffic: what is left for them is noise.
  static let busiestBackground = 0.9

  /// Retries can be told from the caller's other traffic, which seldom comes as soon.
  public var tellsRetries: Bool { (afterSuccess.share ?? 0) < Self.busiestBackground }

  /// r̂ = (q₁ − q₀)/(1 − q₀): probability that a rejected attempt is tried again. Without successes q₀ is taken as 0;
  /// nil without rejections, and where retries cannot be told from other traffic.
  public var retryProbability: Double? {
    guard tellsRetries, let after = afterRejection.share else { return nil }
    return Self.retryProbability(afterRejection: after, background: afterSuccess.share ?? 0)
  }

  /// (q₁ − q₀)/q₁: how much of a linked attempt is a retry; 0 where nothing speaks for retries. Cautious: where a retry
  /// and an ordinary request both would have come within the horizon, the linked attempt counts as ordinary.
  public var weight: Double {
    guard let after = afterRejection.share else { return 0 }
    return Self.weight(afterRejection: after, background: afterSuccess.share ?? 0)
  }

  /// - Parameters: both 0…1. Nil for a background of 1.
  public static func retryProbability(afterRejection: Double, background: Double) -> Double? {
    background < 1 ? max(0, (afterRejection - background) / (1 - background)) : nil
  }

  public static func weight(afterRejection: Double, background: Double) -> Double {
    afterRejection > 0 ? max(0, (afterRejection - background) / afterRejection) : 0
  }
}

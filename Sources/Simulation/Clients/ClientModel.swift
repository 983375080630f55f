public import Traffic

/// What callers do when they are rejected.
public enum ClientModel: Hashable, Sendable {
  /// A rejected request is lost (or, where recorded retries are kept, comes again as it was recorded).
  case open
  /// They try again by a policy.
  case retrying(RetryPolicy)
}

/// How callers retry.
public struct RetryPolicy: Hashable, Sendable {
  /// How long they wait before attempt `k`, counted from 0 for the first retry.
  public enum Backoff: Hashable, Sendable {
    /// Uniform between 0 and min(cap, base · 2^k).
    case fullJitter(base: Microseconds, cap: Microseconds)
    /// Half of min(cap, base · 2^k), and as much again uniformly.
    case equalJitter(base: Microseconds, cap: Microseconds)
    /// min(cap, uniform between base and three times the wait before).
    case decorrelated(base: Microseconds, cap: Microseconds)
    /// What Retry-After says, and up to `jitter` more.
    case serverHint(wait: Microseconds, jitter: Microseconds)
    case fixed(Microseconds)
    /// One of these waits, equally likely: quantiles of the gaps that were seen.
    case observed([Microseconds])
  }
  public var backoff: Backoff
  /// Retries after the first attempt, at most.
  public var maxRetries: Int
  /// Probability, 0…1, that a rejected attempt is tried again at all.
  public var probability: Double
  /// No retry begins later than this after the first attempt; nil for no bound.
  public var patience: Microseconds?

  public init(backoff: Backoff, maxRetries: Int, probability: Double = 1, patience: Microseconds? = nil) {
    self.backoff = backoff
    self.maxRetries = maxRetries
    self.probability = probability
    self.patience = patience
  }
}

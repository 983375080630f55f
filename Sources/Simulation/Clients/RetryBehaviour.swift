import Traffic

/// Carries out a retry policy: when, if at all, a rejected attempt comes again.
///
/// A pure function of its arguments: the same request waits as long in every scenario.
public struct RetryBehaviour: Hashable, Sendable {
  public let policy: RetryPolicy
  /// Retries below this probability happen; as a threshold of 64 random bits, `nil` for always.
  private let threshold: UInt64?

  /// - Precondition: the policy's probability lies between 0 and 1, its numbers are not negative, and observed waits are
  ///   not empty.
  public init(_ policy: RetryPolicy) {
    precondition((0...1).contains(policy.probability), "a probability lies between 0 and 1")
    precondition(policy.maxRetries >= 0, "retries are not negative")
    precondition(policy.backoff.isValid, "waits are not negative, and there is one")
    self.policy = policy
    threshold = policy.probability >= 1 ? nil : UInt64(policy.probability * 0x1p64)
  }

  /// When the next attempt arrives, or nil when the caller gives up.
  /// - Parameters:
  ///   - attempt: the one just rejected, 0 for the first.
  ///   - time: when its rejection reached the caller, µs since 1970 UTC, as all times here.
  ///   - firstAttempt: when attempt 0 arrived.
  ///   - previousWait: between the last two attempts, µs; 0 before the first retry.
  ///   - retryAfter: what the rejection asked for, µs; nil where it did not.
  ///   - random: of this request, the same in every scenario.
  public func nextAttempt(
    after attempt: Int, at time: Int64, firstAttempt: Int64, previousWait: Int64, retryAfter: Int64?,
    random: CounterRandom
  ) -> Int64? {
    guard attempt >= 0, attempt < policy.maxRetries else { return nil }
    let draw = UInt64(attempt)
    if let threshold, random.bits(.retries, draw) >= threshold { return nil }
    let wait = policy.backoff.wait(before: attempt, previous: previousWait, retryAfter: retryAfter, random: random)
    let (next, overflow) = time.addingReportingOverflow(wait)
    guard !overflow else { return nil }
    if let patience = policy.patience {
      let (elapsed, overflow) = next.subtractingReportingOverflow(firstAttempt)
      guard !overflow, elapsed <= patience.count else { return nil }
    }
    return next
  }
}

extension RetryPolicy.Backoff {
  /// µs to wait before retry `k`, from 0. Never negative.
  func wait(before k: Int, previous: Int64, retryAfter: Int64?, random: CounterRandom) -> Int64 {
    let draw = UInt64(k)
    switch self {
    case .fullJitter(let base, let cap):
      return random.integer(upTo: Self.exponential(base, cap, k), .wait, draw)
    case .equalJitter(let base, let cap):
      let whole = Self.exponential(base, cap, k)
      return whole - whole / 2 + random.integer(upTo: whole / 2, .wait, draw)
    case .decorrelated(let base, let cap):
      let (triple, overflow) = max(base.count, previous).multipliedReportingOverflow(by: 3)
      let spread = (overflow ? Int64.max : triple) - base.count
      return min(cap.count, base.count &+ random.integer(upTo: spread, .wait, draw))
    case .serverHint(let wait, let jitter):
      let (sum, overflow) = max(0, retryAfter ?? wait.count)
        .addingReportingOverflow(random.integer(upTo: jitter.count, .wait, draw))
      return overflow ? .max : sum
    case .fixed(let wait): return wait.count
    case .observed(let waits):
      return waits[Int(random.integer(upTo: Int64(waits.count - 1), .wait, draw))].count
    }
  }

  /// min(cap, base · 2^k), without overflow.
  private static func exponential(_ base: Microseconds, _ cap: Microseconds, _ k: Int) -> Int64 {
    guard base.count > 0 else { return 0 }
    // base · 2^k fits when k is less than the leading zero bits beyond the sign.
    return k < base.count.leadingZeroBitCount - 1 ? min(cap.count, base.count << Int64(k)) : cap.count
  }

  var isValid: Bool {
    switch self {
    case .fullJitter(let base, let cap), .equalJitter(let base, let cap), .decorrelated(let base, let cap):
      base.count >= 0 && cap.count >= 0
    case .serverHint(let wait, let jitter): wait.count >= 0 && jitter.count >= 0
    case .fixed(let wait): wait.count >= 0
    case .observed(let waits): !waits.isEmpty && waits.allSatisfy { $0.count >= 0 }
    }
  }
}

import Traffic

/// The level of one key's token bucket over time, exactly: in units of 1/`period` tokens, times in µs.
public struct BucketLevel: Hashable, Sendable {
  /// Tokens below this part of the capacity are few.
  static let lowPercent: Int64 = 20

  /// One token.
  private let token: Int64
  private let full: Int64
  /// Units per µs.
  private let rate: Int64
  private var level: Int64
  private var time: Int64?
  private var isExhausted = false

  /// Lowest level that was reached, in units; see `minimum`.
  private var lowest: Int64
  /// µs that the level was below a fifth of the capacity.
  public private(set) var lowTime: Int64 = 0
  /// Attempts that found no whole token.
  public private(set) var rejected: Int64 = 0
  /// Times that the bucket ran out; it has recovered only with a fifth of its tokens.
  public private(set) var exhaustions: Int64 = 0
  /// Most attempts in one second of the clock.
  public private(set) var peakPerSecond: Int64 = 0
  private var second = Int64.min
  private var inSecond: Int64 = 0

  /// `count` tokens every `period` µs, `capacity` at most. Capacities beyond what the unit holds are cut to 2⁶² units.
  public init(count: Int64, period: Int64, capacity: Int64) {
    precondition(count > 0 && period > 0 && capacity > 0, "a bucket has tokens, and they come back")
    token = period
    rate = count
    let (product, overflow) = capacity.multipliedReportingOverflow(by: period)
    full = overflow ? 1 << 62 : min(product, 1 << 62)
    (level, lowest) = (full, full)
  }

  /// Takes a token where there is one. Times do not fall; an earlier one counts as the last.
  public mutating func take(at arrival: Int64) {
    advance(to: arrival)
    countSecond(arrival)
    if level >= token {
      level -= token
      lowest = min(lowest, level)
    } else {
      rejected += 1
      lowest = min(lowest, level)
      if !isExhausted {
        exhaustions += 1
        isExhausted = true
      }
    }
  }

  private mutating func countSecond(_ arrival: Int64) {
    let number = arrival.flooredQuotient(by: 1_000_000)
    inSecond = number == second ? inSecond + 1 : 1
    second = number
    peakPerSecond = max(peakPerSecond, inSecond)
  }

  /// Lets tokens come back until an instant.
  public mutating func advance(to instant: Int64) {
    guard let before = time else {
      time = instant
      return
    }
    let passed = max(0, instant.subtractingReportingOverflow(before).overflow ? .max : instant - before)
    time = max(before, instant)
    let low = full / 100 * Self.lowPercent
    // µs until the level is no longer low, rounded up.
    if level < low { lowTime += min(passed, (low - level + rate - 1) / rate) }
    let (refill, overflow) = passed.multipliedReportingOverflow(by: rate)
    level = overflow || refill >= full - level ? full : level + refill
    if level >= low { isExhausted = false }
  }

  /// Lowest level as a share of the capacity, 0…1.
  public var minimum: Double { Double(lowest) / Double(full) }

  // MARK: Surges

  /// Seconds until a full bucket of `capacity` is empty under `surge` requests a second; nil where it never is.
  public static func secondsToEmpty(capacity: Double, rate: Double, surge: Double) -> Double? {
    surge > rate ? capacity / (surge - rate) : nil
  }

  /// Seconds until a bucket at `level` is full again under `load` requests a second; nil where it never is.
  public static func secondsToRefill(level: Double, capacity: Double, rate: Double, load: Double) -> Double? {
    load < rate ? (capacity - level) / (rate - load) : nil
  }
}

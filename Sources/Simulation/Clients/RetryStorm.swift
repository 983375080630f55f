public import Traffic

/// A time in which retries, not demand, were most of what reached the gateway.
public struct RetryStorm: Hashable, Sendable {
  /// Start of its first minute.
  public var start: Timestamp
  /// Start of the first calm minute; nil: it was still going on when the traffic ended.
  public var end: Timestamp?
  /// Minutes of the clock in it that had attempts.
  public var minutes: Int64
  /// Requests that came in it: fresh demand and retries.
  public var attempts: Int64
  /// Requests that are no retries.
  public var freshDemand: Int64
  /// Attempts that were turned away.
  public var rejected: Int64
  /// Fresh demand of its last minute, and most attempts that one of its minutes passed.
  public var lastMinuteDemand: Int64
  public var mostPassed: Int64

  /// It ended before the traffic did.
  public var drains: Bool { end != nil }
  /// Attempts per fresh demand; nil where there was no demand at all.
  public var amplification: Double? { freshDemand > 0 ? Double(attempts) / Double(freshDemand) : nil }
  /// Retries alone keep it up: the demand of its last minute would have passed.
  public var sustainsItself: Bool { !drains && lastMinuteDemand <= mostPassed }
}

/// Finds retry storms in attempts that come in order of time, minute by minute.
///
/// A storm begins with a minute in which something was rejected and there was at least one retry for every two fresh
/// requests, and ends with a minute in which nothing was rejected or retries were less than a tenth of demand.
public struct RetryStormFold: Sendable {
  private struct Minute: Sendable {
    var number: Int64
    var attempts: Int64 = 0
    var fresh: Int64 = 0
    var rejected: Int64 = 0

    var retries: Int64 { attempts - fresh }
    var begins: Bool { rejected > 0 && retries * 2 >= max(1, fresh) }
    var goesOn: Bool { rejected > 0 && retries * 10 >= max(1, fresh) }
  }

  private static let length = Microseconds.minute.count
  /// Storms kept one by one; later ones are counted.
  static let longestList = 1_000

  private var minute: Minute?
  private var open: RetryStorm?
  private var ended: [RetryStorm] = []
  /// Storms beyond `longestList`.
  public private(set) var unlisted = 0

  public init() {}

  /// Takes in one attempt. A time before the one before counts in its minute.
  @inline(__always)
  public mutating func record(time: Int64, isFresh: Bool, isRejected: Bool) {
    if var current = minute, time < (current.number &+ 1) &* Self.length {
      current.attempts += 1
      current.fresh += isFresh ? 1 : 0
      current.rejected += isRejected ? 1 : 0
      minute = current
    } else {
      turn(to: time, isFresh: isFresh, isRejected: isRejected)
    }
  }

  private mutating func turn(to time: Int64, isFresh: Bool, isRejected: Bool) {
    let number = time.flooredQuotient(by: Self.length)
    if let minute { close(minute, next: number) }
    minute = Minute(number: number, attempts: 1, fresh: isFresh ? 1 : 0, rejected: isRejected ? 1 : 0)
  }

  /// Takes a whole minute into the open storm, or begins or ends one.
  private mutating func close(_ minute: Minute, next: Int64?) {
    if open == nil, minute.begins { open = RetryStorm(Timestamp(microseconds: minute.number &* Self.length)) }
    guard var storm = open else { return }
    if minute.goesOn {
      storm.minutes += 1
      storm.attempts += minute.attempts
      storm.freshDemand += minute.fresh
      storm.rejected += minute.rejected
      storm.lastMinuteDemand = minute.fresh
      storm.mostPassed = max(storm.mostPassed, minute.attempts - minute.rejected)
      open = storm
      // A minute without any attempt is calm.
      if let next, next > minute.number + 1 { end(storm, at: minute.number + 1) }
    } else {
      end(storm, at: minute.number)
    }
  }

  private mutating func end(_ storm: RetryStorm, at minute: Int64) {
    var storm = storm
    storm.end = Timestamp(microseconds: minute &* Self.length)
    open = nil
    if ended.count < Self.longestList { ended.append(storm) } else { unlisted += 1 }
  }

  /// All storms in order; the last has no end where it goes on to the end of the traffic.
  public var storms: [RetryStorm] {
    var fold = self
    if let minute { fold.close(minute, next: nil) }
    return fold.ended + (fold.open.map { [$0] } ?? [])
  }
}

extension RetryStorm {
  init(_ start: Timestamp) {
    self.init(
      start: start, end: nil, minutes: 0, attempts: 0, freshDemand: 0, rejected: 0, lastMinuteDemand: 0, mostPassed: 0)
  }
}

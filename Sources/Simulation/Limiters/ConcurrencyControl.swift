/// Bounds how many requests of one key are in progress; one value is one key's whole state.
///
/// The caller drives it by events in the order of time; at one instant first every `leave`, then `expire` until it gives
/// nothing, then `enter`. A request is whatever number the caller knows it by.
public protocol ConcurrencyControl: Sendable {
  /// Requests that were let in and have not left, delayed ones included.
  var inProgress: Int64 { get }

  /// When the request that waits longest gives up unless it starts at that very instant, µs; nil where none will.
  var deadline: Int64? { get }

  /// A request arrives.
  mutating func enter(_ request: Int, at time: Int64) -> ConcurrencyEntry

  /// A request that was let in is done.
  /// - Returns: the waiting request that starts now, at the time of the departure.
  mutating func leave(_ departure: Departure) -> Int?

  /// Gives up for the request that waits longest if its deadline is `time` or earlier.
  /// - Returns: that request; it is rejected at its deadline.
  mutating func expire(at time: Int64) -> Int?

  /// Takes back an `enter` that let the request in, because another rule rejected it at the same instant.
  mutating func withdraw()
}

extension ConcurrencyControl {
  public var deadline: Int64? { nil }
  public mutating func expire(at time: Int64) -> Int? { nil }
}

/// What a concurrency limit says about an arrival.
public enum ConcurrencyEntry: Hashable, Sendable {
  /// Starts now.
  case admitted
  /// Waits; `leave` or `expire` names it later.
  case queued
  case rejected
  /// Starts after so many µs, and counts from now on.
  case delayed(Int64)
}

/// The end of a request that was let in.
public struct Departure: Hashable, Sendable {
  /// µs
  public var time: Int64
  /// When it started, after any wait, µs.
  public var started: Int64
  /// `inProgress` just after it was let in.
  public var inProgress: Int64
  /// It failed for lack of capacity, such as by a timeout or a status 503.
  public var isDropped: Bool

  public init(at time: Int64, started: Int64, inProgress: Int64 = 0, isDropped: Bool = false) {
    self.time = time
    self.started = started
    self.inProgress = inProgress
    self.isDropped = isDropped
  }

  /// µs, not negative.
  var latency: Int64 { max(0, time.clampedDifference(started)) }
}

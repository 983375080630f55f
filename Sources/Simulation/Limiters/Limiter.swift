/// Decides about one request at a time of one key, by a pure function of the key's state and the time.
///
/// The caller keeps one state per key, so that millions of keys are one flat buffer. A joined decision (all or nothing)
/// is made by deciding on copies of the states and keeping them only when all passed: a copy that is thrown away has
/// changed nothing. That also holds where times of many keys lie in the limiter itself (`SlidingLog`, `RingLog`), as
/// long as no two copies of one state both go on; such a limiter is a value, must be kept as a `var`, and rules that
/// share its states share it.
///
/// No parameter and no time traps; what cannot be represented is clamped, and `LimiterSettings.problem()` names it.
public protocol Limiter: Sendable {
  associatedtype State: BitwiseCopyable & Sendable

  /// The state of a key that was never seen, or that was forgotten.
  var fresh: State { get }

  /// Whether `State` is the whole state, so that copies of it can go on side by side.
  static var keepsStateInPlace: Bool { get }

  /// Decides on one request and updates the state of its key.
  /// - Parameter time: when it arrives, µs since 1970 UTC; usually not before the call before, and a step back is as
  ///   the product would treat it.
  /// - Complexity: O(1) amortised, no allocation for a key that is known.
  mutating func decide(_ state: inout State, at time: Int64) -> Verdict

  /// Whether a key that has been idle may be forgotten to make room for others, as nginx does only with what has
  /// drained.
  func isDrained(_ state: State, at time: Int64) -> Bool
}

extension Limiter {
  /// Any key may be forgotten.
  public func isDrained(_ state: State, at time: Int64) -> Bool { true }
  /// All of it.
  public static var keepsStateInPlace: Bool { true }
}

/// What a limiter says: pass, wait or go away.
public struct Verdict: Hashable, Sendable, BitwiseCopyable {
  /// µs to wait; 0 passes at once; negative is a rejection.
  public var delay: Int64

  @inlinable public init(delay: Int64) { self.delay = delay }

  @inlinable public static var passed: Verdict { Verdict(delay: 0) }
  @inlinable public static var rejected: Verdict { Verdict(delay: -1) }
  /// - Parameter delay: µs, not negative.
  @inlinable public static func delayed(_ delay: Int64) -> Verdict { Verdict(delay: delay) }

  @inlinable public var isRejected: Bool { delay < 0 }
  @inlinable public var isDelayed: Bool { delay > 0 }
}

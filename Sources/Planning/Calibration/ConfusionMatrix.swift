/// How many requests with one logged outcome got which replayed one.
public struct ConfusionMatrix: Hashable, Sendable {
  private var counts = [Int64](repeating: 0, count: 9)

  public init() {}

  /// Requests with one pair of outcomes.
  public subscript(logged: LimitOutcome, replayed: LimitOutcome) -> Int64 {
    get { counts[logged.rawValue * 3 + replayed.rawValue] }
    set { counts[logged.rawValue * 3 + replayed.rawValue] = newValue }
  }

  /// Of all pairs.
  public var requests: Int64 { counts.reduce(0, +) }
  /// Requests whose outcomes are the same.
  public var agreeing: Int64 { LimitOutcome.allCases.reduce(0) { $0 + self[$1, $1] } }
  /// Requests whose outcomes differ.
  public var disagreeing: Int64 { requests - agreeing }

  /// Requests with a logged outcome, whatever the replay gave.
  public func logged(_ outcome: LimitOutcome) -> Int64 {
    LimitOutcome.allCases.reduce(0) { $0 + self[outcome, $1] }
  }

  /// Requests with a replayed outcome, whatever was logged.
  public func replayed(_ outcome: LimitOutcome) -> Int64 {
    LimitOutcome.allCases.reduce(0) { $0 + self[$1, outcome] }
  }
}

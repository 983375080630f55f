/// How many requests with one logged outcome got which replayed one.
public struct ConfusionMatrix: Hashable, Sendable {
  private var counts = [Int64](repeating: 0, count: 9)

  public init() {}

  public subscript(logged: LimitOutcome, replayed: LimitOutcome) -> Int64 {
    get { counts[logged.rawValue * 3 + replayed.rawValue] }
    set { counts[logged.rawValue * 3 + replayed.rawValue] = newValue }
  }

  public var requests: Int64 { counts.reduce(0, +) }
  public var agreeing: Int64 { LimitOutcome.allCases.reduce(0) { $0 + self[$1, $1] } }
  public var disagreeing: Int64 { requests - agreeing }

  public func logged(_ outcome: LimitOutcome) -> Int64 {
    LimitOutcome.allCases.reduce(0) { $0 + self[outcome, $1] }
  }

  public func replayed(_ outcome: LimitOutcome) -> Int64 {
    LimitOutcome.allCases.reduce(0) { $0 + self[$1, outcome] }
  }
}

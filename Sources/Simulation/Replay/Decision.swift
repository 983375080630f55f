public import Traffic

/// What the gateway decided about one attempt.
public struct Decision: Hashable, Sendable, BitwiseCopyable {
  /// All delays of all rules together, or the rejection.
  public var verdict: Verdict
  /// The rule that rejected, or that delayed longest; an index into `GatewayModel.rules`, −1 for none.
  public var rule: Int32
  /// The first rule in dry run that would have rejected; −1 for none.
  public var dryRunRule: Int32
  /// Status of the rejection; 0 otherwise.
  public var status: Int32
  /// 0 for the recorded request itself, then its simulated retries.
  public var attempt: Int32
  /// Whether the client tries again after this rejection.
  public var isTriedAgain: Bool

  @inlinable
  public init(verdict: Verdict, rule: Int32 = -1, dryRunRule: Int32 = -1, status: Int32 = 0, attempt: Int32 = 0,
    isTriedAgain: Bool = false
  ) {
    self.verdict = verdict
    self.rule = rule
    self.dryRunRule = dryRunRule
    self.status = status
    self.attempt = attempt
    self.isTriedAgain = isTriedAgain
  }
}

/// The recorded values of a request that was decided about. Valid only inside `take`.
public struct RecordedRequest {
  @usableFromInline let columns: UnsafePointer<UnsafePointer<Int64>>
  @usableFromInline let row: Int
  /// When this attempt arrived, µs since 1970 UTC: the recorded arrival, spread inside its clock tick where the log's
  /// clock is coarse, or the time of a simulated retry.
  public let arrival: Int64

  @inlinable
  init(columns: UnsafePointer<UnsafePointer<Int64>>, row: Int, arrival: Int64) {
    self.columns = columns
    self.row = row
    self.arrival = arrival
  }

  /// Value of the column that the sink asked for as number `index`.
  @inlinable public subscript(index: Int) -> Int64 { columns[index][row] }
}

/// Takes in what a replay decides, one attempt after another, in the order of the decisions.
public protocol DecisionSink: Sendable {
  /// The columns that `take` reads, by position.
  static var columns: [ScanColumn] { get }
  mutating func take(_ request: RecordedRequest, _ decision: Decision)
}

public import Traffic

/// One request of a log as the search for retries sees it: who asked for what, when, and what became of it.
public struct RecordedAttempt: Hashable, Sendable, BitwiseCopyable {
  /// What the caller was told, as far as it moves them to try again.
  public enum Answer: UInt8, Hashable, Sendable, BitwiseCopyable {
    /// Refused by a limiter: too many requests.
    case rejected
    /// Status 2xx or 3xx: nothing moves the caller to try again.
    case served
    /// Anything else, such as an error: no evidence for either.
    case other
  }

  /// See `caller(consumer:client:)`.
  public var caller: Int64
  /// Symbol of the route, or `~` of the path template's symbol where there is no route.
  public var target: Int64
  public var method: Int64
  /// Bytes received; tells bodies of different length apart.
  public var bodyBytes: Int64
  /// µs since 1970 UTC.
  public var arrival: Int64
  public var answer: Answer

  @inlinable
  public init(caller: Int64, target: Int64, method: Int64, bodyBytes: Int64, arrival: Int64, answer: Answer) {
    self.caller = caller
    self.target = target
    self.method = method
    self.bodyBytes = bodyBytes
    self.arrival = arrival
    self.answer = answer
  }

  /// The columns that a row needs to become an attempt, in the order that `init(row:of:)` takes them.
  public static let columns: [ScanColumn] = [
    .stored(.arrival), .stored(.status), .stored(.limit), .stored(.outcome), .stored(.consumer), .stored(.client),
    .route, .stored(.path), .stored(.method), .stored(.bytesIn),
  ]

  /// The attempt in one row of columns that are those of `columns`, by position.
  @inlinable
  public init(row: Int, of columns: (Int) -> UnsafePointer<Int64>) {
    let route = columns(6)[row]
    self.init(
      caller: Self.caller(consumer: columns(4)[row], client: columns(5)[row]),
      target: route != .absent ? route : ~columns(7)[row], method: columns(8)[row], bodyBytes: columns(9)[row],
      arrival: columns(0)[row],
      answer: Self.answer(status: columns(1)[row], limit: columns(2)[row], outcome: columns(3)[row]))
  }

  /// One number for whoever called: the consumer's symbol, else `~` of the client's address, which is negative.
  @inlinable
  public static func caller(consumer: Int64, client: Int64) -> Int64 {
    if consumer >= 0 { return consumer }
    return client >= 0 ? ~client : .absent
  }

  /// A refusal is the limiter's own verdict, status 429, or status 503 where the log says that a limiter sent it.
  @inlinable
  public static func answer(status: Int64, limit: Int64, outcome: Int64) -> Answer {
    if limit == LimitVerdict.rejected.rawValue || limit == LimitVerdict.inferredRejected.rawValue || status == 429 {
      return .rejected
    }
    if status == 503, outcome == Outcome.rateLimited.rawValue { return .rejected }
    return status >= 200 && status < 400 ? .served : .other
  }
}

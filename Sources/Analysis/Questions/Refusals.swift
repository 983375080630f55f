import Statistics
public import Traffic

/// What did limiters hold up: whom did they refuse or delay, and when?
///
/// Two scans, asked together, that see only what a limiter touched, and status 429.
public struct Refusals: Question, Hashable {
  /// One caller that was refused.
  public struct Caller: Hashable, Sendable {
    /// A consumer, or the client address where no consumer is known.
    public var caller: RetryChains.Caller
    public var rejected: Int64 = 0
    /// Rejections by hour, ascending.
    public var hours: [Hour] = []

    /// The hour with most rejections, the first of equal ones.
    public var worstHour: Hour? { hours.max { ($0.rejected, $1.start) < ($1.rejected, $0.start) } }
  }

  public struct Hour: Hashable, Sendable {
    public var start: Int64
    public var rejected: Int64
  }

  public struct Answer: Hashable, Sendable {
    /// By falling rejections, then by name.
    public var callers: [Caller]
    public var rejected: Int64
    public var delayed: Int64
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  private static let columns: [ScanColumn] = [
    .stored(.arrival), .stored(.limit), .stored(.status), .stored(.consumer), .stored(.client),
  ]

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let touched = scope.with(.limit, .greaterOrEqual, LimitVerdict.delayed.rawValue)
    let tooMany = scope.with(.status, .equal, 429)
    async let judged = scan(touched, Fold(unjudgedOnly: false), traffic)
    async let unjudged = scan(tooMany, Fold(unjudgedOnly: true), traffic)
    var fold = try await judged
    fold.add(try await unjudged)
    let callers = fold.hours.map { caller, hours in
      Caller(
        caller: RetryChains.caller(caller, traffic), rejected: hours.values.reduce(0, +),
        hours: hours.sorted { $0.key < $1.key }.map { Hour(start: $0.key, rejected: $0.value) })
    }
    return Answer(
      callers: callers.sorted { ($1.rejected, $0.caller) < ($0.rejected, $1.caller) }, rejected: fold.rejected,
      delayed: fold.delayed)
  }

  private func scan(_ scope: Scope, _ fold: Fold, _ traffic: any TrafficSource) async throws -> Fold {
    try await traffic.scan(
      ScanRequest(columns: Self.columns, filter: scope.filter, threads: scope.threads), fold)
  }

  private struct Fold: TrafficFold {
    /// Count only rows about which no limiter said anything: the others are counted already.
    let unjudgedOnly: Bool
    var rejected: Int64 = 0
    var delayed: Int64 = 0
    var hours: [Int64: [Int64: Int64]] = [:]

    init(unjudgedOnly: Bool) { self.unjudgedOnly = unjudgedOnly }

    mutating func absorb(_ batch: borrowing ColumnBatch) {
      let (arrival, limit, status, consumer, client) = (batch[0], batch[1], batch[2], batch[3], batch[4])
      for row in 0..<batch.rows {
        let isUnjudged = limit[row] == .absent || limit[row] == LimitVerdict.none.rawValue
        guard isUnjudged == unjudgedOnly else { continue }
        if limit[row] == LimitVerdict.delayed.rawValue { delayed += 1 }
        guard StatusRule.isLimited(status: status[row], limit: limit[row]) else { continue }
        rejected += 1
        let caller = RecordedAttempt.caller(consumer: consumer[row], client: client[row])
        let hour = arrival[row] &- arrival[row].flooredRemainder(by: Microseconds.hour.count)
        hours[caller, default: [:]][hour, default: 0] += 1
      }
    }

    mutating func merge(_ later: Self) { add(later) }

    mutating func add(_ other: Self) {
      rejected += other.rejected
      delayed += other.delayed
      for (caller, counts) in other.hours { hours[caller, default: [:]].merge(counts) { $0 + $1 } }
    }
  }
}

extension Scope {
  /// Rows of one caller; nil where no condition tells it from others.
  func of(caller: RetryChains.Caller) -> Scope? {
    switch caller {
    case .consumer(let name) where !Self.hasWildcard(name): matching(.stored(.consumer), [name])
    case .client(let address) where !Self.hasWildcard(address): matching(.stored(.client), [address])
    default: nil
    }
  }

  static func hasWildcard(_ text: String) -> Bool { text.contains { $0 == "*" || $0 == "?" } }
}

extension RetryChains.Caller {
  /// What a reader knows it by.
  var name: String {
    switch self {
    case .consumer(let name), .client(let name): name
    case .all: "all callers"
    case .unknown: "unknown callers"
    }
  }
}

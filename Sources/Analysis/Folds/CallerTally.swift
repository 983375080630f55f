import Traffic

/// What was answered to each pair of consumer and client address. Columns: consumer, client, status, limit.
struct CallerTally: TrafficFold {
  static let columns: [ScanColumn] = [
    .stored(.consumer), .stored(.client), .stored(.status), .stored(.limit),
  ]

  private(set) var table = KeyTable()
  private(set) var answers: [AnswerCounts] = []

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (consumer, client, status, limit) = (batch[0], batch[1], batch[2], batch[3])
    for row in 0..<batch.rows {
      let index = table.index(of: GroupKey(first: consumer[row], second: client[row]))
      if index == answers.count { answers.append(AnswerCounts()) }
      answers[index].add(status: status[row], limit: limit[row])
    }
  }

  mutating func merge(_ later: Self) {
    for (number, key) in later.table.keys.enumerated() {
      let index = table.index(of: key)
      if index == answers.count { answers.append(AnswerCounts()) }
      answers[index].add(later.answers[number])
    }
  }
}

/// How many requests there were, and how those were answered that were refused or failed.
public struct AnswerCounts: Hashable, Sendable {
  public var requests: Int64 = 0
  /// Requests with a status: the denominator of everything but `limited`.
  public var withStatus: Int64 = 0
  /// Refused by a limiter.
  public var limited: Int64 = 0
  /// Status 5xx, 4xx, and of these 401, 403 and 404.
  public var serverErrors: Int64 = 0
  public var clientErrors: Int64 = 0
  public var unauthorized: Int64 = 0
  public var forbidden: Int64 = 0
  public var notFound: Int64 = 0

  public init() {}

  @inline(__always)
  mutating func add(status: Int64, limit: Int64, count: Int64 = 1) {
    requests &+= count
    if StatusRule.isLimited(status: status, limit: limit) { limited &+= count }
    guard status != .absent else { return }
    withStatus &+= count
    guard status >= 400 else { return }
    if StatusRule.isServerError(status) { serverErrors &+= count }
    if StatusRule.isClientError(status) { clientErrors &+= count }
    switch status {
    case 401: unauthorized &+= count
    case 403: forbidden &+= count
    case 404: notFound &+= count
    default: break
    }
  }

  public mutating func add(_ other: Self) {
    requests += other.requests
    withStatus += other.withStatus
    limited += other.limited
    serverErrors += other.serverErrors
    clientErrors += other.clientErrors
    unauthorized += other.unauthorized
    forbidden += other.forbidden
    notFound += other.notFound
  }

  /// Takes counts out that were added before.
  public mutating func remove(_ other: Self) {
    requests -= other.requests
    withStatus -= other.withStatus
    limited -= other.limited
    serverErrors -= other.serverErrors
    clientErrors -= other.clientErrors
    unauthorized -= other.unauthorized
    forbidden -= other.forbidden
    notFound -= other.notFound
  }
}

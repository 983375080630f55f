import Traffic

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

import Traffic

/// Counts of one group of requests; sums are of what the rows had.
public struct RequestTotals: Hashable, Sendable {
  public var requests: Int64 = 0
  /// Requests whose status is known: the denominator of the error ratio.
  public var withStatus: Int64 = 0
  /// Status 5xx.
  public var serverErrors: Int64 = 0
  /// Status 4xx, refusals by a limiter included.
  public var clientErrors: Int64 = 0
  /// Refused by a limiter.
  public var limited: Int64 = 0
  public var cacheLookups: Int64 = 0
  public var servedFromCache: Int64 = 0
  /// Rows with a duration.
  public var timed: Int64 = 0
  /// Rows with a duration that says nothing about the gateway: upgrades, clients that left, nothing sent.
  public var excluded: Int64 = 0
  /// Sum of all durations but those of upgraded connections, µs.
  public var busy: Int64 = 0

  public init() {}

  mutating func add(_ other: Self) {
    requests += other.requests
    withStatus += other.withStatus
    serverErrors += other.serverErrors
    clientErrors += other.clientErrors
    limited += other.limited
    cacheLookups += other.cacheLookups
    servedFromCache += other.servedFromCache
    timed += other.timed
    excluded += other.excluded
    busy &+= other.busy
  }

  /// Adds `count` rows that agree in status, limit verdict and cache status. Durations are added by the caller.
  ///
  /// Without branches: neighbours differ in all of it, so that one would be mispredicted row after row.
  @inline(__always)
  mutating func add(status: Int64, limit: Int64, cache: Int64, count: Int64) {
    requests &+= count
    withStatus &+= status != .absent ? count : 0
    serverErrors &+= StatusRule.isServerError(status) ? count : 0
    clientErrors &+= StatusRule.isClientError(status) ? count : 0
    limited &+= StatusRule.isLimited(status: status, limit: limit) ? count : 0
    cacheLookups &+= StatusRule.isLookup(cache) ? count : 0
    servedFromCache &+= StatusRule.isServedFromCache(cache) ? count : 0
  }

  /// Adds the duration of one row and says whether it counts for latency.
  @inline(__always)
  mutating func addDuration(_ duration: Int64, status: Int64, outcome: Int64) -> Bool {
    let isTimed = duration >= 0  // absent is negative; a negative duration is rejected at import
    let counts = isTimed && StatusRule.countsForLatency(status: status, outcome: outcome)
    timed &+= isTimed ? 1 : 0
    busy &+= isTimed && status != 101 ? duration : 0
    excluded &+= isTimed && !counts ? 1 : 0
    return counts
  }
}

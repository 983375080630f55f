/// What kind of answer the client got. Latency is told per class, because fast failures and cache hits flatter it.
public enum RequestClass: Int64, CaseIterable, Hashable, Sendable {
  case success = 0, cacheHit, clientError, limited, serverError, other

  public var name: String {
    switch self {
    case .success: "success"
    case .cacheHit: "cache hit"
    case .clientError: "client error"
    case .limited: "limited"
    case .serverError: "server error"
    case .other: "other"
    }
  }

  /// The class of a row. The gateway's own refusal comes first, then the status, then the cache.
  @inlinable
  public static func of(status: Int64, limit: Int64, cache: Int64) -> RequestClass {
    if StatusRule.isLimited(status: status, limit: limit) { return .limited }
    switch status {
    case 500...599: return .serverError
    case 400...499: return .clientError
    case 200...399: return StatusRule.isServedFromCache(cache) ? .cacheHit : .success
    default: return .other
    }
  }
}

/// What single rows count as. Absent values count as nothing.
public enum StatusRule {
  @inlinable @inline(__always)
  public static func isServerError(_ status: Int64) -> Bool { status >= 500 && status <= 599 }

  @inlinable @inline(__always)
  public static func isClientError(_ status: Int64) -> Bool { status >= 400 && status <= 499 }

  /// Refused by a limiter: a logged or inferred verdict, or status 429 where the log has no verdict.
  @inlinable @inline(__always)
  public static func isLimited(status: Int64, limit: Int64) -> Bool {
    if limit == LimitVerdict.rejected.rawValue || limit == LimitVerdict.inferredRejected.rawValue { return true }
    return status == 429 && (limit == .absent || limit == LimitVerdict.none.rawValue)
  }

  /// The outcome says that the upstream is at fault.
  @inlinable @inline(__always)
  public static func blamesUpstream(_ outcome: Int64) -> Bool {
    outcome >= Outcome.upstreamConnect.rawValue && outcome <= Outcome.noUpstream.rawValue
  }

  /// The gateway answered from its cache, by `CacheStatus` codes in one bit mask.
  @inlinable @inline(__always)
  public static func isServedFromCache(_ cache: Int64) -> Bool { isIn(served, cache) }

  @inlinable @inline(__always)
  public static func isLookup(_ cache: Int64) -> Bool { isIn(lookups, cache) }

  /// The duration measures the gateway: a complete exchange that is neither an upgrade nor a client that left.
  /// A request that timed out or was given up says how long somebody waited, not how long the gateway took.
  @inlinable @inline(__always)
  public static func countsForLatency(status: Int64, outcome: Int64) -> Bool {
    if status == 0 || status == 101 || status == 408 || status == 499 { return false }
    return outcome != Outcome.clientAbort.rawValue && outcome != Outcome.clientProtocol.rawValue
  }

  // Written out: a mask computed once is looked up through a lock-free check on every row.
  @inlinable @inline(__always)
  static var served: UInt64 { 0b111_0010 }  // hit, stale, updating, revalidated
  @inlinable @inline(__always)
  static var lookups: UInt64 { 0b111_1110 }  // those, miss and expired

  /// Without a branch: half of all rows may have no code.
  @inlinable @inline(__always)
  static func isIn(_ mask: UInt64, _ code: Int64) -> Bool {
    let bits = UInt64(bitPattern: code)
    return (mask &>> bits) & (bits < 64 ? 1 : 0) != 0
  }
}

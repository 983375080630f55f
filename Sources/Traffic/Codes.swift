/// A small closed vocabulary stored as an integer column.
///
/// Raw values are stored on disk and never renumbered.
public protocol ColumnCode: RawRepresentable<Int64>, CaseIterable, Sendable, Hashable {
  /// The word used by the command line, SQL, JSON and CSV.
  var name: String { get }
}

/// What the gateway's cache did with the request.
public enum CacheStatus: Int64, ColumnCode {
  case none = 0, hit, miss, expired, stale, updating, revalidated, bypass
  /// Configured not to be cached, or passed by rule.
  case pass
  /// Answered by the cache layer itself without an object.
  case synthetic
  case error

  public var name: String {
    switch self {
    case .none: "none"
    case .hit: "hit"
    case .miss: "miss"
    case .expired: "expired"
    case .stale: "stale"
    case .updating: "updating"
    case .revalidated: "revalidated"
    case .bypass: "bypass"
    case .pass: "pass"
    case .synthetic: "synthetic"
    case .error: "error"
    }
  }

  /// Served without waiting for an upstream: hit, stale, updating or revalidated.
  public var isServedFromCache: Bool {
    switch self {
    case .hit, .stale, .updating, .revalidated: true
    default: false
    }
  }

  /// The cache was asked: counts in the denominator of the hit ratio.
  public var isLookup: Bool {
    switch self {
    case .hit, .miss, .expired, .stale, .updating, .revalidated: true
    default: false
    }
  }
}

/// The gateway's own rate- or connection-limiter verdict, where it was logged.
public enum LimitVerdict: Int64, ColumnCode {
  case none = 0, passed, delayed, rejected, delayedDryRun, rejectedDryRun
  /// A 429 without upstream contact in a log that has no verdict field.
  case inferredRejected
  case error

  public var name: String {
    switch self {
    case .none: "none"
    case .passed: "passed"
    case .delayed: "delayed"
    case .rejected: "rejected"
    case .delayedDryRun: "delayed_dry_run"
    case .rejectedDryRun: "rejected_dry_run"
    case .inferredRejected: "inferred_rejected"
    case .error: "error"
    }
  }
}

/// How the request ended, from status, flags and upstream fields.
public enum Outcome: Int64, ColumnCode {
  case ok = 0, clientAbort, clientTimeout, clientProtocol
  case upstreamConnect, upstreamTimeout, upstreamReset, upstreamProtocol, noUpstream
  case queueTimeout, rateLimited, denied, localReply, overload, truncated, `internal`, unknown

  public var name: String {
    switch self {
    case .ok: "ok"
    case .clientAbort: "client_abort"
    case .clientTimeout: "client_timeout"
    case .clientProtocol: "client_protocol"
    case .upstreamConnect: "up_connect"
    case .upstreamTimeout: "up_timeout"
    case .upstreamReset: "up_reset"
    case .upstreamProtocol: "up_protocol"
    case .noUpstream: "no_upstream"
    case .queueTimeout: "queue_timeout"
    case .rateLimited: "rate_limited"
    case .denied: "denied"
    case .localReply: "local_reply"
    case .overload: "overload"
    case .truncated: "truncated"
    case .internal: "internal"
    case .unknown: "unknown"
    }
  }

  /// The client saw a complete exchange, so the duration measures the gateway and not the client.
  public var countsForLatency: Bool { self != .clientAbort && self != .clientProtocol }
}

/// The protocol the client spoke.
public enum WireProtocol: Int64, ColumnCode {
  case unknown = 0, http09, http10, http11, http2, http3, grpc, webSocket, tcp

  public var name: String {
    switch self {
    case .unknown: "unknown"
    case .http09: "HTTP/0.9"
    case .http10: "HTTP/1.0"
    case .http11: "HTTP/1.1"
    case .http2: "HTTP/2"
    case .http3: "HTTP/3"
    case .grpc: "gRPC"
    case .webSocket: "WebSocket"
    case .tcp: "TCP"
    }
  }
}

extension RequestColumn {
  /// The names of a `.code` column by raw value; empty for every other kind.
  public var codeNames: [String] {
    switch self {
    case .cache: CacheStatus.allCases.map(\.name)
    case .limit: LimitVerdict.allCases.map(\.name)
    case .outcome: Outcome.allCases.map(\.name)
    case .wireProtocol: WireProtocol.allCases.map(\.name)
    default: []
    }
  }
}

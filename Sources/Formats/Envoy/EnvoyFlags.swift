import Traffic

/// Envoy's response flags of one request: which happened, not in which order.
///
/// Text logs separate the short names by commas (`URX,UF`); `%RESPONSE_FLAGS_LONG%` has the long ones.
/// - Source: Envoy documentation, *Access logging usage*, `%RESPONSE_FLAGS%`.
struct EnvoyFlags: OptionSet, Hashable, Sendable {
  let rawValue: UInt32

  static let noHealthyUpstream = Self(rawValue: 1 << 0)
  static let upstreamConnectionFailure = Self(rawValue: 1 << 1)
  static let upstreamOverflow = Self(rawValue: 1 << 2)
  static let noRouteFound = Self(rawValue: 1 << 3)
  static let retryLimitExceeded = Self(rawValue: 1 << 4)
  static let noClusterFound = Self(rawValue: 1 << 5)
  static let durationTimeout = Self(rawValue: 1 << 6)
  static let downstreamDisconnect = Self(rawValue: 1 << 7)
  static let failedLocalHealthCheck = Self(rawValue: 1 << 8)
  static let upstreamTimeout = Self(rawValue: 1 << 9)
  static let localReset = Self(rawValue: 1 << 10)
  static let upstreamRemoteReset = Self(rawValue: 1 << 11)
  static let upstreamTermination = Self(rawValue: 1 << 12)
  static let delayInjected = Self(rawValue: 1 << 13)
  static let faultInjected = Self(rawValue: 1 << 14)
  static let rateLimited = Self(rawValue: 1 << 15)
  static let rateLimitError = Self(rawValue: 1 << 16)
  static let unauthorizedExternally = Self(rawValue: 1 << 17)
  static let invalidHeader = Self(rawValue: 1 << 18)
  static let streamIdleTimeout = Self(rawValue: 1 << 19)
  static let downstreamProtocolError = Self(rawValue: 1 << 20)
  static let upstreamProtocolError = Self(rawValue: 1 << 21)
  static let maxStreamDuration = Self(rawValue: 1 << 22)
  static let fromCacheFilter = Self(rawValue: 1 << 23)
  static let noFilterConfig = Self(rawValue: 1 << 24)
  static let overloadManager = Self(rawValue: 1 << 25)
  static let dnsFailure = Self(rawValue: 1 << 26)
  static let dropOverload = Self(rawValue: 1 << 27)
  static let downstreamRemoteReset = Self(rawValue: 1 << 28)
  /// A flag of a release newer than this table.
  static let other = Self(rawValue: 1 << 29)

  static let names: [(short: StaticString, long: StaticString, flag: EnvoyFlags)] = [
    ("UH", "NoHealthyUpstream", .noHealthyUpstream),
    ("UF", "UpstreamConnectionFailure", .upstreamConnectionFailure),
    ("UO", "UpstreamOverflow", .upstreamOverflow),
    ("NR", "NoRouteFound", .noRouteFound),
    ("URX", "UpstreamRetryLimitExceeded", .retryLimitExceeded),
    ("NC", "NoClusterFound", .noClusterFound),
    ("DT", "DurationTimeout", .durationTimeout),
    ("DC", "DownstreamConnectionTermination", .downstreamDisconnect),
    ("LH", "FailedLocalHealthCheck", .failedLocalHealthCheck),
    ("UT", "UpstreamRequestTimeout", .upstreamTimeout),
    ("LR", "LocalReset", .localReset),
    ("UR", "UpstreamRemoteReset", .upstreamRemoteReset),
    ("UC", "UpstreamConnectionTermination", .upstreamTermination),
    ("DI", "DelayInjected", .delayInjected),
    ("FI", "FaultInjected", .faultInjected),
    ("RL", "RateLimited", .rateLimited),
    ("RLSE", "RateLimitServiceError", .rateLimitError),
    ("UAEX", "UnauthorizedExternalService", .unauthorizedExternally),
    ("IH", "InvalidEnvoyRequestHeaders", .invalidHeader),
    ("SI", "StreamIdleTimeout", .streamIdleTimeout),
    ("DPE", "DownstreamProtocolError", .downstreamProtocolError),
    ("UPE", "UpstreamProtocolError", .upstreamProtocolError),
    ("UMSDR", "UpstreamMaxStreamDurationReached", .maxStreamDuration),
    ("RFCF", "ResponseFromCacheFilter", .fromCacheFilter),
    ("NFCF", "NoFilterConfigFound", .noFilterConfig),
    ("OM", "OverloadManagerTerminated", .overloadManager),
    ("DF", "DnsResolutionFailed", .dnsFailure),
    ("DO", "DropOverload", .dropOverload),
    ("UDO", "UnconditionalDropOverload", .dropOverload),
    ("DR", "DownstreamRemoteReset", .downstreamRemoteReset),
  ]

  /// The flags of a comma-separated list; empty for `-`.
  init(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) {
    self = []
    var from = start
    while from < end {
      var to = from
      while to < end, bytes[to] != UInt8(ascii: ",") { to &+= 1 }
      insert(Self.named(bytes, from, to))
      from = to &+ 1
    }
  }

  init(rawValue: UInt32) { self.rawValue = rawValue }

  private static func named(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> EnvoyFlags {
    let name = ByteRange(start: start, end: end)
    let cursor = LineCursor(bytes, end)
    if cursor.isAbsent(name) { return [] }
    for entry in names where cursor.equals(name, entry.short) || cursor.equals(name, entry.long) {
      return entry.flag
    }
    return .other
  }
}

/// Everything in an Envoy log line that says how the request ended.
struct EnvoyEnding {
  var flags: EnvoyFlags
  /// Status sent to the client, 0 for none, `.absent` where not logged.
  var status: Int64
  /// `%RESPONSE_CODE_DETAILS%`; `.unknown` where the format does not have it.
  var details: EnvoyDetails
  /// An upstream host was chosen.
  var hasUpstream: Bool

  var outcome: Outcome {
    if status == 101, flags.isSubset(of: [.upstreamTermination, .downstreamDisconnect]) { return .ok }
    return flagged ?? details.outcome ?? outcomeByStatus
  }

  /// The gateway's own limiter verdict, where one can be told.
  var limit: LimitVerdict? {
    if flags.contains(.rateLimited) { return .rejected }
    if flags.contains(.rateLimitError) { return .error }
    if details == .rateLimited { return .rejected }
    return status == 429 && !hasUpstream ? .inferredRejected : nil
  }

  var cache: CacheStatus? { flags.contains(.fromCacheFilter) ? .hit : nil }

  /// The first flag of the table that decides; what the gateway did itself comes before what the sides did.
  private var flagged: Outcome? {
    if flags.isEmpty { return nil }
    for (flag, outcome) in Self.decisive where flags.contains(flag) { return outcome }
    if flags.contains(.upstreamProtocolError) { return hasStarted(.upstreamProtocolError) ? .truncated : .upstreamProtocol }
    if !flags.isDisjoint(with: [.upstreamTermination]) { return hasStarted(.upstreamTermination) ? .truncated : .upstreamReset }
    if !flags.isDisjoint(with: [.localReset, .upstreamRemoteReset]) {
      return details == .resetAfterStart ? .truncated : .upstreamReset
    }
    if !flags.isDisjoint(with: [.downstreamDisconnect, .downstreamRemoteReset]) { return .clientAbort }
    if flags.contains(.streamIdleTimeout) { return status == 408 ? .clientTimeout : .upstreamTimeout }
    return nil
  }

  private static let decisive: [(EnvoyFlags, Outcome)] = [
    (.rateLimited, .rateLimited), (.rateLimitError, .internal), (.unauthorizedExternally, .denied),
    (.faultInjected, .denied), (.upstreamOverflow, .overload), (.overloadManager, .overload),
    (.dropOverload, .overload), (.noHealthyUpstream, .noUpstream), (.noClusterFound, .noUpstream),
    (.noRouteFound, .localReply), (.failedLocalHealthCheck, .localReply), (.noFilterConfig, .internal),
    (.downstreamProtocolError, .clientProtocol), (.invalidHeader, .clientProtocol),
    (.upstreamConnectionFailure, .upstreamConnect), (.dnsFailure, .upstreamConnect),
    (.upstreamTimeout, .upstreamTimeout), (.maxStreamDuration, .upstreamTimeout), (.durationTimeout, .clientTimeout),
  ]

  /// The client already had the response's head: its status is then not the gateway's own 5xx.
  private func hasStarted(_ flag: EnvoyFlags) -> Bool {
    switch details {
    case .resetAfterStart: true
    case .resetBeforeStart: false
    default: status > 0 && status < 500
    }
  }

  private var outcomeByStatus: Outcome {
    switch status {
    case 0: .clientAbort
    case 408: .clientTimeout
    case _ where hasUpstream || flags.contains(.fromCacheFilter): .ok
    case 400: .clientProtocol
    case 401, 403: .denied
    case 429: .rateLimited
    case .absent: .unknown
    default: .localReply
    }
  }
}

/// The families of `%RESPONSE_CODE_DETAILS%` that decide an outcome.
enum EnvoyDetails: Sendable, Hashable {
  case unknown, viaUpstream, resetBeforeStart, resetAfterStart, rateLimited, denied, localReply, clientProtocol,
    clientTimeout, clientAbort, upstreamTimeout, overload

  init(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) {
    let cursor = LineCursor(bytes, end)
    self = Self.prefixes.first { cursor.matches($0.0, at: start) }?.1 ?? .unknown
    if self == .unknown, cursor.find("codec_error", in: ByteRange(start: start, end: end)) != nil {
      self = .clientProtocol
    }
  }

  private static let prefixes: [(StaticString, EnvoyDetails)] = [
    ("via_upstream", .viaUpstream), ("upstream_reset_before_response_started", .resetBeforeStart),
    ("upstream_reset_after_response_started", .resetAfterStart), ("local_rate_limited", .rateLimited),
    ("request_rate_limited", .rateLimited), ("ext_authz_denied", .denied), ("rbac_access_denied", .denied),
    ("jwt_authn_access_denied", .denied), ("direct_response", .localReply), ("route_not_found", .localReply),
    ("absolute_path_rejected", .clientProtocol), ("missing_host_header", .clientProtocol),
    ("path_normalization_failed", .clientProtocol), ("missing_path_rejected", .clientProtocol),
    ("low_version", .clientProtocol), ("request_headers_failed_strict_check", .clientProtocol),
    ("request_payload_too_large", .clientProtocol), ("request_header_timeout", .clientTimeout),
    ("request_overall_timeout", .clientTimeout), ("downstream_remote_disconnect", .clientAbort),
    ("downstream_local_disconnect", .clientProtocol), ("response_timeout", .upstreamTimeout),
    ("upstream_per_try", .upstreamTimeout), ("upstream_response_timeout", .upstreamTimeout), ("overload", .overload),
  ]

  var outcome: Outcome? {
    switch self {
    case .unknown, .resetBeforeStart, .resetAfterStart: nil
    case .viaUpstream: .ok
    case .rateLimited: .rateLimited
    case .denied: .denied
    case .localReply: .localReply
    case .clientProtocol: .clientProtocol
    case .clientTimeout: .clientTimeout
    case .clientAbort: .clientAbort
    case .upstreamTimeout: .upstreamTimeout
    case .overload: .overload
    }
  }
}

import Traffic

/// What a line says about how its request ended; absent members are `Int64.absent`.
struct OutcomeEvidence {
  var status = Int64.absent
  var bytesOut = Int64.absent
  var request = RequestLine.Shape.wellFormed
  var limit: LimitVerdict?
  /// The verdict is the connection limiter's.
  var isConnectionLimit = false
  var isServedFromCache = false
  /// The format says whether, and how, an upstream was asked.
  var knowsUpstream = false
  /// An upstream server was asked.
  var wasForwarded = false
  /// A group was chosen, but none of its servers could be tried.
  var hadNoServer = false
  /// Status of the last attempt.
  var upstreamStatus = Int64.absent
  /// The last attempt never connected, where that is logged.
  var connectFailed = false
  /// The last attempt got response headers; nil where that is not logged.
  var headersArrived: Bool?
}

/// How a request ended, inferred from status and upstream fields.
///
/// - Source: the status codes nginx (499, 444, 494…497) and Apache write of their own accord, as seen in their logs.
enum OutcomeRules {
  @inline(__always)
  static func outcome(_ evidence: OutcomeEvidence) -> Outcome {
    // Most requests: forwarded, answered, relayed.
    if evidence.status >= 200, evidence.status < 400, evidence.limit != .rejected {
      if evidence.wasForwarded || !evidence.knowsUpstream || evidence.isServedFromCache { return .ok }
      return evidence.hadNoServer ? .noUpstream : .localReply
    }
    return special(evidence)
  }

  @inline(never)
  private static func special(_ evidence: OutcomeEvidence) -> Outcome {
    if evidence.limit == .rejected { return evidence.isConnectionLimit ? .overload : .rateLimited }
    switch evidence.status {
    case .absent, 0: return .unknown
    // Printed for an upstream answer that was not HTTP.
    case 1..<100: return .upstreamProtocol
    case 100..<200: return .ok
    case 499: return .clientAbort
    case 444: return .denied
    case 494, 497: return .clientProtocol
    case 495, 496: return .denied
    case 500...: return evidence.wasRelayed ? .ok : serverError(evidence)
    default: return evidence.wasRelayed ? .ok : clientError(evidence)
    }
  }

  private static func clientError(_ evidence: OutcomeEvidence) -> Outcome {
    switch evidence.status {
    case 400:
      if evidence.request == .withoutProtocol, evidence.bytesOut == 0 { return .clientAbort }
      return evidence.request == .wellFormed && !evidence.knowsUpstream ? .ok : .clientProtocol
    case 408: return .clientTimeout
    case 429: return .rateLimited
    case 401, 403: return evidence.knowsUpstream ? .denied : .ok
    default: return evidence.knowsUpstream && !evidence.isServedFromCache ? .localReply : .ok
    }
  }

  private static func serverError(_ evidence: OutcomeEvidence) -> Outcome {
    switch evidence.status {
    case 502:
      if evidence.hadNoServer || (evidence.knowsUpstream && !evidence.wasForwarded) { return .noUpstream }
      return evidence.connectFailed ? .upstreamConnect : .upstreamReset
    case 503: return evidence.knowsUpstream ? .noUpstream : .overload
    case 504: return .upstreamTimeout
    case 500: return evidence.knowsUpstream ? .internal : .ok
    default: return .ok
    }
  }
}

extension OutcomeEvidence {
  /// The status is the upstream's own answer passed on.
  ///
  /// nginx writes 502 and 504 as the upstream's status for attempts that it ended itself, so those count as the
  /// upstream's only where headers are known to have arrived.
  fileprivate var wasRelayed: Bool {
    guard wasForwarded, upstreamStatus == status || upstreamStatus == .absent else { return false }
    if upstreamStatus == .absent || status == 502 || status == 504 {
      return headersArrived ?? (status != 502 && status != 504 && status != 408 && status != 400)
    }
    return true
  }
}

import Scanning
import Traffic

/// A Google Cloud load balancer's entry as Cloud Logging exports it.
///
/// Logging may be sampled per backend service; the entry does not say so. 64-bit numbers are strings.
/// - Source: google/logging/type/http_request.proto; *External Application Load Balancer logging and
///   monitoring*.
struct GoogleLoadBalancer: KeyedDialect {
  let name = "gcp-lb"
  let summary = "Google Cloud load balancer, LogEntry JSON"
  let basis = StampBasis.start

  var rules: [KeyRule] {
    [
      KeyRule("timestamp", .time), KeyRule("httpRequest.latency", .duration),
      KeyRule("httpRequest.requestMethod", .method), KeyRule("httpRequest.requestUrl", .path),
      KeyRule("httpRequest.protocol", .wireProtocol), KeyRule("httpRequest.requestSize", .bytesIn),
      KeyRule("httpRequest.responseSize", .bytesOut), KeyRule("httpRequest.status", .status),
      KeyRule("httpRequest.userAgent", .userAgent), KeyRule("httpRequest.referer", .referer),
      KeyRule("httpRequest.remoteIp", .client), KeyRule("httpRequest.serverIp", .upstream),
      KeyRule("httpRequest.cacheHit", .cache), KeyRule("httpRequest.cacheLookup", .cacheDetail),
      KeyRule("httpRequest.cacheValidatedWithOriginServer", .extraA),
      KeyRule("jsonPayload.statusDetails", .termination), KeyRule("jsonPayload.proxyStatus", .details),
      KeyRule("resource.labels.url_map_name", .routeName),
      KeyRule("resource.labels.backend_service_name", .service),
      KeyRule("resource.labels.forwarding_rule_name", .gateway), KeyRule("trace", .trace),
      KeyRule("insertId", .requestID),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    values.has(.method) && values.has(.time) && (values.has(.duration) || values.has(.status))
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    guard values.has(.method) || values.has(.status) else { return LineFailure(.notARequest, at: 0) }
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    if let failure = writeTimes(&values, into: &batch) { return failure }
    let shape = values.writeRequest(into: &batch)
    values.writeCommon(into: &batch)
    values.writeSymbol(.upstream, .upstream, into: &batch)
    values.writeSymbol(.termination, .termination, into: &batch)
    writeCacheStatus(&values, into: &batch)
    var evidence = OutcomeEvidence()
    evidence.status = status ?? .absent
    evidence.request = shape
    evidence.knowsUpstream = true
    evidence.wasForwarded = values.has(.upstream)
    let outcome = known(&values, status: evidence.status) ?? OutcomeRules.outcome(evidence)
    if outcome == .rateLimited, !values.has(.upstream) { batch.set(.limit, LimitVerdict.rejected.rawValue) }
    batch.set(.outcome, outcome.rawValue)
    return nil
  }

  @inline(__always)
  private func writeCacheStatus(_ values: inout LineValues, into batch: inout RequestBatch) {
    if values.has(.extraA), values[.extraA].kind == .true {
      batch.set(.cache, CacheStatus.revalidated.rawValue)
    } else if values.has(.cache), values[.cache].kind == .true {
      batch.set(.cache, CacheStatus.hit.rawValue)
    } else if values.has(.cacheDetail), values[.cacheDetail].kind == .true {
      batch.set(.cache, CacheStatus.miss.rawValue)
    }
  }

  /// What `statusDetails` says; nil for a value that is new.
  private func known(_ values: inout LineValues, status: Int64) -> Outcome? {
    guard values.has(.termination) else { return nil }
    if values.equals(.termination, "response_sent_by_backend")
      || values.begins(.termination, "response_from_cache")
    {
      return .ok
    }
    if values.begins(.termination, "denied_by") { return status == 429 ? .rateLimited : .denied }
    if values.begins(.termination, "client_disconnected") { return .clientAbort }
    if values.begins(.termination, "client_timed_out") { return .clientTimeout }
    if values.contains(.termination, "after_partial_response") { return .truncated }
    if values.begins(.termination, "failed_to_connect") || values.begins(.termination, "ssl_") {
      return .upstreamConnect
    }
    if values.begins(.termination, "failed_to_pick") { return .noUpstream }
    if values.begins(.termination, "backend_timeout") { return .upstreamTimeout }
    if values.begins(.termination, "backend_connection_closed")
      || values.begins(.termination, "backend_early_response")
    {
      return .upstreamReset
    }
    if values.begins(.termination, "handled_by_identity_aware_proxy")
      || values.begins(.termination, "redirected_by")
    {
      return .localReply
    }
    if values.begins(.termination, "internal_error") || values.begins(.termination, "request_loop") {
      return .internal
    }
    return nil
  }
}

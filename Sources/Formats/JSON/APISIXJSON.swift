import Traffic

/// Apache APISIX's file-logger, http-logger and their kin with the default object.
///
/// - Source: apache/apisix, `apisix/utils/log-util.lua`.
struct APISIXJSON: KeyedDialect {
  let name = "apisix-json"
  let summary = "Apache APISIX file-logger and its kin, JSON"
  let basis = StampBasis.start

  var rules: [KeyRule] {
    [
      KeyRule("start_time", .time), KeyRule("latency", .duration, .milliseconds),
      KeyRule("upstream_latency", .upstreamDuration, .milliseconds),
      KeyRule("apisix_latency", .extraA, .milliseconds),
      KeyRule("request.method", .method), KeyRule("request.uri", .path),
      KeyRule("request.headers.host", .host),
      KeyRule("request.url", .details), KeyRule("request.headers.user-agent", .userAgent),
      KeyRule("request.headers.referer", .referer), KeyRule("request.headers.x-forwarded-for", .forwardedFor),
      KeyRule("request.headers.x-request-id", .requestID), KeyRule("request.headers.traceparent", .trace),
      KeyRule("request.size", .bytesIn), KeyRule("response.status", .status),
      KeyRule("response.size", .bytesOut),
      KeyRule("response.headers.x-ratelimit-limit", .limitHeader),
      KeyRule("response.headers.apisix-cache-status", .cache),
      KeyRule("response.headers.Apisix-Cache-Status", .cache),
      KeyRule("server.hostname", .gateway), KeyRule("upstream", .upstream), KeyRule("service_id", .service),
      KeyRule("route_id", .routeName), KeyRule("consumer.username", .consumer), KeyRule("client_ip", .client),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    values.has(.extraA) && values.has(.time) && values.has(.status)
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    guard let status else { return LineFailure(.notARequest, at: 0) }
    if let failure = writeTimes(&values, into: &batch) { return failure }
    // Without a route the service is only the host again.
    if !values.has(.routeName) { values.present &= ~(1 << UInt64(LogField.service.rawValue)) }
    let shape = values.writeRequest(into: &batch)
    var evidence = values.writeUpstream(into: &batch)
    evidence.status = status
    evidence.knowsUpstream = true
    evidence.request = shape
    if evidence.wasForwarded, batch.current(.attempts) == .absent { batch.set(.attempts, 1) }
    values.writeCommon(into: &batch)
    values.writeCache(into: &batch)
    if values.has(.limitHeader), status != 429 { batch.set(.limit, LimitVerdict.passed.rawValue) }
    values.writeOutcome(evidence, into: &batch)
    return nil
  }
}

import Scanning
import Traffic

/// Cloudflare Logpush, dataset `http_requests`.
///
/// Start and end come as seconds, nanoseconds or RFC 3339, by the job's setting; with whole seconds their
/// difference is no duration.
/// - Source: cloudflare/cloudflare-docs, *HTTP requests* dataset.
struct CloudflareLogpush: KeyedDialect {
  let name = "cloudflare-logpush"
  let summary = "Cloudflare Logpush, http_requests"
  let basis = StampBasis.start

  var rules: [KeyRule] {
    [
      KeyRule("EdgeStartTimestamp", .time), KeyRule("EdgeEndTimestamp", .endTime),
      KeyRule("EdgeTimeToFirstByteMs", .firstByte, .milliseconds),
      KeyRule("OriginResponseDurationMs", .upstreamDuration, .milliseconds),
      KeyRule("OriginResponseTime", .upstreamDuration, .nanoseconds, rank: 1),
      KeyRule("OriginTCPHandshakeDurationMs", .extraA, .milliseconds),
      KeyRule("OriginTLSHandshakeDurationMs", .tlsConnect, .milliseconds),
      KeyRule("OriginResponseHeaderReceiveDurationMs", .upstreamFirstByte, .milliseconds),
      KeyRule("OriginResponseStatus", .upstreamStatus), KeyRule("OriginIP", .upstream),
      KeyRule("ClientIP", .client), KeyRule("ClientSrcPort", .clientPort),
      KeyRule("ClientRequestBytes", .bytesIn),
      KeyRule("ClientRequestHost", .host), KeyRule("ClientRequestMethod", .method),
      KeyRule("ClientRequestURI", .path),
      KeyRule("ClientRequestPath", .path, rank: 1), KeyRule("ClientRequestProtocol", .wireProtocol),
      KeyRule("ClientRequestReferer", .referer), KeyRule("ClientRequestUserAgent", .userAgent),
      KeyRule("ClientSSLProtocol", .tlsVersion), KeyRule("EdgeResponseStatus", .status),
      KeyRule("EdgeResponseBytes", .bytesOut), KeyRule("EdgeResponseBodyBytes", .bytesOut, rank: 1),
      KeyRule("CacheCacheStatus", .cache), KeyRule("CacheStatus", .cache, rank: 1),
      KeyRule("EdgeColoCode", .gateway),
      KeyRule("RayID", .requestID), KeyRule("SecurityAction", .termination),
      KeyRule("SecuritySources", .details),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    values.has(.time) && values.has(.status) && (values.has(.path) || values.has(.method))
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    guard let start = values.time(.time) else { return values.missingTime }
    guard let status else { return LineFailure(.notARequest, at: 0) }
    batch.set(.arrival, start)
    if isFine(values, .time), isFine(values, .endTime), let end = values.time(.endTime), end >= start {
      batch.set(.duration, end &- start)
    } else {
      batch.note("t_res", "1000000")
    }
    let shape = values.writeRequest(into: &batch)
    values.writeCommon(into: &batch)
    values.writeCache(into: &batch)
    var evidence = OutcomeEvidence()
    evidence.status = status
    evidence.request = shape
    evidence.knowsUpstream = true
    writeOrigin(&values, &evidence, into: &batch)
    if let cache = CacheStatus(rawValue: batch.current(.cache)) {
      evidence.isServedFromCache = cache.isServedFromCache
    }
    values.writeSymbol(.termination, .termination, into: &batch)
    let outcome = outcome(&values, evidence)
    if outcome == .rateLimited, !evidence.wasForwarded { batch.set(.limit, LimitVerdict.rejected.rawValue) }
    batch.set(.outcome, outcome.rawValue)
    return nil
  }

  /// A stamp finer than a second.
  private func isFine(_ values: LineValues, _ field: LogField) -> Bool {
    guard values.has(field) else { return false }
    let value = values[field]
    let length = value.end - value.start
    // `2026-11-22T07:31:04Z` has 20 bytes, seconds have 10.
    return value.kind == .string ? length > 20 : length > 11
  }

  /// Without contact to the origin its fields read 0.
  private func writeOrigin(
    _ values: inout LineValues, _ evidence: inout OutcomeEvidence, into batch: inout RequestBatch
  ) {
    let answered = values.statusCode(.upstreamStatus) ?? 0
    guard answered > 0 || values.has(.upstream) else { return }
    evidence.wasForwarded = true
    values.writeSymbol(.upstream, .upstream, into: &batch)
    if answered > 0 {
      evidence.upstreamStatus = answered
      batch.set(.upstreamStatus, answered)
    }
    if let spent = values.micros(.upstreamDuration) { batch.set(.upstreamDuration, spent) }
    if let tcp = values.micros(.extraA) { batch.set(.connect, tcp &+ (values.micros(.tlsConnect) ?? 0)) }
  }

  private func outcome(_ values: inout LineValues, _ evidence: OutcomeEvidence) -> Outcome {
    if values.contains(.details, "rateLimit"), evidence.status == 429 || values.has(.termination) {
      return .rateLimited
    }
    if values.equals(.termination, "block") || values.contains(.termination, "hallenge"),
      evidence.upstreamStatus == .absent
    {
      return .denied
    }
    switch evidence.status {
    case 520: return .upstreamProtocol
    case 521, 522, 525, 526: return .upstreamConnect
    case 523, 530: return .noUpstream
    case 524: return .upstreamTimeout
    default: return OutcomeRules.outcome(evidence)
    }
  }
}

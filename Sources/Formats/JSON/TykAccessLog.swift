import Traffic

/// Tyk's access log, logrus text or JSON, also mixed in one file.
///
/// - Source: TykTechnologies/tyk, `internal/httputil/accesslog/record.go`.
struct TykAccessLog: KeyedDialect {
  let name = "tyk"
  let summary = "Tyk gateway access log, text or JSON"
  let basis = StampBasis.end
  let syntax = KeyedSyntax.logfmt

  var rules: [KeyRule] {
    [
      KeyRule("time", .time), KeyRule("prefix", .origin), KeyRule("latency_total", .duration, .milliseconds),
      KeyRule("upstream_latency", .upstreamDuration, .milliseconds), KeyRule("method", .method),
      KeyRule("path", .path),
      KeyRule("host", .host), KeyRule("protocol", .wireProtocol), KeyRule("client_ip", .client),
      KeyRule("remote_addr", .client, rank: 1), KeyRule("status", .status), KeyRule("user_agent", .userAgent),
      KeyRule("api_key", .consumer), KeyRule("api_name", .routeName), KeyRule("api_id", .routeName, rank: 1),
      KeyRule("upstream_address", .upstream), KeyRule("trace_id", .trace), KeyRule("request_id", .requestID),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    values.equals(.origin, "access-log") && values.has(.duration)
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    guard values.equals(.origin, "access-log") else { return LineFailure(.notARequest, at: 0) }
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    guard let status else { return LineFailure(.notARequest, at: 0) }
    if let failure = writeTimes(&values, into: &batch) { return failure }
    var evidence = OutcomeEvidence()
    evidence.status = status
    evidence.knowsUpstream = true
    evidence.request = values.writeRequest(into: &batch)
    values.writeCommon(into: &batch)
    // The address is the configured one; only a time above 0 tells that it was asked.
    if let spent = values.micros(.upstreamDuration), spent > 0 {
      evidence.wasForwarded = true
      batch.set(.upstreamDuration, spent)
      values.writeSymbol(.upstream, .upstream, into: &batch)
    }
    // A fast answer takes 0 ms: then a good status is evidence too.
    if status < 400 { evidence.wasForwarded = true }
    values.writeOutcome(evidence, into: &batch)
    return nil
  }
}

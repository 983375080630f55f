import Traffic

/// Traefik's JSON access log.
///
/// `RetryAttempts` is always 0 in version 3, so 0 says nothing; earlier attempts and their back-off are in
/// `Overhead`, and `OriginDuration` is the last attempt alone.
/// - Source: traefik/traefik, `pkg/middlewares/accesslog/logdata.go`.
struct TraefikJSON: KeyedDialect {
  let name = "traefik-json"
  let summary = "Traefik access log, format json"
  let basis = StampBasis.start

  var rules: [KeyRule] {
    [
      KeyRule("StartUTC", .time), KeyRule("StartLocal", .time, rank: 1), KeyRule("time", .endTime),
      KeyRule("Duration", .duration, .nanoseconds),
      KeyRule("OriginDuration", .upstreamDuration, .nanoseconds),
      KeyRule("RequestMethod", .method), KeyRule("RequestHost", .host),
      KeyRule("RequestAddr", .host, rank: 1),
      KeyRule("RequestPath", .path), KeyRule("RequestProtocol", .wireProtocol),
      KeyRule("RequestContentSize", .bytesIn), KeyRule("ClientHost", .client),
      KeyRule("ClientAddr", .client, rank: 1),
      KeyRule("ClientPort", .clientPort), KeyRule("ClientUsername", .consumer),
      KeyRule("request_X-Api-Key", .consumer, rank: 1), KeyRule("TLSClientSubject", .consumer, rank: 2),
      KeyRule("TLSVersion", .tlsVersion),
      KeyRule("request_User-Agent", .userAgent), KeyRule("request_Referer", .referer),
      KeyRule("request_X-Forwarded-For", .forwardedFor), KeyRule("request_X-Request-Id", .requestID),
      KeyRule("DownstreamStatus", .status), KeyRule("DownstreamContentSize", .bytesOut),
      KeyRule("RouterName", .routeName), KeyRule("ServiceName", .service), KeyRule("ServiceAddr", .upstream),
      KeyRule("ServiceURL.Host", .upstream, rank: 1), KeyRule("ServiceURL", .upstream, rank: 2),
      KeyRule("OriginStatus", .upstreamStatus), KeyRule("RetryAttempts", .attempts),
      KeyRule("TraceId", .trace), KeyRule("trace_id", .trace, rank: 1),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    values.has(.status) && values.has(.time) && values.has(.duration) && values.has(.method)
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    guard let status else { return LineFailure(.notARequest, at: 0) }
    if let failure = writeTimes(&values, into: &batch) { return failure }
    var evidence = OutcomeEvidence()
    evidence.status = status
    evidence.knowsUpstream = true
    evidence.request = values.writeRequest(into: &batch)
    writeUpstream(&values, &evidence, into: &batch)
    writeAttempts(&values, into: &batch)
    values.writeCommon(into: &batch)
    // A router was found and a server asked, but the copy of its answer broke off.
    if !evidence.wasForwarded, values.has(.upstream), status >= 200, status < 300 {
      batch.set(.outcome, Outcome.truncated.rawValue)
    } else if status == 0 {
      // A hijacked connection, which is how Traefik does WebSockets.
      batch.set(.outcome, Outcome.ok.rawValue)
    } else {
      values.writeOutcome(evidence, into: &batch)
    }
    return nil
  }

  /// A duration or status of 0 is none.
  @inline(__always)
  private func writeUpstream(
    _ values: inout LineValues, _ evidence: inout OutcomeEvidence, into batch: inout RequestBatch
  ) {
    if let spent = values.micros(.upstreamDuration), !values.equals(.upstreamDuration, "0") {
      batch.set(.upstreamDuration, spent)
      batch.note("up_last", String(spent))
      evidence.wasForwarded = true
    }
    if let answered = values.statusCode(.upstreamStatus), answered > 0 {
      batch.set(.upstreamStatus, answered)
      evidence.upstreamStatus = answered
    }
    values.writeSymbol(.upstream, .upstream, into: &batch)
  }

  /// Counts the retries where the field is alive, and takes it from the common fields.
  @inline(__always)
  private func writeAttempts(_ values: inout LineValues, into batch: inout RequestBatch) {
    if let retries = values.integer(.attempts), retries > 0, retries < 1000 {
      batch.set(.attempts, retries + 1)
    }
    values.present &= ~(1 << UInt64(LogField.attempts.rawValue))
  }
}

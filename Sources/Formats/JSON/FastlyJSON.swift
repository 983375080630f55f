import Traffic

/// Fastly's real-time log with the JSON template of its documentation and client libraries.
struct FastlyJSON: KeyedDialect {
  let name = "fastly-json"
  let summary = "Fastly real-time log, default JSON template"
  let basis = StampBasis.start

  var rules: [KeyRule] {
    [
      KeyRule("timestamp", .time), KeyRule("time_elapsed", .duration, .microseconds),
      KeyRule("client_ip", .client),
      KeyRule("request", .method), KeyRule("request_method", .method), KeyRule("host", .host),
      KeyRule("request_host", .host), KeyRule("url", .path), KeyRule("request_protocol", .wireProtocol),
      KeyRule("request_referer", .referer), KeyRule("request_user_agent", .userAgent),
      KeyRule("cache_status", .cache), KeyRule("response_state", .cache), KeyRule("status", .status),
      KeyRule("response_status", .status), KeyRule("response_body_size", .bytesOut),
      KeyRule("request_body_size", .bytesIn), KeyRule("fastly_server", .gateway), KeyRule("is_tls", .extraA),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    values.has(.path) && values.has(.time) && values.has(.status)
      && (values.has(.cache) || values.has(.gateway))
      && (values.has(.duration) || values.has(.gateway)) && (values.has(.extraA) || values.has(.gateway))
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    guard let status else { return LineFailure(.notARequest, at: 0) }
    if let failure = writeTimes(&values, into: &batch) { return failure }
    var evidence = OutcomeEvidence()
    evidence.status = status
    evidence.request = values.writeRequest(into: &batch)
    values.writeCommon(into: &batch)
    values.writeCache(into: &batch)
    values.writeOutcome(evidence, into: &batch)
    return nil
  }
}

import Scanning
import Traffic

/// Envoy's `json_format` with the key names of Istio, Envoy Gateway and Contour, and those people usually
/// choose.
///
/// `upstream_service_time` is the time until response headers including retries and back-off: with more
/// than one attempt it is only an upper bound and stays out of the column. The connect time of a pooled
/// connection is no request's.
/// - Source: Envoy documentation, *Access logging usage*; Istio and Envoy Gateway default formats.
struct EnvoyJSON: KeyedDialect {
  let name: String
  let summary: String
  let basis = StampBasis.start

  /// - Parameter istio: only the name differs; Istio's keys are Envoy's.
  init(istio: Bool = false) {
    name = istio ? "istio-json" : "envoy-json"
    summary = istio ? "Istio proxy access log, JSON" : "Envoy access log, JSON, with common key names"
  }

  var rules: [KeyRule] {
    [
      KeyRule("start_us", .time), KeyRule("start_time", .time, rank: 1),
      KeyRule("@timestamp", .time, rank: 2),
      KeyRule("timestamp", .time, rank: 3), KeyRule("time", .time, rank: 3),
      KeyRule("duration", .duration, .milliseconds),
      KeyRule("duration_ms", .duration, .milliseconds, rank: 1),
      KeyRule("upstream_service_time", .upstreamDuration, .milliseconds),
      KeyRule("x-envoy-upstream-service-time", .upstreamDuration, .milliseconds, rank: 1),
      KeyRule("x_envoy_upstream_service_time", .upstreamDuration, .milliseconds, rank: 1),
      KeyRule("cd_ttfb_us", .firstByte, .microseconds),
      KeyRule("resp_dur", .firstByte, .milliseconds, rank: 1),
      KeyRule("response_duration", .firstByte, .milliseconds, rank: 1),
      KeyRule("cd_up_us", .upstreamFirstByte, .microseconds),
      KeyRule("method", .method), KeyRule("path", .path, rank: 1), KeyRule("x-envoy-origin-path", .path),
      KeyRule("x-envoy-original-path", .path), KeyRule("original_path", .path),
      KeyRule("protocol", .wireProtocol), KeyRule("authority", .host), KeyRule(":authority", .host, rank: 1),
      KeyRule("host", .host, rank: 2),
      KeyRule("client_ip", .client), KeyRule("downstream_remote_address", .client, rank: 1),
      KeyRule("client", .client, rank: 2), KeyRule("downstream_direct_remote_address", .client, rank: 3),
      KeyRule("xff", .forwardedFor), KeyRule("x_forwarded_for", .forwardedFor),
      KeyRule("x-forwarded-for", .forwardedFor),
      KeyRule("user_agent", .userAgent), KeyRule("user-agent", .userAgent), KeyRule("referer", .referer),
      KeyRule("request_id", .requestID), KeyRule("x-request-id", .requestID),
      KeyRule("x_request_id", .requestID),
      KeyRule("trace", .trace), KeyRule("trace_id", .trace), KeyRule("traceparent", .trace, rank: 1),
      KeyRule("tls", .tlsVersion), KeyRule("downstream_tls_version", .tlsVersion),
      KeyRule("downstream_peer_subject", .consumer), KeyRule("consumer", .consumer),
      KeyRule("response_code", .status), KeyRule("status", .status, rank: 1),
      KeyRule("bytes_sent", .bytesOut), KeyRule("bytes_received", .bytesIn),
      KeyRule("response_flags", .termination), KeyRule("response_flags_long", .termination, rank: 1),
      KeyRule("response_code_details", .details), KeyRule("details", .details, rank: 1),
      KeyRule("route_name", .routeName), KeyRule("route", .routeName, rank: 1),
      KeyRule("upstream_cluster", .service), KeyRule("upstream_cluster_raw", .service, rank: 1),
      KeyRule("upstream_host", .upstream),
      KeyRule("attempts", .attempts), KeyRule("upstream_request_attempt_count", .attempts),
      KeyRule("connection_termination_details", .extraA),
      KeyRule("upstream_transport_failure_reason", .extraB),
      KeyRule("requested_server_name", .extraC),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    values.has(.time) && values.has(.duration) && values.has(.status)
      && (values.has(.method) || values.has(.termination))
      && (values.has(.service) || values.has(.termination) || values.has(.extraC)
        || (values.has(.details) && values[.details].rank == 0))
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    guard let status else { return LineFailure(.notARequest, at: 0) }
    if let failure = writeTimes(&values, into: &batch) { return failure }
    _ = values.writeRequest(into: &batch)
    let isTCP = status == 0 && !values.has(.method) && !values.has(.wireProtocol) && !values.has(.path)
    if status == 101 || isTCP {
      batch.set(.wireProtocol, (isTCP ? WireProtocol.tcp : .webSocket).rawValue)
    }
    writeService(&values, into: &batch)
    values.writeCommon(into: &batch)
    writeUpstream(&values, into: &batch)
    let ending = ending(&values, status: isTCP ? .absent : status)
    if isTCP { batch.set(.status, .absent) }
    if let limit = ending.limit { batch.set(.limit, limit.rawValue) }
    if let cache = ending.cache { batch.set(.cache, cache.rawValue) }
    values.writeSymbol(.termination, .termination, into: &batch)
    batch.set(.outcome, (isTCP && ending.flags.isEmpty ? Outcome.ok : ending.outcome).rawValue)
    return nil
  }

  @inline(__always)
  private func ending(_ values: inout LineValues, status: Int64) -> EnvoyEnding {
    var flags: EnvoyFlags = []
    if let raw = values.raw(.termination), let base = raw.baseAddress {
      flags = EnvoyFlags(base, 0, raw.count)
    }
    var details = EnvoyDetails.unknown
    if let raw = values.raw(.details), let base = raw.baseAddress {
      details = EnvoyDetails(base, 0, raw.count)
    }
    return EnvoyEnding(flags: flags, status: status, details: details, hasUpstream: values.has(.upstream))
  }

  @inline(__always)
  private func writeUpstream(_ values: inout LineValues, into batch: inout RequestBatch) {
    if let host = values.bytes(.upstream), let base = host.baseAddress {
      // Old releases write `tcp://ip:port`.
      let skipped = host.count > 6 && base[3] == UInt8(ascii: ":") && base[4] == UInt8(ascii: "/") ? 6 : 0
      batch.setSymbol(.upstream, base + skipped, host.count - skipped)
    }
    guard let spent = values.micros(.upstreamDuration) else { return }
    if let attempts = values.integer(.attempts), attempts > 1 {
      batch.note("up_dur_upper_bound", String(spent))
    } else {
      batch.set(.upstreamDuration, spent)
    }
  }

  /// Istio's `outbound|8080|subset|host` is the service at its end.
  @inline(__always)
  private func writeService(_ values: inout LineValues, into batch: inout RequestBatch) {
    guard let cluster = values.bytes(.service), let base = cluster.baseAddress else { return }
    values.present &= ~(1 << UInt64(LogField.service.rawValue))
    var start = cluster.count
    while start > 0, base[start - 1] != UInt8(ascii: "|") { start -= 1 }
    if start == cluster.count { start = 0 }
    batch.setSymbol(.service, base + start, cluster.count - start)
  }
}

import Scanning
import Traffic

/// Caddy's access log, as JSON or from its console encoder.
///
/// The stamp is the end. A duration of 0 is a copy that broke off, not a fast answer. Nothing tells about
/// upstreams unless `log_append` adds keys, whose names are the user's; the usual ones are known.
/// - Source: Caddy 2, *Logging*.
struct CaddyJSON: KeyedDialect {
  let name: String
  let summary: String
  let basis = StampBasis.end
  let syntax: KeyedSyntax
  /// Of a bare duration, by Caddy's `duration_format`.
  let durationUnit: FieldUnit

  init(console: Bool = false, durationUnit: FieldUnit = .seconds) {
    name = console ? "caddy-console" : "caddy-json"
    summary = console ? "Caddy access log, console encoder" : "Caddy access log, JSON encoder"
    syntax = console ? .console : .json
    self.durationUnit = durationUnit
  }

  var rules: [KeyRule] {
    [
      KeyRule("ts", .time), KeyRule("logger", .logger), KeyRule("msg", .message),
      KeyRule("duration", .duration, durationUnit), KeyRule("status", .status), KeyRule("size", .bytesOut),
      KeyRule("bytes_read", .bytesIn), KeyRule("user_id", .consumer), KeyRule("traceID", .trace),
      KeyRule("request.method", .method), KeyRule("request.host", .host), KeyRule("request.uri", .path),
      KeyRule("request.proto", .wireProtocol), KeyRule("request.client_ip", .client),
      KeyRule("request.remote_ip", .client, rank: 1), KeyRule("request.remote_addr", .client, rank: 2),
      KeyRule("request.remote_port", .clientPort), KeyRule("request.headers.User-Agent", .userAgent),
      KeyRule("request.headers.Referer", .referer), KeyRule("request.headers.X-Forwarded-For", .forwardedFor),
      KeyRule("request.headers.X-Request-Id", .requestID),
      KeyRule("request.headers.Traceparent", .trace, rank: 1),
      KeyRule("request.tls.version", .tlsVersion),
      KeyRule("up_status", .upstreamStatus), KeyRule("upstream_status", .upstreamStatus, rank: 1),
      KeyRule("upstream_addr", .upstream), KeyRule("upstream", .upstream, rank: 1),
      KeyRule("upstream_hostport", .upstream, rank: 1),
      KeyRule("up_dur", .upstreamDuration, .milliseconds),
      KeyRule("upstream_duration_ms", .upstreamDuration, .milliseconds, rank: 1),
      KeyRule("upstream_ms", .upstreamFirstByte, .milliseconds),
      KeyRule("upstream_latency_ms", .upstreamFirstByte, .milliseconds, rank: 1),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    values.has(.method) && values.has(.path) && values.has(.client) && values.has(.status)
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    // The error log repeats the request of an access line; other loggers have none.
    guard values.has(.method), !values.begins(.logger, "http.log.error") else {
      return LineFailure(.notARequest, at: 0)
    }
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    guard let status else { return LineFailure(.notARequest, at: 0) }
    if let failure = writeTimes(&values, status: status, into: &batch) { return failure }
    var evidence = values.writeUpstream(into: &batch)
    evidence.status = status
    evidence.request = values.writeRequest(into: &batch)
    values.writeCommon(into: &batch)
    if status == 0 {
      // No handler wrote anything.
      batch.set(.outcome, Outcome.localReply.rawValue)
    } else if batch.current(.duration) == .absent, values.has(.duration), status < 300 {
      batch.set(.outcome, Outcome.truncated.rawValue)
    } else {
      values.writeOutcome(evidence, into: &batch)
    }
    return nil
  }

  @inline(__always)
  private func writeTimes(_ values: inout LineValues, status: Int64, into batch: inout RequestBatch)
    -> LineFailure?
  {
    guard let end = values.time(.time) else { return values.missingTime }
    batch.set(.arrival, end)
    guard let duration = values.micros(.duration), duration > 0 || !values.equals(.duration, "0") else {
      return nil
    }
    batch.set(.duration, duration)
    // The stamp is cut to whole µs and the duration has nanoseconds: round the difference down.
    let rest: Int64 = durationUnit == .seconds && values.hasNanoseconds(.duration) ? 1 : 0
    batch.set(.arrival, end &- duration &- rest)
    return nil
  }
}

extension LineValues {
  /// Whether a decimal number of seconds goes on beyond µs.
  @inline(__always)
  fileprivate mutating func hasNanoseconds(_ field: LogField) -> Bool {
    let value = self[field]
    guard value.kind == .bare else { return false }
    var index = Int(value.start)
    let end = Int(value.end)
    while index < end, line[index] != UInt8(ascii: ".") { index += 1 }
    index += 7
    while index < end {
      if line[index] != UInt8(ascii: "0") { return true }
      index += 1
    }
    return false
  }
}

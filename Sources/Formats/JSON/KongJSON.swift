import Scanning
import Traffic

/// What Kong's file-log, http-log, tcp-log and udp-log plugins write: one object per request.
///
/// - Source: Kong/kong, `kong/pdk/log.lua`.
struct KongJSON: KeyedDialect {
  let name = "kong-json"
  let summary = "Kong file-log and its kin, JSON"
  let basis = StampBasis.start

  var rules: [KeyRule] {
    [
      KeyRule("started_at", .time, .milliseconds), KeyRule("latencies.request", .duration, .milliseconds),
      KeyRule("latencies.session", .duration, .milliseconds, rank: 1),
      KeyRule("latencies.kong", .extraA, .milliseconds),
      KeyRule("latencies.proxy", .upstreamFirstByte, .milliseconds),
      KeyRule("latencies.receive", .extraB, .milliseconds), KeyRule("tries", .extraC),
      KeyRule("upstream_status", .upstreamStatus), KeyRule("source", .origin), KeyRule("client_ip", .client),
      KeyRule("request.method", .method), KeyRule("request.uri", .path),
      KeyRule("request.headers.host", .host),
      KeyRule("request.headers.user-agent", .userAgent), KeyRule("request.headers.referer", .referer),
      KeyRule("request.headers.x-forwarded-for", .forwardedFor),
      KeyRule("request.headers.traceparent", .trace), KeyRule("request.id", .requestID),
      KeyRule("request.headers.x-request-id", .requestID, rank: 1), KeyRule("request.size", .bytesIn),
      KeyRule("request.url", .details), KeyRule("request.tls.version", .tlsVersion),
      KeyRule("response.status", .status), KeyRule("response.size", .bytesOut),
      KeyRule("response.headers.x-cache-status", .cache),
      KeyRule("response.headers.ratelimit-limit", .limitHeader),
      KeyRule("response.headers.x-ratelimit-limit-second", .limitHeader),
      KeyRule("response.headers.x-ratelimit-limit-minute", .limitHeader),
      KeyRule("response.headers.x-ratelimit-limit-hour", .limitHeader),
      KeyRule("route.name", .routeName), KeyRule("route.id", .routeName, rank: 1),
      KeyRule("service.name", .service), KeyRule("service.host", .service, rank: 1),
      KeyRule("service.id", .service, rank: 2),
      KeyRule("consumer.username", .consumer), KeyRule("consumer.custom_id", .consumer, rank: 1),
      KeyRule("consumer.id", .consumer, rank: 2), KeyRule("authenticated_entity.id", .consumer, rank: 3),
      KeyRule("session.received", .bytesIn, rank: 1), KeyRule("session.sent", .bytesOut, rank: 1),
      KeyRule("session.status", .message),
    ]
  }

  func recognises(_ values: inout LineValues) -> Bool {
    values.has(.time) && values.has(.duration) && (values.has(.extraA) || values.has(.upstreamFirstByte))
  }

  func write(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    if let failure = writeTimes(&values, into: &batch) { return failure }
    if values.has(.message) { return writeSession(&values, into: &batch) }
    let (status, failure) = values.writeStatus(into: &batch)
    if let failure { return failure }
    guard let status else { return LineFailure(.notARequest, at: 0) }
    let shape = values.writeRequest(into: &batch)
    if batch.current(.host) == .absent, let url = values.bytes(.details) {
      writeHost(ofURL: url, into: &batch)
    }
    var evidence = values.writeUpstream(into: &batch)
    evidence.status = status
    evidence.request = shape
    evidence.knowsUpstream = true
    writeAttempts(&values, &evidence, into: &batch)
    values.writeCommon(into: &batch)
    values.writeCache(into: &batch)
    writeLimit(&values, &evidence, into: &batch)
    batch.set(.outcome, OutcomeRules.outcome(evidence).rawValue)
    return nil
  }

  private func writeHost(ofURL url: UnsafeBufferPointer<UInt8>, into batch: inout RequestBatch) {
    guard let base = url.baseAddress else { return }
    let colon = WideScan.find(UInt8(ascii: ":"), in: base, from: 0, to: url.count)
    guard colon + 3 < url.count else { return }
    let end = WideScan.find(UInt8(ascii: "/"), in: base, from: colon + 3, to: url.count)
    Authority.write(base + colon + 3, end - colon - 3, into: &batch)
  }

  /// A TCP session of the stream subsystem.
  private func writeSession(_ values: inout LineValues, into batch: inout RequestBatch) -> LineFailure? {
    batch.set(.wireProtocol, WireProtocol.tcp.rawValue)
    var evidence = OutcomeEvidence()
    writeAttempts(&values, &evidence, into: &batch)
    values.writeCommon(into: &batch)
    let isGood = values.equals(.message, "200")
    batch.set(.outcome, (isGood ? Outcome.ok : .unknown).rawValue)
    return nil
  }

  // MARK: Attempts

  /// Writes what `tries` and the latencies tell about the upstream.
  ///
  /// `balancer_latency` is the time to choose; an attempt lasts until the next one starts, the last one for
  /// proxy and receive together.
  private func writeAttempts(
    _ values: inout LineValues, _ evidence: inout OutcomeEvidence, into batch: inout RequestBatch
  ) {
    let tries = Tries(values)
    if tries.count > 0 {
      evidence.wasForwarded = true
      batch.set(.attempts, tries.count)
      tries.writeAddress(&values, into: &batch)
    }
    guard let proxy = values.micros(.upstreamFirstByte) else { return }
    evidence.wasForwarded = true
    let receive = values.micros(.extraB) ?? 0
    let earlier =
      tries.count > 1 && tries.lastStart >= tries.firstStart
      ? (tries.lastStart &- tries.firstStart) &* 1000 : 0
    batch.set(.upstreamDuration, proxy &+ receive &+ earlier)
    if let own = values.micros(.extraA) { batch.set(.firstByte, own &+ proxy) }
  }

  /// `source` says whose answer it is; rate limiting headers that the limiter ran.
  private func writeLimit(
    _ values: inout LineValues, _ evidence: inout OutcomeEvidence, into batch: inout RequestBatch
  ) {
    if values.equals(.origin, "upstream") { evidence.wasForwarded = true }
    let isOwn = values.has(.origin) ? !values.equals(.origin, "upstream") : !evidence.wasForwarded
    if isOwn, evidence.status == 429 {
      evidence.limit = .rejected
      batch.set(.limit, LimitVerdict.rejected.rawValue)
    } else if values.has(.limitHeader) {
      batch.set(.limit, LimitVerdict.passed.rawValue)
    }
    guard isOwn else { return }
    // Kong answered although servers were tried: a failed attempt where its status says so.
    evidence.connectFailed = evidence.wasForwarded && evidence.upstreamStatus == .absent
    if evidence.status != 502, evidence.status != 504 { evidence.wasForwarded = false }
  }
}

/// Kong's `tries` array: one object per attempt.
private struct Tries {
  var count: Int64 = 0
  /// Starts of the first and last attempt, ms since 1970.
  var firstStart: Int64 = 0
  var lastStart: Int64 = 0
  var ip = 0..<0
  var port = 0..<0

  init(_ values: LineValues) {
    guard values.has(.extraC), values[.extraC].kind == .array else { return }
    var scanner = JSONScanner(values.line, Int(values[.extraC].start) + 1, Int(values[.extraC].end))
    while true {
      scanner.skipBlanks()
      if scanner.position < Int(values[.extraC].end), values.line[scanner.position] == UInt8(ascii: ",") {
        scanner.position += 1
      }
      guard scanner.enterObject(), readTry(&scanner, values.line) else { return }
    }
  }

  private mutating func readTry(_ scanner: inout JSONScanner, _ line: UnsafePointer<UInt8>) -> Bool {
    while true {
      switch scanner.nextKey() {
      case .broken: return false
      case .objectEnd:
        count += 1
        return true
      case .key: break
      }
      let key = scanner.keyStart..<scanner.keyEnd
      guard scanner.readValue() else { return false }
      if scanner.value.kind == .object { guard scanner.skipObject() else { return false } }
      let range = scanner.value.start..<scanner.value.end
      // `ip`, `port` and `balancer_start` differ in length from each other and from the rest.
      switch key.count {
      case 2 where line[key.lowerBound] == UInt8(ascii: "i"): ip = range
      case 4 where line[key.lowerBound] == UInt8(ascii: "p"): port = range
      case 14 where line[key.lowerBound] == UInt8(ascii: "b"):
        guard let start = Numbers.unsigned(line, range.lowerBound, range.upperBound), start < 1 << 50 else {
          continue
        }
        if count == 0 { firstStart = start }
        lastStart = start
      default: continue
      }
    }
  }

  /// Writes `ip:port` of the last attempt.
  func writeAddress(_ values: inout LineValues, into batch: inout RequestBatch) {
    guard !ip.isEmpty else { return }
    let isIPv6 =
      WideScan.find(UInt8(ascii: ":"), in: values.line, from: ip.lowerBound, to: ip.upperBound)
      < ip.upperBound
    var length = 0
    func append(_ byte: UInt8) {
      values.text[length] = byte
      length += 1
    }
    if isIPv6 { append(UInt8(ascii: "[")) }
    for index in ip { append(values.line[index]) }
    if isIPv6 { append(UInt8(ascii: "]")) }
    if !port.isEmpty { append(UInt8(ascii: ":")) }
    for index in port { append(values.line[index]) }
    batch.setSymbol(.upstream, values.text, length)
  }
}

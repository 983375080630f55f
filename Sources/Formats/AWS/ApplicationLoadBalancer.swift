import Scanning
import Traffic

/// The access log of AWS Application Load Balancers: up to 33 fields, older files have fewer, newer ones more.
///
///     type end elb client:port target:port t t t status target-status in out "request" "agent" cipher tls group
///       "trace" "domain" "cert" priority start "actions" "redirect" "error" "targets" "statuses" "class" "reason" …
///
/// Field 2 is the END, field 22 the START, both in µs: their difference is the duration. The three times only reach to
/// the start of the response. Sizes are on the wire, headers included.
/// - Source: AWS, *Access logs for your Application Load Balancer*.
struct ApplicationLoadBalancer: LineFormat {
  var name: String { "aws-alb" }
  var summary: String { "AWS Application Load Balancer" }
  var basis: StampBasis { .start }

  func read(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout Void, into batch: inout RequestBatch
  ) -> LineFailure? {
    var cursor = LineCursor(line, count)
    guard let kind = cursor.token(), let stamp = cursor.token(), let balancer = cursor.token(),
      let client = cursor.token(), let target = cursor.token()
    else { return LineFailure(.endsEarly, at: cursor.index) }
    guard let type = RequestType(cursor, kind) else { return LineFailure(.notInFormat, at: 0) }
    guard let end = Timestamps.iso8601(line, stamp.start, stamp.end) else {
      return LineFailure(.badTimestamp, field: .arrival, at: stamp.start)
    }
    guard let times = LoadBalancerTimes(&cursor) else {
      return LineFailure(.badNumber, field: .upstreamDuration, at: cursor.index)
    }
    guard let status = LoadBalancerStatus(&cursor, hasTarget: !cursor.isAbsent(target)), status.sent != .absent else {
      return LineFailure(.badStatus, field: .status, at: cursor.index)
    }
    batch.setText(.gateway, cursor, balancer)
    batch.setClientAddress(cursor, client)
    batch.setText(.upstream, cursor, target)
    status.write(into: &batch)
    if let failure = readSizesAndRequest(&cursor, type, into: &batch) { return failure }
    guard let rest = Rest(&cursor) else { return LineFailure(.endsEarly, at: cursor.index) }
    rest.write(cursor, hasTarget: status.hasTarget, into: &batch)
    writeTimes(times, end: end, start: rest.start(cursor), hasTarget: status.hasTarget, into: &batch)
    writeOutcome(cursor, rest, status, into: &batch)
    return nil
  }

  private func readSizesAndRequest(
    _ cursor: inout LineCursor, _ type: RequestType, into batch: inout RequestBatch
  ) -> LineFailure? {
    for column in [RequestColumn.bytesIn, .bytesOut] {
      guard let field = cursor.token(), let value = Numbers.unsigned(cursor.bytes, field.start, field.end) else {
        return LineFailure(.badNumber, field: column, at: cursor.index)
      }
      batch.set(column, value)
    }
    batch.note("bytes_kind", "wire")
    guard cursor.peek == UInt8(ascii: "\""), let request = cursor.tokenOrQuoted(),
      let agent = cursor.tokenOrQuoted()
    else { return LineFailure(.notInFormat, field: .path, at: cursor.index) }
    writeRequest(cursor, request, into: &batch)
    if let wire = type.wireProtocol { batch.set(.wireProtocol, wire.rawValue) }
    batch.setText(.userAgent, cursor, agent, .nginx)
    return nil
  }

  /// `- http://host:80- -` is how a request that was never understood is printed: only its host is known.
  private func writeRequest(_ cursor: LineCursor, _ request: ByteRange, into batch: inout RequestBatch) {
    let shape = batch.setRequest(cursor, request, .nginx)
    guard shape == .malformed, let scheme = cursor.find("://", in: request) else { return }
    var end = scheme + 3
    while end < request.end, !cursor.matches(":", at: end), !cursor.matches("/", at: end), !cursor.matches(" ", at: end) {
      end += 1
    }
    if end > scheme + 3 { Authority.write(cursor.bytes + scheme + 3, end - scheme - 3, into: &batch) }
  }

  private func writeTimes(
    _ times: LoadBalancerTimes, end: Int64, start: Int64?, hasTarget: Bool, into batch: inout RequestBatch
  ) {
    let untilResponse = times.untilResponse
    if untilResponse != .absent { batch.set(.firstByte, untilResponse) }
    if hasTarget, times.target != .absent {
      batch.set(.upstreamDuration, times.target)
      batch.note("up_ttfb", String(times.target))
    }
    if let start, start <= end {
      batch.set(.arrival, start)
      batch.set(.duration, end &- start)
    } else {
      // Files older than field 22: what is known of the duration is the time until the response.
      batch.set(.arrival, untilResponse == .absent ? end : end &- untilResponse)
      if untilResponse != .absent { batch.set(.duration, untilResponse) }
    }
  }

  private func writeOutcome(
    _ cursor: LineCursor, _ rest: Rest, _ status: LoadBalancerStatus, into batch: inout RequestBatch
  ) {
    let outcome: Outcome =
      cursor.matches("LambdaInvalid", at: rest.error.start)
      ? .upstreamProtocol : status.outcome(isRefused: rest.isRefused(cursor))
    batch.set(.outcome, outcome.rawValue)
    batch.setText(.termination, cursor, rest.error)
  }
}

/// Field 1.
private enum RequestType {
  case plain, http2, grpc, webSocket

  init?(_ cursor: LineCursor, _ field: ByteRange) {
    if cursor.equals(field, "https") || cursor.equals(field, "http") {
      self = .plain
    } else if cursor.equals(field, "h2") {
      self = .http2
    } else if cursor.equals(field, "grpcs") || cursor.equals(field, "grpc") {
      self = .grpc
    } else if cursor.equals(field, "wss") || cursor.equals(field, "ws") {
      self = .webSocket
    } else {
      return nil
    }
  }

  /// What the type says beyond the request line.
  var wireProtocol: WireProtocol? {
    switch self {
    case .plain: nil
    case .http2: .http2
    case .grpc: .grpc
    case .webSocket: .webSocket
    }
  }
}

/// Fields 15 to 27, as far as the line has them; a field that is not there is empty.
private struct Rest {
  var cipher, tls, group, trace, domain, priority, created, actions, error, targets, targetStatuses: ByteRange

  init?(_ cursor: inout LineCursor) {
    // Each field must be well formed where it is there.
    func next() -> ByteRange? {
      cursor.isAtEnd ? ByteRange(start: cursor.end, end: cursor.end) : cursor.tokenOrQuoted()
    }
    guard let cipher = next(), let tls = next(), let group = next(), let trace = next(), let domain = next(),
      next() != nil, let priority = next(), let created = next(), let actions = next(), next() != nil,
      let error = next(), let targets = next(), let statuses = next()
    else { return nil }
    (self.cipher, self.tls, self.group, self.trace, self.domain) = (cipher, tls, group, trace, domain)
    (self.priority, self.created, self.actions, self.error) = (priority, created, actions, error)
    (self.targets, targetStatuses) = (targets, statuses)
  }

  func start(_ cursor: LineCursor) -> Int64? {
    created.isEmpty ? nil : Timestamps.iso8601(cursor.bytes, created.start, created.end)
  }

  /// The firewall or an authentication step had the last word.
  func isRefused(_ cursor: LineCursor) -> Bool {
    let last = cursor.lastItem(actions)
    return cursor.matches("waf", at: last.start) || cursor.matches("authenticate", at: last.start)
  }

  func write(_ cursor: LineCursor, hasTarget: Bool, into batch: inout RequestBatch) {
    batch.setText(.service, cursor, groupName(cursor))
    batch.setText(.routeName, cursor, priority)
    if !cursor.isAbsent(cipher) { batch.note("tls.cipher", cursor.text(cipher)) }
    if !cursor.isAbsent(tls) { batch.note("tls.version", cursor.text(tls)) }
    if !cursor.isAbsent(domain) { batch.note("tls.sni", cursor.text(domain)) }
    writeTrace(cursor, into: &batch)
    guard hasTarget else { return }
    var attempts: Int64 = 1
    for index in targets.start..<max(targets.start, targets.end) where cursor.bytes[index] == UInt8(ascii: " ") {
      attempts += 1
    }
    batch.set(.attempts, attempts)
  }

  /// `orders` of `arn:…:targetgroup/orders/0a1b2c3d4e5f6071`.
  private func groupName(_ cursor: LineCursor) -> ByteRange {
    guard let last = cursor.findLast(UInt8(ascii: "/"), in: group),
      let before = cursor.findLast(UInt8(ascii: "/"), in: ByteRange(start: group.start, end: last))
    else { return group }
    return ByteRange(start: before + 1, end: last)
  }

  /// `Root=1-6b029ef1-000000000000000000000001`: eight and 24 hexadecimal digits are the trace's 128 bits.
  private func writeTrace(_ cursor: LineCursor, into batch: inout RequestBatch) {
    guard let root = cursor.find("Root=1-", in: trace), root + 40 <= trace.end,
      cursor.matches("-", at: root + 15), let first = hex(cursor, root + 7, 8), let second = hex(cursor, root + 16, 8),
      let low = hex(cursor, root + 24, 16)
    else { return }
    batch.set(.traceHigh, Int64(bitPattern: first << 32 | second))
    batch.set(.traceLow, Int64(bitPattern: low))
  }

  private func hex(_ cursor: LineCursor, _ start: Int, _ digits: Int) -> UInt64? {
    var value: UInt64 = 0
    for index in start..<(start + digits) {
      guard let digit = Numbers.hexDigit(cursor.bytes[index]) else { return nil }
      value = value << 4 | UInt64(digit)
    }
    return value
  }
}

import Scanning
import Traffic

/// HAProxy's `option httplog`, `option httpslog` and `option tcplog`, with or without captures.
///
///     ci:cp [date] frontend~ backend/server TR/Tw/Tc/Tr/Ta status bytes CC CS tsc a/f/b/s/r sq/bq {in} {out} "request" …
///     ci:cp [date] frontend  backend/server Tw/Tc/Tt bytes ts a/f/b/s/r sq/bq
///
/// One file usually mixes frontends, so the HTTP variant also reads TCP lines, and lines with a TLS tail. Error lines
/// (`ip:port [date] frontend/bind: message`) and `Connect from …` lines are counted as no requests.
/// Times are local without an offset; `-1` is a phase never reached; `+` before a number says it was still growing.
/// - Source: HAProxy Configuration Manual, §8.2 *Log formats*.
struct HAProxyText: LineFormat {
  enum Variant: Sendable { case http, https, tcp }

  let variant: Variant
  var clock = WriterClock()

  var name: String {
    switch variant {
    case .http: "haproxy-http"
    case .https: "haproxy-https"
    case .tcp: "haproxy-tcp"
    }
  }
  var summary: String {
    switch variant {
    case .http: "HAProxy 'option httplog', captures and TCP lines included"
    case .https: "HAProxy 'option httpslog'"
    case .tcp: "HAProxy 'option tcplog'"
    }
  }
  var basis: StampBasis { .start }

  func timed(by clock: WriterClock) -> any LogFormat { HAProxyText(variant: variant, clock: clock) }

  func read(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout Void, into batch: inout RequestBatch
  ) -> LineFailure? {
    var cursor = LineCursor(line, count)
    if HAProxyNoise.isNoise(cursor) { return LineFailure(.notARequest, at: 0) }
    guard let client = cursor.field(endedBy: UInt8(ascii: " ")), cursor.skip(UInt8(ascii: "[")),
      let stamp = cursor.field(endedBy: UInt8(ascii: "]")), cursor.skip(UInt8(ascii: " "))
    else { return LineFailure(.notInFormat, at: cursor.index) }
    guard let arrival = Timestamps.commonLog(line, stamp.start, stamp.end, localOffset: clock.utcOffset) else {
      return LineFailure(.badTimestamp, field: .arrival, at: stamp.start)
    }
    guard var frontend = cursor.token(), !frontend.isEmpty else { return LineFailure(.endsEarly, at: cursor.index) }
    if let slash = cursor.findLast(UInt8(ascii: "/"), in: frontend), line[frontend.end - 1] == UInt8(ascii: ":") {
      batch.note("kind", "connection_error")
      batch.note("route", cursor.text(ByteRange(start: frontend.start, end: slash)))
      return LineFailure(.notARequest, at: frontend.start)
    }
    if line[frontend.end - 1] == UInt8(ascii: "~") { frontend.end -= 1 }
    guard let server = cursor.token(), let timers = cursor.token() else {
      return LineFailure(.endsEarly, at: cursor.index)
    }
    guard let ends = HAProxyEnds(cursor, frontend: frontend, server: server) else {
      return LineFailure(.notInFormat, field: .service, at: server.start)
    }
    batch.set(.arrival, arrival)
    batch.setClientAddress(cursor, client)
    ends.write(cursor, into: &batch)
    guard let times = HAProxyTimers(cursor, timers) else {
      return LineFailure(.badNumber, field: .duration, at: timers.start)
    }
    guard accepts(times) else { return LineFailure(.notInFormat, at: timers.start) }
    return times.isHTTP
      ? readHTTP(&cursor, ends, times, into: &batch) : readTCP(&cursor, ends, times, into: &batch)
  }

  private func accepts(_ times: HAProxyTimers) -> Bool {
    switch variant {
    case .http: true
    case .https: times.isHTTP
    case .tcp: !times.isHTTP
    }
  }

  // MARK: TCP

  private func readTCP(
    _ cursor: inout LineCursor, _ ends: HAProxyEnds, _ times: HAProxyTimers, into batch: inout RequestBatch
  ) -> LineFailure? {
    guard let bytes = cursor.token(), let state = cursor.token(), let connections = cursor.token() else {
      return LineFailure(.endsEarly, at: cursor.index)
    }
    guard HAProxyState.isState(cursor.bytes, state, count: 2) else {
      return LineFailure(.notInFormat, field: .termination, at: state.start)
    }
    if let failure = writeBytes(cursor, bytes, into: &batch) { return failure }
    let retries = HAProxyGauges.write(cursor, connections, queues: cursor.token(), into: &batch)
    batch.set(.wireProtocol, WireProtocol.tcp.rawValue)
    HAProxyEnding(ends: ends, times: times, retries: retries, state: state, status: .absent)
      .write(cursor, into: &batch)
    return nil
  }

  // MARK: HTTP

  private func readHTTP(
    _ cursor: inout LineCursor, _ ends: HAProxyEnds, _ times: HAProxyTimers, into batch: inout RequestBatch
  ) -> LineFailure? {
    guard let status = cursor.token(), let bytes = cursor.token(), cursor.token() != nil, cursor.token() != nil,
      let state = cursor.token(), let connections = cursor.token(), let queues = cursor.token()
    else { return LineFailure(.endsEarly, at: cursor.index) }
    guard HAProxyState.isState(cursor.bytes, state, count: 4) else {
      return LineFailure(.notInFormat, field: .termination, at: state.start)
    }
    // Old releases write -1 when nothing was answered.
    guard let code = Numbers.signed(cursor.bytes, status.start, status.end), code >= -1, code <= 999 else {
      return LineFailure(.badStatus, field: .status, at: status.start)
    }
    if code >= 0 { batch.set(.status, code) }
    if let failure = writeBytes(cursor, bytes, into: &batch) { return failure }
    let retries = HAProxyGauges.write(cursor, connections, queues: queues, into: &batch)
    HAProxyCaptures.write(&cursor, into: &batch)
    if let failure = readRequest(&cursor, into: &batch) { return failure }
    if code == 101 { batch.set(.wireProtocol, WireProtocol.webSocket.rawValue) }
    HAProxyEnding(ends: ends, times: times, retries: retries, state: state, status: code < 0 ? .absent : code)
      .write(cursor, into: &batch)
    return nil
  }

  private func writeBytes(
    _ cursor: LineCursor, _ field: ByteRange, into batch: inout RequestBatch
  ) -> LineFailure? {
    guard let value = Numbers.signed(cursor.bytes, field.start, field.end), value >= 0 else {
      return LineFailure(.badNumber, field: .bytesOut, at: field.start)
    }
    batch.set(.bytesOut, value)
    batch.note("bytes_kind", "wire")
    return nil
  }

  /// `"request"`, and behind it the TLS fields of httpslog. A line cut by syslog has no closing quote.
  private func readRequest(_ cursor: inout LineCursor, into batch: inout RequestBatch) -> LineFailure? {
    guard cursor.skip(UInt8(ascii: "\"")) else { return LineFailure(.notInFormat, field: .path, at: cursor.index) }
    let start = cursor.index
    var request = ByteRange(start: start, end: cursor.end)
    if let whole = cursor.field(endedBy: UInt8(ascii: "\"")) {
      request = whole
    } else {
      cursor.index = cursor.end
      batch.note("anomaly", "truncated_line")
    }
    _ = batch.setRequest(cursor, request, .haproxy)
    if cursor.isAtEnd { return variant == .https ? LineFailure(.notInFormat, at: cursor.index) : nil }
    guard cursor.skip(UInt8(ascii: " ")) else { return LineFailure(.notInFormat, at: cursor.index) }
    writeTLS(&cursor, into: &batch)
    return nil
  }

  /// `fc_err/ssl_fc_err/c_err/ca_err/resumed sni/version/cipher`.
  private func writeTLS(_ cursor: inout LineCursor, into batch: inout RequestBatch) {
    guard cursor.token() != nil, let session = cursor.token() else { return }
    var parts = LineCursor(cursor.bytes, session.end, at: session.start)
    guard let sni = parts.field(endedBy: UInt8(ascii: "/")), let version = parts.field(endedBy: UInt8(ascii: "/"))
    else { return }
    if !cursor.isAbsent(sni) { batch.note("tls.sni", cursor.text(sni)) }
    if !cursor.isAbsent(version) { batch.note("tls.version", cursor.text(version)) }
  }
}

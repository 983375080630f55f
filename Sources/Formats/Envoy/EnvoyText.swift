import Scanning
import Traffic

/// Envoy's and Istio's text access log.
///
///     [start] "METHOD path PROTO" status flags [details termination "failure"] in out ms service-ms
///       "xff" "agent" "request-id" "authority" "upstream" [cluster local local remote sni route …]
///
/// Nothing is escaped, so a path or agent may hold `" ` itself: the request ends at the first `" ` that a status and
/// flags follow, the numbers stand where four of them stand, and the last quoted fields are taken from the line's end.
/// What Istio puts between flags and numbers changed over its releases; whatever stands there is read by what it is.
/// - Source: Envoy documentation, *Access logging usage*, default format string; Istio's EnvoyTextLogFormat constants.
struct EnvoyText: LineFormat {
  enum Variant: Sendable { case envoy, istio }

  let variant: Variant

  var name: String { variant == .envoy ? "envoy-default" : "envoy-istio" }
  var summary: String {
    variant == .envoy ? "Envoy default text access log" : "Istio and Envoy Gateway text access log, all releases"
  }
  var basis: StampBasis { .start }

  func read(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout Void, into batch: inout RequestBatch
  ) -> LineFailure? {
    var cursor = LineCursor(line, count)
    guard cursor.skip(UInt8(ascii: "[")), let stamp = cursor.field(endedBy: UInt8(ascii: "]")) else {
      return LineFailure(.notInFormat, at: 0)
    }
    guard cursor.skip(" \"") else { return noise(cursor) }
    guard let arrival = Self.time(cursor, stamp) else { return LineFailure(.badTimestamp, field: .arrival, at: 1) }
    guard let layout = EnvoyLayout(cursor, from: cursor.index) else {
      return LineFailure(.notInFormat, at: cursor.index)
    }
    guard layout.isIstio == (variant == .istio) else { return LineFailure(.notInFormat, at: layout.numbers) }
    batch.set(.arrival, arrival)
    return write(cursor, layout, into: &batch)
  }

  /// `[2026-11-22 07:34:44.000][1][warning][config] …` is Envoy's own server log.
  private func noise(_ cursor: LineCursor) -> LineFailure {
    cursor.peek == UInt8(ascii: "[") ? LineFailure(.notARequest, at: 0) : LineFailure(.notInFormat, at: cursor.index)
  }

  private static func time(_ cursor: LineCursor, _ stamp: ByteRange) -> Int64? {
    Timestamps.iso8601(cursor.bytes, stamp.start, stamp.end)
      ?? Timestamps.epochByDigits(cursor.bytes, stamp.start, stamp.end)
  }

  private func write(
    _ cursor: LineCursor, _ layout: EnvoyLayout, into batch: inout RequestBatch
  ) -> LineFailure? {
    let bytes = cursor.bytes
    let shape = batch.setRequest(bytes + layout.request.start, layout.request.count)
    guard let status = Numbers.unsigned(bytes, layout.status.start, layout.status.end) else {
      return LineFailure(.badStatus, field: .status, at: layout.status.start)
    }
    batch.set(.status, status)
    batch.setText(.termination, cursor, layout.flags)
    writeNumbers(cursor, layout, into: &batch)
    writeQuoted(cursor, layout, into: &batch)
    if !layout.tail.isEmpty { writeTail(cursor, layout.tail, into: &batch) }
    writeEnding(cursor, layout, status: status, shape: shape, into: &batch)
    return nil
  }

  private func writeNumbers(_ cursor: LineCursor, _ layout: EnvoyLayout, into batch: inout RequestBatch) {
    var numbers = LineCursor(cursor.bytes, cursor.end, at: layout.numbers)
    for column in [RequestColumn.bytesIn, .bytesOut] {
      guard let field = numbers.token() else { return }
      if let value = Numbers.unsigned(cursor.bytes, field.start, field.end) { batch.set(column, value) }
    }
    for column in [RequestColumn.duration, .upstreamDuration] {
      guard let field = numbers.token() else { return }
      if let value = Numbers.scaled(cursor.bytes, field.start, field.end, digits: 3) { batch.set(column, value) }
    }
    batch.note("bytes_kind", "body")
  }

  private func writeQuoted(_ cursor: LineCursor, _ layout: EnvoyLayout, into batch: inout RequestBatch) {
    batch.setText(.userAgent, cursor, layout.agent)
    batch.setText(.upstream, cursor, layout.upstreamAddress(cursor))
    if !cursor.isAbsent(layout.authority) {
      Authority.write(cursor.bytes + layout.authority.start, layout.authority.count, into: &batch)
    }
    if !cursor.isAbsent(layout.requestID) { batch.note("req_id", cursor.text(layout.requestID)) }
    if cursor.isAbsent(layout.forwardedFor) { return }
    batch.note("xff", cursor.text(layout.forwardedFor))
    // The default format has no other client address: the last item is the peer that Envoy itself appended.
    if layout.tail.isEmpty { batch.setClient(cursor, cursor.lastItem(layout.forwardedFor)) }
  }

  /// `cluster upstream-local downstream-local downstream-remote sni [route …]`.
  private func writeTail(_ cursor: LineCursor, _ tail: ByteRange, into batch: inout RequestBatch) {
    var tokens = LineCursor(cursor.bytes, tail.end, at: tail.start)
    guard let cluster = tokens.token(), tokens.token() != nil, tokens.token() != nil, let remote = tokens.token()
    else { return }
    batch.setCluster(cursor, cluster)
    if !cursor.isAbsent(cluster) { batch.note("cluster", cursor.text(cluster)) }
    batch.setClientAddress(cursor, remote)
    if let sni = tokens.token(), !cursor.isAbsent(sni) { batch.note("tls.sni", cursor.text(sni)) }
    if let route = tokens.token() { batch.setText(.routeName, cursor, route) }
  }

  private func writeEnding(
    _ cursor: LineCursor, _ layout: EnvoyLayout, status: Int64, shape: RequestLine.Shape,
    into batch: inout RequestBatch
  ) {
    let bytes = cursor.bytes
    let details =
      layout.details.isEmpty ? EnvoyDetails.unknown : EnvoyDetails(bytes, layout.details.start, layout.details.end)
    let ending = EnvoyEnding(
      flags: EnvoyFlags(bytes, layout.flags.start, layout.flags.end), status: status, details: details,
      hasUpstream: !cursor.isAbsent(layout.upstream))
    let outcome = ending.outcome
    batch.set(.outcome, outcome.rawValue)
    if let limit = ending.limit { batch.set(.limit, limit.rawValue) }
    if let cache = ending.cache { batch.set(.cache, cache.rawValue) }
    let isAnswered = details == .viaUpstream || (details == .unknown && batch.current(.upstreamDuration) != .absent)
    if isAnswered, outcome == .ok, ending.hasUpstream { batch.set(.upstreamStatus, status) }
    if status == 101 {
      batch.set(.wireProtocol, WireProtocol.webSocket.rawValue)
    } else if shape == .malformed {
      writeProtocolAlone(cursor, layout.request, into: &batch)
    }
    if !cursor.isAbsent(layout.details) { batch.note("details", cursor.text(layout.details)) }
  }
}

extension EnvoyText {
  /// `- - HTTP/1.1` is a request that could not be read, `- - -` a TCP session.
  private func writeProtocolAlone(_ cursor: LineCursor, _ request: ByteRange, into batch: inout RequestBatch) {
    guard let space = cursor.findLast(UInt8(ascii: " "), in: request) else { return }
    let word = ByteRange(start: space + 1, end: request.end)
    let wire = cursor.isDash(word) ? .tcp : RequestLine.version(cursor.bytes + word.start, word.count)
    if let wire { batch.set(.wireProtocol, wire.rawValue) }
  }
}

extension LineCursor {
  /// The last item of a comma-separated list, spaces around it off.
  func lastItem(_ range: ByteRange) -> ByteRange {
    var item = range
    if let comma = findLast(UInt8(ascii: ","), in: range) { item.start = comma + 1 }
    while item.count > 0, bytes[item.start] == UInt8(ascii: " ") { item.start += 1 }
    return item
  }
}

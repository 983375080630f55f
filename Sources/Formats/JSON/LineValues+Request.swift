import Scanning
import Traffic

extension LineValues {
  // MARK: Request

  /// Writes method, path, protocol and host from their own fields, else from the request line.
  /// - Returns: what the request looked like.
  @inline(__always)
  mutating func writeRequest(into batch: inout RequestBatch) -> RequestLine.Shape {
    var shape = RequestLine.Shape.wellFormed
    if has(.requestLine) {
      shape = writeRequestLine(into: &batch)
    } else if !has(.method) {
      shape = .absent
    }
    if let method = bytes(.method), let base = method.baseAddress, RequestLine.isToken(base, method.count) {
      batch.setSymbol(.method, base, method.count)
    }
    if has(.path), !has(.requestLine) || batch.current(.path) == .absent { writePath(into: &batch) }
    if let version = bytes(.wireProtocol), let base = version.baseAddress {
      batch.set(.wireProtocol, (RequestLine.version(base, version.count) ?? .unknown).rawValue)
    }
    // After the target, whose authority is the second choice.
    if let host = bytes(.host), let base = host.baseAddress {
      Authority.write(base, host.count, into: &batch)
    }
    return shape
  }

  /// The request line is what the client sent; a path of its own may have been rewritten since.
  private mutating func writeRequestLine(into batch: inout RequestBatch) -> RequestLine.Shape {
    guard let text = bytes(.requestLine), let base = text.baseAddress else { return .absent }
    let line = RequestLine(base, text.count)
    line.write(base, into: &batch)
    return line.shape
  }

  @inline(__always)
  private mutating func writePath(into batch: inout RequestBatch) {
    guard let path = bytes(.path), let base = path.baseAddress else { return }
    guard has(.query), self[.query].kind != .object else {
      return RequestTarget.write(base, path.count, into: &batch)
    }
    writePathAndQuery(into: &batch)
  }

  /// Joins a path and a query of their own, unless the path has the query already.
  @inline(never)
  private mutating func writePathAndQuery(into batch: inout RequestBatch) {
    guard let path = bytes(.path), let base = path.baseAddress else { return }
    let pathCount = path.count
    if WideScan.find(UInt8(ascii: "?"), in: base, from: 0, to: pathCount) < pathCount {
      return RequestTarget.write(base, pathCount, into: &batch)
    }
    text.update(from: base, count: pathCount)
    guard let query = bytes(.query, decodedAt: pathCount + 1), let queryBase = query.baseAddress else {
      return RequestTarget.write(text, pathCount, into: &batch)
    }
    var start = 0
    while start < query.count, queryBase[start] == UInt8(ascii: "?") { start += 1 }
    guard start < query.count else { return RequestTarget.write(text, pathCount, into: &batch) }
    text[pathCount] = UInt8(ascii: "?")
    (text + pathCount + 1).update(from: queryBase + start, count: query.count - start)
    RequestTarget.write(text, pathCount + 1 + query.count - start, into: &batch)
  }

  /// Writes the client's address without port, brackets and zone.
  @inline(__always)
  mutating func writeClient(into batch: inout RequestBatch) {
    if let client = bytes(.client), let base = client.baseAddress {
      let (start, end) = AddressText.address(base, client.count)
      if end > start { batch.setClient(base + start, end - start) }
      if end < client.count, batch.notes != nil, !has(.clientPort) {
        notePort(base, end, client.count, into: &batch)
      }
    }
    if batch.notes != nil { noteRequest(into: &batch) }
  }

  private func notePort(
    _ bytes: UnsafePointer<UInt8>, _ end: Int, _ count: Int, into batch: inout RequestBatch
  ) {
    var start = end
    while start < count, bytes[start] < 48 || bytes[start] > 57 { start += 1 }
    if let port = Numbers.unsigned(bytes, start, count) { batch.note("client_port", String(port)) }
  }

  /// What no column holds.
  private mutating func noteRequest(into batch: inout RequestBatch) {
    for (field, name) in [
      (LogField.clientPort, "client_port"), (.forwardedFor, "xff"), (.requestID, "req_id"),
      (.tlsVersion, "tls.version"),
    ] {
      if let value = bytes(field) { batch.note(name, String(decoding: value, as: UTF8.self)) }
    }
  }

  // MARK: Answer and the rest

  /// Writes a text field as a symbol.
  @inline(__always)
  mutating func writeSymbol(_ field: LogField, _ column: RequestColumn, into batch: inout RequestBatch) {
    if let value = bytes(field), let base = value.baseAddress, value.count > 0 {
      batch.setSymbol(column, base, value.count)
    }
  }

  /// Writes what every format has in the same way: client, agent, referer, consumer, names, sizes, trace.
  @inline(__always)
  mutating func writeCommon(into batch: inout RequestBatch) {
    writeClient(into: &batch)
    writeSymbol(.userAgent, .userAgent, into: &batch)
    if has(.referer) { writeSymbol(.referer, .referer, into: &batch) }
    if has(.consumer) { writeSymbol(.consumer, .consumer, into: &batch) }
    if has(.routeName) { writeSymbol(.routeName, .routeName, into: &batch) }
    if has(.service) { writeSymbol(.service, .service, into: &batch) }
    if has(.gateway) { writeSymbol(.gateway, .gateway, into: &batch) }
    if let size = integer(.bytesIn) { batch.set(.bytesIn, size) }
    if let size = integer(.bytesOut) { batch.set(.bytesOut, size) }
    if let wait = micros(.firstByte) { batch.set(.firstByte, wait) }
    if let wait = micros(.queueWait) { batch.set(.queueWait, wait) }
    if let wait = micros(.connect) { batch.set(.connect, wait) }
    if has(.attempts), let attempts = integer(.attempts), attempts > 0 { batch.set(.attempts, attempts) }
    if has(.trace) { writeTrace(into: &batch) }
    if batch.notes != nil, let wait = micros(.upstreamFirstByte) { batch.note("up_ttfb", String(wait)) }
  }

  private mutating func writeTrace(into batch: inout RequestBatch) {
    guard let value = bytes(.trace), let base = value.baseAddress, let id = TraceID(base, value.count) else {
      return
    }
    batch.set(.traceHigh, id.high)
    batch.set(.traceLow, id.low)
  }

  /// Says what had to be read over, once the row's fields were read.
  @inline(__always)
  mutating func noteAnomalies(into batch: inout RequestBatch) {
    guard batch.notes != nil else { return }
    if isLenient { batch.note("anomaly", "lenient_json") }
    if oddities.contains(.badEscape) { batch.note("anomaly", "bad_escape") }
    if oddities.contains(.badUTF8) { batch.note("anomaly", "bad_utf8") }
  }
}

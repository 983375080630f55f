import Scanning
import Traffic

// What the hand-written text formats share: fields of a line into columns of the current row.

extension Quoting {
  /// Calls `body` with the value of a field: in place where it has no escape, else from the stack.
  @inline(__always)
  func withValue<R>(
    _ bytes: UnsafePointer<UInt8>, _ range: ByteRange, _ body: (UnsafePointer<UInt8>, Int) -> R
  ) -> R {
    let count = max(0, range.count)
    if self == .raw || WideScan.find(escape, in: bytes, from: range.start, to: range.end) >= range.end {
      return body(bytes + range.start, count)
    }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { buffer in
      let output = buffer.baseAddress!  // `count` is positive: an escape was found
      let written = unescape(bytes, range.start, range.end, into: output)
      return body(UnsafePointer(output), written)
    }
  }
}

extension RequestBatch {
  /// Writes a symbol column unless the field is empty or `-`.
  mutating func setText(_ column: RequestColumn, _ cursor: LineCursor, _ range: ByteRange) {
    if !cursor.isAbsent(range) { setSymbol(column, cursor.bytes + range.start, range.count) }
  }

  /// Writes a symbol column from an escaped field unless it is `-`; an empty field is a value.
  mutating func setText(_ column: RequestColumn, _ cursor: LineCursor, _ range: ByteRange, _ quoting: Quoting) {
    if cursor.isDash(range) { return }
    quoting.withValue(cursor.bytes, range) { bytes, count in setSymbol(column, bytes, count) }
  }

  /// Writes the client of `host`, IPv6 brackets and zone already off, unless it is absent.
  mutating func setClient(_ cursor: LineCursor, _ range: ByteRange) {
    if !cursor.isAbsent(range) { setClient(cursor.bytes + range.start, range.count) }
  }

  /// Writes client and port of `host:port`.
  mutating func setClientAddress(_ cursor: LineCursor, _ range: ByteRange) {
    if cursor.isAbsent(range) { return }
    let (host, port) = cursor.address(range)
    setClient(cursor, host)
    if !port.isEmpty { note("client_port", cursor.text(port)) }
  }

  /// Writes method, host, path and protocol of a request line.
  ///
  /// Beyond `RequestLine`: a target `-` is none, and a POST over HTTP/2 to `/package.Service/Method` is gRPC.
  mutating func setRequest(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> RequestLine.Shape {
    var line = RequestLine(bytes, count)
    if line.targetEnd - line.targetStart == 1, bytes[line.targetStart] == UInt8(ascii: "-") {
      line.targetEnd = line.targetStart
    }
    line.write(bytes, into: &self)
    if line.wireProtocol == .http2, line.methodCount == 4, bytes[0] == UInt8(ascii: "P"),
      bytes[1] == UInt8(ascii: "O"), Self.isRemoteCall(bytes, line)
    {
      set(.wireProtocol, WireProtocol.grpc.rawValue)
    }
    return line.shape
  }

  /// Writes method, host, path and protocol of an escaped request line.
  mutating func setRequest(_ cursor: LineCursor, _ range: ByteRange, _ quoting: Quoting) -> RequestLine.Shape {
    quoting.withValue(cursor.bytes, range) { bytes, count in setRequest(bytes, count) }
  }

  /// `/package.Service/Method`, with or without `scheme://authority` before it.
  private static func isRemoteCall(_ bytes: UnsafePointer<UInt8>, _ line: RequestLine) -> Bool {
    let cursor = LineCursor(bytes, line.targetEnd)
    var target = ByteRange(start: line.targetStart, end: line.targetEnd)
    if let scheme = cursor.find("://", in: target) {
      target.start = WideScan.find(UInt8(ascii: "/"), in: bytes, from: scheme + 3, to: target.end)
    }
    guard target.count > 4, let slash = cursor.findLast(UInt8(ascii: "/"), in: target), slash > target.start,
      slash < target.end - 1
    else { return false }
    let service = ByteRange(start: target.start + 1, end: slash)
    return cursor.findLast(UInt8(ascii: "/"), in: service) == nil
      && cursor.findLast(UInt8(ascii: "."), in: service) != nil
      && cursor.findLast(UInt8(ascii: "?"), in: target) == nil
  }
}

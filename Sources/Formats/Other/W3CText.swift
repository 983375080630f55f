import Scanning
import Traffic

/// W3C extended logs: IIS (spaces between values) and CloudFront (tabs).
///
/// The columns are those of the `#Fields` line. One inside a block holds until the block ends; before the first one the
/// format's own columns hold, which detection takes from the head of the file. A line with another number of values is
/// rejected, so that columns changed by a restart are counted and not misread.
/// Date and time are the END of the request in UTC, in whole seconds.
/// - Source: W3C, *Extended Log File Format*; AWS, *Standard logging reference* (CloudFront).
struct W3CText: LogFormat {
  let name: String
  let summary: String
  /// Columns before the first `#Fields` line of a block.
  var columns: [W3CField]
  /// CloudFront: tabs, percent-encoding once more, seconds.
  let isCloudFront: Bool

  var basis: StampBasis { .end }

  static let iis = W3CText(
    name: "w3c-iis", summary: "W3C extended log as IIS writes it", columns: W3CField.iis, isCloudFront: false)
  static let cloudFront = W3CText(
    name: "aws-cloudfront", summary: "AWS CloudFront standard log", columns: W3CField.cloudFront, isCloudFront: true)

  /// The format of a sample by its first `#Fields` line; nil without one.
  init?(_ lines: SampleLines) {
    let mark = Array("#Fields:".utf8)
    guard let line = lines.spread.first(where: { lines.bytes[$0].starts(with: mark) }) else { return nil }
    let names = String(decoding: lines.bytes[line].dropFirst(mark.count), as: UTF8.self)
    self = names.contains("x-edge-") ? .cloudFront : .iis
    columns = W3CField.list(names)
  }

  private init(name: String, summary: String, columns: [W3CField], isCloudFront: Bool) {
    self.name = name
    self.summary = summary
    self.columns = columns
    self.isCloudFront = isCloudFront
  }

  func parse(
    _ block: UnsafeBufferPointer<UInt8>, from position: LinePosition, into batch: inout RequestBatch
  ) -> LinePosition {
    var reader = W3CReader(columns: columns, isCloudFront: isCloudFront)
    // A block may be read in parts: a `#Fields` line of an earlier part still holds.
    reader.takeFields(before: position.offset, in: block)
    return readLines(of: block, from: position, into: &batch, by: &reader)
  }
}

/// The columns in force while a block is read.
private struct W3CReader: LineReader {
  var columns: [W3CField]
  let isCloudFront: Bool

  mutating func takeFields(before offset: Int, in block: UnsafeBufferPointer<UInt8>) {
    guard offset > 0, let base = block.baseAddress else { return }
    var start = 0
    while start < offset {
      let end = WideScan.lineEnd(in: base, from: start, to: offset)
      if base[start] == UInt8(ascii: "#") { takeDirective(LineCursor(base + start, end - start)) }
      start = end + 1
    }
  }

  private mutating func takeDirective(_ cursor: LineCursor) {
    guard cursor.matches("#Fields:", at: 0) else { return }
    columns = W3CField.list(cursor.text(ByteRange(start: 8, end: cursor.end)))
  }

  mutating func read(_ line: UnsafePointer<UInt8>, _ count: Int, into batch: inout RequestBatch) -> LineFailure? {
    let cursor = LineCursor(line, count)
    if cursor.peek == UInt8(ascii: "#") {
      takeDirective(cursor)
      return LineFailure(.notARequest, at: 0)
    }
    var row = W3CRow(isCloudFront: isCloudFront)
    let separator = isCloudFront ? UInt8(ascii: "\t") : UInt8(ascii: " ")
    var start = 0
    for (index, field) in columns.enumerated() {
      guard start <= count else { return LineFailure(.endsEarly, at: count) }
      let end = WideScan.find(separator, in: line, from: start, to: count)
      if end == count, index + 1 < columns.count { return LineFailure(.endsEarly, at: count) }
      if let failure = row.take(field, ByteRange(start: start, end: end), cursor, &batch) { return failure }
      start = end + 1
    }
    guard start > count else { return LineFailure(.notInFormat, at: start) }
    return row.finish(cursor, &batch)
  }
}

/// What the values of one line say together.
private struct W3CRow {
  let isCloudFront: Bool
  var date = ByteRange(start: 0, end: 0)
  var time = ByteRange(start: 0, end: 0)
  var stem = ByteRange(start: 0, end: 0)
  var query = ByteRange(start: 0, end: 0)
  var result = ByteRange(start: 0, end: 0)
  var response = ByteRange(start: 0, end: 0)
  var detail = ByteRange(start: 0, end: 0)
  var status = Int64.absent
  var duration = Int64.absent
  var win32 = Int64.absent
  var isStream = false

  init(isCloudFront: Bool) { self.isCloudFront = isCloudFront }

  mutating func take(
    _ field: W3CField, _ range: ByteRange, _ cursor: LineCursor, _ batch: inout RequestBatch
  ) -> LineFailure? {
    if cursor.isAbsent(range) { return nil }
    let bytes = cursor.bytes
    switch field {
    case .skip: break
    case .date: date = range
    case .time: time = range
    case .stem, .uri: stem = range
    case .query: query = range
    case .edgeResult: result = range
    case .edgeResponse: response = range
    case .edgeDetail: detail = range
    case .method: batch.setText(.method, cursor, range)
    case .gateway: batch.setText(.gateway, cursor, range)
    case .service: batch.setText(.service, cursor, range)
    case .user: setDecoded(.consumer, range, cursor, &batch)
    case .agent: setDecoded(.userAgent, range, cursor, &batch)
    case .referer: setDecoded(.referer, range, cursor, &batch)
    case .viewerHost: Authority.write(bytes + range.start, range.count, into: &batch)
    case .host:
      if batch.current(.host) == .absent { Authority.write(bytes + range.start, range.count, into: &batch) }
    case .client:
      // A zone (`fe80::1%4`) belongs to the server, not to the address.
      let zone = WideScan.find(UInt8(ascii: "%"), in: bytes, from: range.start, to: range.end)
      batch.setClient(cursor, ByteRange(start: range.start, end: zone))
    case .clientPort: batch.note("client_port", cursor.text(range))
    case .wire:
      if let wire = RequestLine.version(bytes + range.start, range.count) { batch.set(.wireProtocol, wire.rawValue) }
    case .scheme: isStream = cursor.matches("ws", at: range.start)
    default: return takeNumber(field, range, cursor, &batch)
    }
    return nil
  }

  private mutating func takeNumber(
    _ field: W3CField, _ range: ByteRange, _ cursor: LineCursor, _ batch: inout RequestBatch
  ) -> LineFailure? {
    let bytes = cursor.bytes
    switch field {
    case .status:
      guard let value = Numbers.unsigned(bytes, range.start, range.end), value <= 999 else {
        return LineFailure(.badStatus, field: .status, at: range.start)
      }
      status = value
      batch.set(.status, value)
    case .bytesIn, .bytesOut:
      let column = field == .bytesIn ? RequestColumn.bytesIn : .bytesOut
      guard let value = Numbers.unsigned(bytes, range.start, range.end) else {
        return LineFailure(.badNumber, field: column, at: range.start)
      }
      batch.set(column, value)
    case .duration, .firstByte:
      // IIS counts whole milliseconds, CloudFront and the draft seconds.
      let isSeconds = isCloudFront || cursor.findLast(UInt8(ascii: "."), in: range) != nil
      guard let value = Numbers.scaled(bytes, range.start, range.end, digits: isSeconds ? 6 : 3), value < 1 << 52 else {
        return LineFailure(.badNumber, field: .duration, at: range.start)
      }
      if field == .duration { duration = value } else { batch.set(.firstByte, value) }
    case .win32: win32 = Numbers.unsigned(bytes, range.start, range.end) ?? .absent
    default: break
    }
    return nil
  }

  func finish(_ cursor: LineCursor, _ batch: inout RequestBatch) -> LineFailure? {
    guard let end = stamp(cursor) else { return LineFailure(.badTimestamp, field: .arrival, at: date.start) }
    batch.set(.arrival, duration == .absent ? end : end &- duration)
    if duration != .absent { batch.set(.duration, duration) }
    writeTarget(cursor, &batch)
    if status == 101 || isStream { batch.set(.wireProtocol, WireProtocol.webSocket.rawValue) }
    if let cache = cache(cursor) { batch.set(.cache, cache.rawValue) }
    batch.setText(.termination, cursor, detail)
    batch.set(.outcome, outcome(cursor).rawValue)
    if cursor.equals(result, "LimitExceeded") { batch.set(.limit, LimitVerdict.rejected.rawValue) }
    return nil
  }

  private func stamp(_ cursor: LineCursor) -> Int64? {
    guard date.count == 10, time.count == 8 else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 19) { joined in
      let base = joined.baseAddress!  // 19 bytes
      base.update(from: cursor.bytes + date.start, count: 10)
      base[10] = UInt8(ascii: " ")
      (base + 11).update(from: cursor.bytes + time.start, count: 8)
      return Timestamps.iso8601(base, 0, 19)
    }
  }

  private func writeTarget(_ cursor: LineCursor, _ batch: inout RequestBatch) {
    if stem.isEmpty { return }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: stem.count + query.count + 1) { room in
      let base = room.baseAddress!  // the stem is not empty
      var written = decode(cursor, stem, into: base, plusIsSpace: false)
      if query.count > 0 {
        base[written] = UInt8(ascii: "?")
        written += 1
        written += decode(cursor, query, into: base + written, plusIsSpace: false)
      }
      RequestTarget.write(base, written, into: &batch)
    }
  }

  private func setDecoded(
    _ column: RequestColumn, _ range: ByteRange, _ cursor: LineCursor, _ batch: inout RequestBatch
  ) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: range.count) { room in
      let base = room.baseAddress!  // only values that are there come here
      batch.setSymbol(column, base, decode(cursor, range, into: base, plusIsSpace: !isCloudFront))
    }
  }

  /// CloudFront encodes values once more; IIS writes `+` for a space in headers.
  private func decode(
    _ cursor: LineCursor, _ range: ByteRange, into output: UnsafeMutablePointer<UInt8>, plusIsSpace: Bool
  ) -> Int {
    var written = 0
    var index = range.start
    while index < range.end {
      let byte = cursor.bytes[index]
      if isCloudFront, byte == UInt8(ascii: "%"), index + 2 < range.end,
        let high = Numbers.hexDigit(cursor.bytes[index + 1]), let low = Numbers.hexDigit(cursor.bytes[index + 2])
      {
        output[written] = high << 4 | low
        index += 3
      } else {
        output[written] = plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte
        index += 1
      }
      written += 1
    }
    return written
  }

  private func cache(_ cursor: LineCursor) -> CacheStatus? {
    if result.isEmpty { return nil }
    if cursor.equals(result, "Hit") || cursor.equals(result, "OriginShieldHit") { return .hit }
    if cursor.equals(result, "RefreshHit") { return .revalidated }
    if cursor.equals(result, "Miss") { return .miss }
    if cursor.equals(result, "Redirect") { return .synthetic }
    return .error
  }

  private func outcome(_ cursor: LineCursor) -> Outcome {
    if win32 == 64 { return .clientAbort }
    if win32 == 121 { return .clientTimeout }
    if isCloudFront, status == 0 { return .clientAbort }
    if cursor.equals(result, "LimitExceeded") { return .rateLimited }
    if cursor.equals(result, "CapacityExceeded") { return .overload }
    if cursor.equals(result, "Redirect") { return .localReply }
    guard cursor.equals(result, "Error") else { return status == .absent ? .unknown : .ok }
    // The answer was good when its sending began: the viewer left.
    if !response.isEmpty, !cursor.equals(response, "Error") { return .clientAbort }
    switch status {
    case 502: return .upstreamReset
    case 503: return .noUpstream
    case 504: return .upstreamTimeout
    default: return .ok
    }
  }
}

import Scanning
import Traffic

/// The text log of Go's gin router, which KrakenD prints.
///
///     [GIN] 2026/11/22 - 07:31:04 | 200 |   48.211903ms |    203.0.113.40 | GET      "/v1/orders/88213?expand=items"
///
/// The time is the END, local, in whole seconds; the path is Go-quoted; colours are skipped. Lines of an error that
/// follow a request are counted as no requests.
/// - Source: gin `logger.go`, `defaultLogFormatter`.
struct GinText: LineFormat {
  var clock = WriterClock()

  var name: String { "gin" }
  var summary: String { "gin and KrakenD text access log" }
  var basis: StampBasis { .end }

  func timed(by clock: WriterClock) -> any LogFormat { GinText(clock: clock) }

  func read(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout Void, into batch: inout RequestBatch
  ) -> LineFailure? {
    var cursor = LineCursor(line, count)
    if cursor.matches("Error #", at: 0) || cursor.matches("[GIN-debug]", at: 0) {
      return LineFailure(.notARequest, at: 0)
    }
    guard cursor.skip("[GIN] "), let stamp = cursor.field(endedBy: UInt8(ascii: "|")),
      let status = cursor.field(endedBy: UInt8(ascii: "|")), let latency = cursor.field(endedBy: UInt8(ascii: "|")),
      let client = cursor.field(endedBy: UInt8(ascii: "|"))
    else { return LineFailure(.notInFormat, at: cursor.index) }
    guard let end = time(cursor, cursor.bare(stamp)) else {
      return LineFailure(.badTimestamp, field: .arrival, at: stamp.start)
    }
    let code = cursor.bare(status)
    guard let status = Numbers.unsigned(line, code.start, code.end), status <= 999 else {
      return LineFailure(.badStatus, field: .status, at: code.start)
    }
    let span = cursor.bare(latency)
    guard let duration = Numbers.goDuration(line, span.start, span.end), duration < 1 << 52 else {
      return LineFailure(.badNumber, field: .duration, at: span.start)
    }
    batch.set(.arrival, end &- duration)
    batch.set(.duration, duration)
    batch.set(.status, status)
    batch.setClient(cursor, cursor.bare(client))
    batch.set(.outcome, Self.outcome(status).rawValue)
    return readRequest(cursor, into: &batch)
  }

  private func readRequest(_ cursor: LineCursor, into batch: inout RequestBatch) -> LineFailure? {
    let rest = ByteRange(start: cursor.index, end: cursor.end)
    let bytes = cursor.bytes
    var open = rest.start
    while open < rest.end, bytes[open] != UInt8(ascii: "\""), bytes[open] != UInt8(ascii: "`") { open += 1 }
    guard open < rest.end, let close = cursor.findLast(bytes[open], in: rest), close > open else {
      return LineFailure(.endsEarly, field: .path, at: rest.start)
    }
    batch.setText(.method, cursor, cursor.bare(ByteRange(start: rest.start, end: open)))
    let path = ByteRange(start: open + 1, end: close)
    // Go's escapes are JSON's and `\xHH`; a back-quoted path has none.
    let quoting: Quoting = bytes[open] == UInt8(ascii: "`") ? .raw : .json
    quoting.withValue(bytes, path) { RequestTarget.write($0, $1, into: &batch) }
    return nil
  }

  /// `2006/01/02 - 15:04:05`.
  private func time(_ cursor: LineCursor, _ stamp: ByteRange) -> Int64? {
    guard stamp.count == 21, cursor.matches(" - ", at: stamp.start + 10) else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 19) { joined in
      let base = joined.baseAddress!  // 19 bytes
      base.update(from: cursor.bytes + stamp.start, count: 10)
      base[10] = UInt8(ascii: " ")
      (base + 11).update(from: cursor.bytes + stamp.start + 13, count: 8)
      return Timestamps.iso8601(base, 0, 19, localOffset: clock.utcOffset)
    }
  }

  private static func outcome(_ status: Int64) -> Outcome {
    switch status {
    case 408: .clientTimeout
    case 499: .clientAbort
    default: .ok
    }
  }
}

extension LineCursor {
  /// A field without the spaces and terminal colours (`ESC [ … m`) around it.
  func bare(_ range: ByteRange) -> ByteRange {
    var field = range
    while field.count > 0 {
      if bytes[field.start] == UInt8(ascii: " ") {
        field.start += 1
      } else if bytes[field.start] == 27 {
        while field.count > 0, bytes[field.start] != UInt8(ascii: "m") { field.start += 1 }
        field.start = min(field.start + 1, field.end)
      } else {
        break
      }
    }
    // From the right, a colour ends in `m`: cut at its escape byte.
    if let escape = findLast(27, in: field) { field.end = escape }
    while field.count > 0, bytes[field.end - 1] == UInt8(ascii: " ") { field.end -= 1 }
    return field
  }
}

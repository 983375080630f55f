import Scanning
import Traffic

/// Traefik's own access log text: combined, then request count, router, server URL and milliseconds.
///
///     client - user [date +zone] "METHOD path PROTO" status bytes "referer" "agent" count "router" "url" 13ms
///
/// Quotes inside values are not escaped: the request ends at the first `" ` that two numbers and a quote follow, the
/// rest is taken from the line's end. The date is the START, in whole seconds; milliseconds are cut.
/// - Source: traefik `pkg/middlewares/accesslog/logger_formatters.go`.
struct TraefikCLF: LineFormat {
  var name: String { "traefik-clf" }
  var summary: String { "Traefik text access log (common log format with router, server and duration)" }
  var basis: StampBasis { .start }

  func read(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout Void, into batch: inout RequestBatch
  ) -> LineFailure? {
    var cursor = LineCursor(line, count)
    guard let client = cursor.field(endedBy: UInt8(ascii: " ")), cursor.skip("- "),
      let userEnd = cursor.find(" [", in: ByteRange(start: cursor.index, end: count))
    else { return LineFailure(.notInFormat, at: cursor.index) }
    let user = ByteRange(start: cursor.index, end: userEnd)
    cursor.index = userEnd + 2
    guard let stamp = cursor.field(endedBy: UInt8(ascii: "]")), cursor.skip(" \"") else {
      return LineFailure(.notInFormat, at: cursor.index)
    }
    guard let layout = TraefikLayout(cursor) else { return LineFailure(.notInFormat, at: cursor.index) }
    guard let arrival = Timestamps.commonLog(line, stamp.start, stamp.end) else {
      return LineFailure(.badTimestamp, field: .arrival, at: stamp.start)
    }
    batch.set(.arrival, arrival)
    batch.setClient(cursor, client)
    batch.setText(.consumer, cursor, user)
    layout.write(cursor, into: &batch)
    return nil
  }
}

/// Where the fields of one Traefik line stand, from the request on.
private struct TraefikLayout {
  var request: ByteRange
  var status: Int64
  var bytes: Int64
  var referer: ByteRange
  var agent: ByteRange
  var router: ByteRange
  var server: ByteRange
  var duration: Int64

  /// - Parameter cursor: behind the quote that opens the request.
  init?(_ cursor: LineCursor) {
    let end = cursor.end
    guard cursor.matches("ms", at: end - 2),
      let space = cursor.findLast(UInt8(ascii: " "), in: ByteRange(start: cursor.index, end: end)),
      let duration = Numbers.scaled(cursor.bytes, space + 1, end - 2, digits: 3)
    else { return nil }
    self.duration = duration
    guard let (server, beforeServer) = Self.lastQuoted(cursor, endingAt: space),
      let (router, beforeRouter) = Self.lastQuoted(cursor, endingAt: beforeServer),
      let countSpace = cursor.findLast(UInt8(ascii: " "), in: ByteRange(start: cursor.index, end: beforeRouter)),
      Numbers.unsigned(cursor.bytes, countSpace + 1, beforeRouter) != nil,
      cursor.matches("\"", at: countSpace - 1), let head = Self.head(cursor, before: countSpace)
    else { return nil }
    (self.server, self.router) = (server, router)
    (request, status, bytes) = (head.request, head.status, head.bytes)
    let headers = ByteRange(start: head.end, end: countSpace - 1)
    guard let middle = cursor.find("\" \"", in: headers) else { return nil }
    referer = ByteRange(start: headers.start, end: middle)
    agent = ByteRange(start: middle + 3, end: headers.end)
  }

  /// The `"…"` that ends at `end`, and where the space before it stands.
  private static func lastQuoted(_ cursor: LineCursor, endingAt end: Int) -> (ByteRange, before: Int)? {
    guard cursor.matches("\"", at: end - 1), end - 1 > cursor.index,
      let open = cursor.findLast(" \"", in: ByteRange(start: cursor.index, end: end - 1))
    else { return nil }
    return (ByteRange(start: open + 2, end: end - 1), open)
  }

  private struct Head {
    var request: ByteRange
    var status: Int64
    var bytes: Int64
    /// Behind the quote that opens the referer.
    var end: Int
  }

  /// The first `" ddd ddd "`.
  private static func head(_ cursor: LineCursor, before limit: Int) -> Head? {
    var place = cursor.index
    while true {
      place = WideScan.find(UInt8(ascii: "\""), in: cursor.bytes, from: place, to: limit)
      guard place < limit else { return nil }
      let statusStart = place &+ 2
      // Both are a dash where Traefik had nothing to count.
      let statusEnd = cursor.matches("- ", at: statusStart) ? statusStart &+ 1 : cursor.digitsEnd(from: statusStart)
      if cursor.matches(" ", at: place &+ 1), (1...3).contains(statusEnd - statusStart), cursor.matches(" ", at: statusEnd) {
        let bytesStart = statusEnd &+ 1
        let bytesEnd = cursor.matches("- ", at: bytesStart) ? bytesStart &+ 1 : cursor.digitsEnd(from: bytesStart)
        if cursor.matches(" \"", at: bytesEnd), bytesEnd < limit,
          let status = number(cursor, statusStart, statusEnd), let bytes = number(cursor, bytesStart, bytesEnd)
        {
          let request = ByteRange(start: cursor.index, end: place)
          return Head(request: request, status: status, bytes: bytes, end: bytesEnd &+ 2)
        }
      }
      place &+= 1
    }
  }

  /// A number, `.absent` for a dash, nil for anything else.
  private static func number(_ cursor: LineCursor, _ start: Int, _ end: Int) -> Int64? {
    cursor.isDash(ByteRange(start: start, end: end)) ? .absent : Numbers.unsigned(cursor.bytes, start, end)
  }

  func write(_ cursor: LineCursor, into batch: inout RequestBatch) {
    _ = batch.setRequest(cursor, request, .raw)
    if status != .absent { batch.set(.status, status) }
    if bytes != .absent { batch.set(.bytesOut, bytes) }
    batch.note("bytes_kind", "body")
    batch.setText(.referer, cursor, referer)
    batch.setText(.userAgent, cursor, agent)
    batch.setText(.routeName, cursor, router)
    batch.setText(.upstream, cursor, server)
    batch.set(.duration, duration)
    let hasServer = !cursor.isAbsent(server)
    batch.set(.outcome, outcome(hasServer: hasServer).rawValue)
    if status == 429, !hasServer { batch.set(.limit, LimitVerdict.inferredRejected.rawValue) }
  }

  /// Traefik's own error answers are the bare status text, so status and length together give them away.
  private func outcome(hasServer: Bool) -> Outcome {
    switch (status, bytes) {
    case (0, _), (.absent, _): return .unknown  // a hijacked connection: how it ended is not logged
    case (499, _): return .clientAbort
    case (502, 11) where hasServer: return .upstreamReset  // "Bad Gateway"
    case (504, 15) where hasServer: return .upstreamTimeout  // "Gateway Timeout"
    case (500, 21) where hasServer: return .upstreamProtocol  // "Internal Server Error"
    default: break
    }
    if hasServer { return .ok }
    switch status {
    case 401, 403: return .denied
    case 429: return .rateLimited
    case 502, 503: return .noUpstream
    case 504: return .upstreamTimeout
    case 500...: return .internal
    default: return .localReply
    }
  }
}

import Scanning
import Traffic

/// `frontend backend/server`.
struct HAProxyEnds {
  var frontend: ByteRange
  var backend: ByteRange
  var server: ByteRange
  /// `<NOSRV>`, `<CACHE>`, `<STATS>` …: answered without a server.
  var isSpecial: Bool
  var isCache: Bool

  init?(_ cursor: LineCursor, frontend: ByteRange, server token: ByteRange) {
    guard let slash = cursor.findLast(UInt8(ascii: "/"), in: token), slash > token.start, slash + 1 < token.end else {
      return nil
    }
    self.init(
      cursor, frontend: frontend, backend: ByteRange(start: token.start, end: slash),
      server: ByteRange(start: slash + 1, end: token.end))
  }

  init(_ cursor: LineCursor, frontend: ByteRange, backend: ByteRange, server: ByteRange) {
    self.frontend = frontend
    self.backend = backend
    self.server = server
    isSpecial = server.isEmpty || cursor.bytes[server.start] == UInt8(ascii: "<")
    isCache = cursor.equals(server, "<CACHE>")
  }

  /// Route is the frontend. A request that never chose a backend repeats the frontend there, with no server.
  func write(_ cursor: LineCursor, into batch: inout RequestBatch) {
    batch.setText(.routeName, cursor, frontend)
    if !(isSpecial && cursor.areEqual(frontend, backend)) { batch.setText(.service, cursor, backend) }
  }
}

extension LineCursor {
  func areEqual(_ a: ByteRange, _ b: ByteRange) -> Bool {
    guard a.count == b.count else { return false }
    for offset in 0..<max(0, a.count) where bytes[a.start + offset] != bytes[b.start + offset] { return false }
    return true
  }
}

/// `TR/Tw/Tc/Tr/Ta` of HTTP or `Tw/Tc/Tt` of TCP, in µs; `.absent` where a phase was never reached.
struct HAProxyTimers {
  var request = Int64.absent
  var queue = Int64.absent
  var connect = Int64.absent
  var response = Int64.absent
  var total = Int64.absent
  var isHTTP = false
  /// `option logasap`: the total is only what had passed when the line was written.
  var isPartial = false

  init() {}

  init?(_ cursor: LineCursor, _ field: ByteRange) {
    var parts = LineCursor(cursor.bytes, field.end, at: field.start)
    var slashes = 0
    for index in field.start..<max(field.start, field.end) where cursor.bytes[index] == UInt8(ascii: "/") {
      slashes += 1
    }
    guard slashes == 4 || slashes == 2 else { return nil }
    isHTTP = slashes == 4
    if isHTTP {
      guard let request = Self.next(&parts) else { return nil }
      self.request = request
    }
    guard let queue = Self.next(&parts), let connect = Self.next(&parts) else { return nil }
    self.queue = queue
    self.connect = connect
    if isHTTP {
      guard let response = Self.next(&parts) else { return nil }
      self.response = response
    }
    isPartial = parts.peek == UInt8(ascii: "+")
    guard let total = Self.milliseconds(parts.bytes, ByteRange(start: parts.index, end: parts.end)) else { return nil }
    self.total = total
  }

  private static func next(_ parts: inout LineCursor) -> Int64? {
    parts.field(endedBy: UInt8(ascii: "/")).flatMap { milliseconds(parts.bytes, $0) }
  }

  /// Milliseconds as µs; `-1` is absent.
  static func milliseconds(_ bytes: UnsafePointer<UInt8>, _ field: ByteRange) -> Int64? {
    guard let value = Numbers.signed(bytes, field.start, field.end), value >= -1, value < 1 << 40 else { return nil }
    return value < 0 ? .absent : value &* 1000
  }

  /// Until the response's head, where every phase before it was reached.
  var firstByte: Int64 {
    guard request != .absent, queue != .absent, connect != .absent, response != .absent else { return .absent }
    return request &+ queue &+ connect &+ response
  }
}

/// `actconn/feconn/beconn/srvconn/retries srv_queue/backend_queue`: gauges at the moment of logging.
enum HAProxyGauges {
  static let connectionNames = ["gauge_actconn", "gauge_feconn", "gauge_beconn", "gauge_srvconn"]
  static let queueNames = ["gauge_server_queue", "gauge_backend_queue"]

  struct Retries {
    var count = Int64.absent
    /// The last try went to another server.
    var isRedispatched = false
  }

  static func write(
    _ cursor: LineCursor, _ connections: ByteRange, queues: ByteRange?, into batch: inout RequestBatch
  ) -> Retries {
    var retries = Retries()
    if let slash = cursor.findLast(UInt8(ascii: "/"), in: connections), slash + 1 < connections.end {
      retries = read(cursor, ByteRange(start: slash + 1, end: connections.end))
    }
    if batch.notes != nil { note(cursor, connections, queues, &batch) }
    return retries
  }

  static func read(_ cursor: LineCursor, _ field: ByteRange) -> Retries {
    guard field.count > 0 else { return Retries() }
    return Retries(
      count: Numbers.signed(cursor.bytes, field.start, field.end).flatMap { $0 >= 0 && $0 < 1 << 20 ? $0 : nil }
        ?? .absent,
      isRedispatched: cursor.bytes[field.start] == UInt8(ascii: "+"))
  }

  private static func note(
    _ cursor: LineCursor, _ connections: ByteRange, _ queues: ByteRange?, _ batch: inout RequestBatch
  ) {
    note(cursor, connections, connectionNames, &batch)
    if let queues { note(cursor, queues, queueNames, &batch) }
  }

  private static func note(
    _ cursor: LineCursor, _ field: ByteRange, _ names: [String], _ batch: inout RequestBatch
  ) {
    var parts = LineCursor(cursor.bytes, field.end, at: field.start)
    for name in names {
      let rest = ByteRange(start: parts.index, end: parts.end)
      batch.note(name, cursor.text(parts.field(endedBy: UInt8(ascii: "/")) ?? rest))
    }
  }
}

/// The captured headers, `{request|headers} {response|headers}`: either block may be missing.
enum HAProxyCaptures {
  static func write(_ cursor: inout LineCursor, into batch: inout RequestBatch) {
    for block in 0..<2 {
      guard cursor.skip(UInt8(ascii: "{")) else { return }
      let start = cursor.index
      // A brace inside a value is written as #7D.
      guard let headers = cursor.field(endedBy: UInt8(ascii: "}")), cursor.skip(UInt8(ascii: " ")) else {
        cursor.index = start
        return
      }
      write(cursor, headers, isRequest: block == 0, into: &batch)
    }
  }

  static func write(
    _ cursor: LineCursor, _ block: ByteRange, isRequest: Bool, into batch: inout RequestBatch
  ) {
    var hasAgent = false
    var start = block.start
    while start <= block.end {
      let end = WideScan.find(UInt8(ascii: "|"), in: cursor.bytes, from: start, to: block.end)
      let item = ByteRange(start: start, end: end)
      if batch.notes != nil {
        batch.note(isRequest ? "headers_in" : "headers_out", Quoting.haproxy.withValue(cursor.bytes, item) {
          String(decoding: UnsafeBufferPointer(start: $0, count: $1), as: UTF8.self)
        })
      }
      if isRequest, !hasAgent, isAgent(cursor, item) {
        batch.setText(.userAgent, cursor, item, .haproxy)
        hasAgent = true
      }
      start = end + 1
    }
  }

  private static let notAgents: [StaticString] = [
    "http://", "https://", "application/", "text/", "multipart/", "image/", "audio/", "video/", "Bearer ", "Basic ",
    "Digest ",
  ]

  /// Captures have no names in the log: a value of words or `product/version` that is no media type, URL, credential
  /// or address list is taken as the user agent.
  private static func isAgent(_ cursor: LineCursor, _ item: ByteRange) -> Bool {
    guard item.count >= 3, (cursor.bytes[item.start] | 0x20) &- UInt8(ascii: "a") < 26 else { return false }
    guard cursor.findLast(UInt8(ascii: " "), in: item) != nil || cursor.findLast(UInt8(ascii: "/"), in: item) != nil
    else { return false }
    return !notAgents.contains { cursor.matches($0, at: item.start) }
  }
}

import Scanning
import Traffic

/// HAProxy's `option httplog clf`.
///
///     client - - [date +zone] "request" status bytes "" "" port ms "frontend" "backend" "server" TR Tw Tc Tr Ta tsc
///       actconn feconn beconn srvconn retries srv_queue backend_queue "CC" "CS" "in" "out"
///
/// The date is the request's, in whole seconds; `ms` are the milliseconds of the connection's accept date, right for
/// the first request of a connection and at most a second off for later ones.
struct HAProxyCLF: LineFormat {
  var name: String { "haproxy-clf" }
  var summary: String { "HAProxy 'option httplog clf'" }
  var basis: StampBasis { .start }

  func read(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout Void, into batch: inout RequestBatch
  ) -> LineFailure? {
    var cursor = LineCursor(line, count)
    guard let client = cursor.token(), cursor.skip("- - ["), let stamp = cursor.field(endedBy: UInt8(ascii: "]")),
      cursor.skip(" \""), let request = cursor.field(endedBy: UInt8(ascii: "\"")), cursor.skip(UInt8(ascii: " "))
    else { return LineFailure(.notInFormat, at: cursor.index) }
    guard let second = Timestamps.commonLog(line, stamp.start, stamp.end) else {
      return LineFailure(.badTimestamp, field: .arrival, at: stamp.start)
    }
    guard let status = cursor.token(), let bytes = cursor.token(), cursor.skip("\"\" \"\" "),
      let port = cursor.token(), let accept = cursor.token()
    else { return LineFailure(.notInFormat, at: cursor.index) }
    guard let millisecond = Numbers.unsigned(line, accept.start, accept.end), millisecond < 1000 else {
      return LineFailure(.badTimestamp, field: .arrival, at: accept.start)
    }
    guard let code = Numbers.signed(line, status.start, status.end), code >= -1, code <= 999 else {
      return LineFailure(.badStatus, field: .status, at: status.start)
    }
    guard let size = Numbers.signed(line, bytes.start, bytes.end), size >= 0 else {
      return LineFailure(.badNumber, field: .bytesOut, at: bytes.start)
    }
    batch.set(.arrival, second &+ millisecond &* 1000)
    if code >= 0 { batch.set(.status, code) }
    batch.set(.bytesOut, size)
    batch.setClient(cursor, client)
    batch.note("client_port", cursor.text(port))
    batch.note("bytes_kind", "wire")
    _ = batch.setRequest(cursor, request, .haproxy)
    if code == 101 { batch.set(.wireProtocol, WireProtocol.webSocket.rawValue) }
    return readSession(&cursor, status: code < 0 ? .absent : code, into: &batch)
  }

  private func readSession(
    _ cursor: inout LineCursor, status: Int64, into batch: inout RequestBatch
  ) -> LineFailure? {
    guard var frontend = cursor.tokenOrQuoted(), let backend = cursor.tokenOrQuoted(),
      let server = cursor.tokenOrQuoted(), !frontend.isEmpty
    else { return LineFailure(.endsEarly, at: cursor.index) }
    if cursor.bytes[frontend.end - 1] == UInt8(ascii: "~") { frontend.end -= 1 }
    guard let times = readTimers(&cursor) else { return LineFailure(.badNumber, field: .duration, at: cursor.index) }
    guard let state = cursor.token(), HAProxyState.isState(cursor.bytes, state, count: 4) else {
      return LineFailure(.notInFormat, field: .termination, at: cursor.index)
    }
    for name in HAProxyGauges.connectionNames {
      guard let gauge = cursor.token() else { return LineFailure(.endsEarly, at: cursor.index) }
      batch.note(name, cursor.text(gauge))
    }
    guard let retries = cursor.token() else { return LineFailure(.endsEarly, at: cursor.index) }
    for name in HAProxyGauges.queueNames {
      guard let gauge = cursor.token() else { return LineFailure(.endsEarly, at: cursor.index) }
      batch.note(name, cursor.text(gauge))
    }
    let ends = HAProxyEnds(cursor, frontend: frontend, backend: backend, server: server)
    ends.write(cursor, into: &batch)
    HAProxyEnding(
      ends: ends, times: times, retries: HAProxyGauges.read(cursor, retries), state: state, status: status
    ).write(cursor, into: &batch)
    return nil
  }

  private func readTimers(_ cursor: inout LineCursor) -> HAProxyTimers? {
    var times = HAProxyTimers()
    times.isHTTP = true
    guard let request = next(&cursor), let queue = next(&cursor), let connect = next(&cursor),
      let response = next(&cursor)
    else { return nil }
    times.request = request
    times.queue = queue
    times.connect = connect
    times.response = response
    times.isPartial = cursor.peek == UInt8(ascii: "+")
    guard let total = next(&cursor) else { return nil }
    times.total = total
    return times
  }

  private func next(_ cursor: inout LineCursor) -> Int64? {
    cursor.token().flatMap { HAProxyTimers.milliseconds(cursor.bytes, $0) }
  }
}

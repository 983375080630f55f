import Scanning
import Traffic

/// The access log of AWS Classic Load Balancers: 15 fields, 12 in the oldest files.
///
///     start elb client:port backend:port t t t status backend-status in out "request" "agent" cipher tls
///
/// The stamp is the START in µs. An HTTP listener counts body bytes, a TCP listener (request `- - - `) all bytes. The
/// times reach to the start of the response, so their sum is a lower bound of the duration.
/// - Source: AWS, *Access logs for your Classic Load Balancer*.
struct ClassicLoadBalancer: LineFormat {
  var name: String { "aws-elb-classic" }
  var summary: String { "AWS Classic Load Balancer" }
  var basis: StampBasis { .start }

  func read(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout Void, into batch: inout RequestBatch
  ) -> LineFailure? {
    var cursor = LineCursor(line, count)
    guard let stamp = cursor.token(), let balancer = cursor.token(), let client = cursor.token(),
      let backend = cursor.token()
    else { return LineFailure(.endsEarly, at: cursor.index) }
    guard let arrival = Timestamps.iso8601(line, stamp.start, stamp.end) else {
      return LineFailure(.badTimestamp, field: .arrival, at: 0)
    }
    guard let times = LoadBalancerTimes(&cursor) else {
      return LineFailure(.badNumber, field: .upstreamDuration, at: cursor.index)
    }
    let hasBackend = !cursor.isAbsent(backend)
    guard let status = LoadBalancerStatus(&cursor, hasTarget: hasBackend) else {
      return LineFailure(.badStatus, field: .status, at: cursor.index)
    }
    batch.set(.arrival, arrival)
    batch.setText(.gateway, cursor, balancer)
    batch.setClientAddress(cursor, client)
    batch.setText(.upstream, cursor, backend)
    status.write(into: &batch)
    if hasBackend { batch.set(.attempts, 1) }
    for column in [RequestColumn.bytesIn, .bytesOut] {
      guard let field = cursor.token(), let value = Numbers.unsigned(line, field.start, field.end) else {
        return LineFailure(.badNumber, field: column, at: cursor.index)
      }
      batch.set(column, value)
    }
    return readRequest(&cursor, times, status, into: &batch)
  }

  private func readRequest(
    _ cursor: inout LineCursor, _ times: LoadBalancerTimes, _ status: LoadBalancerStatus,
    into batch: inout RequestBatch
  ) -> LineFailure? {
    guard cursor.peek == UInt8(ascii: "\""), let request = cursor.tokenOrQuoted() else {
      return LineFailure(.notInFormat, field: .path, at: cursor.index)
    }
    if let agent = cursor.tokenOrQuoted() { batch.setText(.userAgent, cursor, agent, .nginx) }
    let isTCP = status.sent == .absent
    writeTimes(times, isTCP: isTCP, into: &batch)
    batch.note("bytes_kind", isTCP ? "wire" : "body")
    if isTCP {
      batch.set(.wireProtocol, WireProtocol.tcp.rawValue)
      batch.set(.outcome, Outcome.ok.rawValue)
      return nil
    }
    _ = batch.setRequest(cursor, request, .nginx)
    if status.sent == 101 { batch.set(.wireProtocol, WireProtocol.webSocket.rawValue) }
    batch.set(.outcome, status.outcome(isRefused: false).rawValue)
    return nil
  }

  /// A TCP listener's middle time is the connect time (and the session's end is not logged).
  private func writeTimes(_ times: LoadBalancerTimes, isTCP: Bool, into batch: inout RequestBatch) {
    let total = times.untilResponse
    if isTCP {
      if times.target != .absent { batch.set(.connect, times.target) }
      return
    }
    if total != .absent {
      batch.set(.duration, total)
      batch.set(.firstByte, total)
    }
    if times.target != .absent { batch.set(.upstreamDuration, times.target) }
  }
}

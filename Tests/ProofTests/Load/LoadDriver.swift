import Glibc

/// Sends a schedule to a port of the loopback network, each request at its moment whatever the answers do.
///
/// A request takes an idle connection of its caller, or opens one, so that a held answer holds nothing else up. The
/// path is `/r/NUMBER`, the request's place in the schedule.
struct LoadDriver {
  /// What came of one request.
  struct Answer: Sendable {
    /// µs since 1970 by the wall clock, just before sending.
    var sent: Int64 = 0
    /// µs from sending to the end of the answer.
    var latency: Int64 = 0
    /// 0 where there was none.
    var status = 0
  }

  let port: UInt16
  let callers: [Caller]
  /// µs to wait for last answers.
  var patience: Int64 = 4_000_000
  /// Path of a request by its number.
  var path: @Sendable (Int) -> String = { "/r/\($0)" }

  private var connections: [[Connection]]
  private var answers: [Answer] = []
  private var pending = 0

  init(port: UInt16, callers: [Caller]) {
    self.port = port
    self.callers = callers
    connections = callers.map { _ in [] }
  }

  /// µs of the monotonic clock.
  static func now() -> Int64 { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }

  /// - Returns: an answer per request, in the order of the schedule.
  mutating func drive(_ schedule: Schedule) throws -> [Answer] {
    answers = [Answer](repeating: Answer(), count: schedule.requests.count)
    try openConnections(schedule)
    let start = Self.now() + 50_000
    for (number, request) in schedule.requests.enumerated() {
      wait(until: start + request.moment)
      try send(number, request.caller)
    }
    let end = Self.now() + patience
    while pending > 0, Self.now() < end { poll(for: 1_000) }
    // A gateway writes its line after the answer has gone.
    usleep(200_000)
    connections = callers.map { _ in [] }
    return answers
  }

  /// Two connections per caller stand before the start, so that most requests do not pay for one.
  private mutating func openConnections(_ schedule: Schedule) throws {
    for (caller, who) in callers.enumerated() {
      for _ in 0..<2 { connections[caller].append(try Connection(to: port, from: who.address)) }
    }
  }

  private mutating func wait(until moment: Int64) {
    while true {
      let left = moment - Self.now()
      if left <= 0 { return }
      poll(for: left)
    }
  }

  private mutating func send(_ number: Int, _ caller: Int) throws {
    let who = callers[caller]
    connections[caller].removeAll { $0.state == .closed }
    let connection: Connection
    if let idle = connections[caller].first(where: { $0.state == .idle }) {
      connection = idle
    } else {
      connection = try Connection(to: port, from: who.address)
      connections[caller].append(connection)
    }
    let text =
      "GET \(path(number)) HTTP/1.1\r\nHost: gateway.test\r\nX-Api-Key: \(who.key)\r\nUser-Agent: driver\r\n\r\n"
    answers[number].sent = Self.read(CLOCK_REALTIME)
    answers[number].latency = Self.now()
    pending += 1
    connection.send(Array(text.utf8), request: number)
  }

  /// Waits at most so many µs for sockets, and serves them.
  private mutating func poll(for length: Int64) {
    let open = connections.joined().filter { $0.state != .closed }
    var watched = open.map { pollfd(fd: $0.descriptor, events: $0.interest, revents: 0) }
    // The last millisecond is spent asking again and again, so that a request leaves at its moment.
    guard Glibc.poll(&watched, nfds_t(watched.count), Int32(length / 1_000)) > 0 else { return }
    for (connection, events) in zip(open, watched) where events.revents != 0 {
      if events.revents & Int16(POLLOUT) != 0 { connection.flush() }
      guard events.revents & ~Int16(POLLOUT) != 0, let status = connection.receive() else { continue }
      answers[connection.request].status = status
      answers[connection.request].latency = Self.now() - answers[connection.request].latency
      pending -= 1
    }
  }
}

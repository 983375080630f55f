import Glibc

/// A kept-alive HTTP/1.1 connection that carries one request at a time.
final class Connection {
  enum State { case idle, waiting, closed }

  private let socket: Socket
  private(set) var state = State.idle
  /// Index of the scheduled request that is on its way.
  private(set) var request = -1
  private var toSend: [UInt8] = []
  private var received: [UInt8] = []

  var descriptor: Int32 { socket.descriptor }
  /// What `poll` should wait for.
  var interest: Int16 { Int16(POLLIN) | (toSend.isEmpty ? 0 : Int16(POLLOUT)) }

  init(to port: UInt16, from address: UInt8) throws {
    socket = try Socket()
    try socket.connect(to: port, from: address)
  }

  func send(_ bytes: [UInt8], request: Int) {
    self.request = request
    state = .waiting
    toSend = bytes
    flush()
  }

  /// Sends what the socket takes; before the connection stands it takes nothing.
  func flush() {
    guard !toSend.isEmpty else { return }
    let sent = toSend.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if sent > 0 { toSend.removeFirst(sent) }
    if sent < 0, errno != EAGAIN, errno != ENOTCONN { state = .closed }
  }

  /// Takes in what has come.
  /// - Returns: the status, once the answer is complete; 0 where the connection ended without one.
  func receive() -> Int? {
    var room = [UInt8](repeating: 0, count: 16_384)
    let count = recv(descriptor, &room, room.count, 0)
    if count < 0, errno == EAGAIN { return nil }
    guard count > 0 else {
      let wasWaiting = state == .waiting
      state = .closed
      return wasWaiting ? 0 : nil
    }
    received += room[0..<count]
    return takeAnswer()
  }

  private func takeAnswer() -> Int? {
    guard state == .waiting, let head = AnswerHead(received), received.count >= head.length + head.bodyLength else {
      return nil
    }
    received.removeFirst(head.length + head.bodyLength)
    state = head.closes ? .closed : .idle
    return head.status
  }
}

/// What the head of an answer says.
struct AnswerHead {
  var status: Int
  /// Bytes of the head with its empty line.
  var length: Int
  var bodyLength: Int
  var closes: Bool

  /// - Returns: nil while the head is incomplete.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 12, let end = Self.end(bytes) else { return nil }
    length = end
    let lines = String(decoding: bytes[0..<end], as: UTF8.self).lowercased().split(separator: "\r\n")
    status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first.flatMap { Int($0) } } ?? 0
    let declared = lines.first { $0.hasPrefix("content-length:") }
    bodyLength = declared.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
    closes = lines.contains { $0.hasPrefix("connection:") && $0.hasSuffix("close") }
  }

  private static func end(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    for index in 0...(bytes.count - 4)
    where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13 && bytes[index + 3] == 10 {
      return index + 4
    }
    return nil
  }
}

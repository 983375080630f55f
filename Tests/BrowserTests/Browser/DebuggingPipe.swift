import Foundation

/// Chromium's debugging protocol over a pair of pipes: JSON messages, each ended by a NUL byte.
///
/// - Source: Chromium, `--remote-debugging-pipe`: commands are read from descriptor 3, answers written to 4.
final class DebuggingPipe {
  struct Failure: Error, CustomStringConvertible { var description: String }

  typealias Message = [String: Any]

  private let commands: Int32
  private let answers: Int32
  private var received: [UInt8] = []
  private var lastId = 0
  /// Messages that answer no command, in order.
  private(set) var events: [Message] = []

  init(commands: Int32, answers: Int32) {
    self.commands = commands
    self.answers = answers
  }

  deinit {
    close(commands)
    close(answers)
  }

  /// Sends a command and waits for its answer; what happens meanwhile is kept in `events`.
  @discardableResult
  func send(_ method: String, _ parameters: Message = [:], session: String? = nil, seconds: Double = 60) throws -> Message {
    lastId += 1
    var message: Message = ["id": lastId, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    try write(Array(try JSONSerialization.data(withJSONObject: message)) + [0])
    let deadline = Date().addingTimeInterval(seconds)
    while true {
      let answer = try nextMessage(until: deadline, waitingFor: method)
      guard answer["id"] as? Int == lastId else {
        events.append(answer)
        continue
      }
      if let error = answer["error"] as? Message { throw Failure(description: "\(method): \(error["message"] ?? error)") }
      return answer["result"] as? Message ?? [:]
    }
  }

  /// Waits for an event; one that came before counts.
  func wait(for method: String, session: String, seconds: Double = 60) throws {
    let deadline = Date().addingTimeInterval(seconds)
    while !events.contains(where: { $0["method"] as? String == method && $0["sessionId"] as? String == session }) {
      events.append(try nextMessage(until: deadline, waitingFor: method))
    }
  }

  private func nextMessage(until deadline: Date, waitingFor method: String) throws -> Message {
    while true {
      if let end = received.firstIndex(of: 0) {
        let data = Data(received[..<end])
        received.removeSubrange(...end)
        return try JSONSerialization.jsonObject(with: data) as? Message ?? [:]
      }
      try read(until: deadline, waitingFor: method)
    }
  }

  private func read(until deadline: Date, waitingFor method: String) throws {
    var poll = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
    let left = deadline.timeIntervalSinceNow
    guard left > 0, Glibc.poll(&poll, 1, Int32(left * 1_000) + 1) > 0 else {
      throw Failure(description: "the browser did not answer \(method)")
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(answers, &buffer, buffer.count)
    guard count > 0 else { throw Failure(description: "the browser ended while it was asked \(method)") }
    received += buffer[..<count]
  }

  private func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(commands, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Failure(description: "the browser does not listen") }
      rest = rest.dropFirst(count)
    }
  }
}

import Foundation

/// A gateway that runs in the foreground as a child of the test and is ended by its own process number.
final class RunningGateway {
  enum Failure: Error, CustomStringConvertible {
    case ended(String), silent(String)

    var description: String {
      switch self {
      case .ended(let errors): "the gateway ended at once: \(errors)"
      case .silent(let errors): "the gateway did not listen within 10 s: \(errors)"
      }
    }
  }

  private let process = Process()
  /// Where its standard output goes.
  let output: String
  private let errors: String

  /// Starts it and waits until it listens.
  init(_ program: String, _ arguments: [String], folder: String, port: UInt16) throws {
    output = folder + "/stdout.log"
    errors = folder + "/stderr.log"
    for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    do { try waitUntilListening(port) } catch {
      stop()
      throw error
    }
  }

  deinit { stop() }

  private func waitUntilListening(_ port: UInt16) throws {
    for _ in 0..<1_000 {
      guard process.isRunning else { throw Failure.ended(complaint) }
      if Socket.isOpen(port) { return }
      usleep(10_000)
    }
    throw Failure.silent(complaint)
  }

  private var complaint: String {
    [errors, output].map { (try? String(contentsOfFile: $0, encoding: .utf8)) ?? "" }.joined().suffix(2_000).description
  }

  /// Asks it to end, which writes out what it still holds of its log, and insists after 5 s.
  func stop() {
    guard process.isRunning else { return }
    process.terminate()
    for _ in 0..<500 where process.isRunning { usleep(10_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }
}

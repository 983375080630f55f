public import Foundation

/// A built program beside the test bundle, run as a user runs it.
public struct Program: Sendable {
  public struct Result: Sendable {
    public var status: Int32
    public var output: String
    public var errors: String
  }

  let executable: URL

  public static let headroom = Program(named: "headroom")
  public static let night = Program(named: "night")

  init(named name: String) {
    // Tests run inside BUILD/headroomPackageTests.xctest; products are its neighbours.
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let places = [bundle.deletingLastPathComponent(), Self.buildFolder]
    executable = places.map { $0.appendingPathComponent(name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? places[1].appendingPathComponent(name)
  }

  /// `.build/debug` or `.build/release` of this package, whichever the tests were built in.
  private static var buildFolder: URL {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    #if DEBUG
      return package.appendingPathComponent(".build/debug")
    #else
      return package.appendingPathComponent(".build/release")
    #endif
  }

  /// Runs to the end. Output goes through files, so that no amount of it can block.
  public func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:], in folder: TemporaryFolder
  ) throws -> Result {
    let process = try start(arguments, input: input, environment: environment, in: folder)
    process.process.waitUntilExit()
    return try process.result()
  }

  /// A running program.
  public struct Running {
    public let process: Process
    let output: String
    let errors: String

    /// Kills it without warning, as a power cut would, and waits for its end.
    public func kill() {
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }

    public func result() throws -> Result {
      Result(
        status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
        errors: try String(contentsOfFile: errors, encoding: .utf8))
    }
  }

  public func start(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:], in folder: TemporaryFolder
  ) throws -> Running {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .filter { $0.key != "HEADROOM_STORE" }
      .merging(environment) { $1 }
    let name = UUID().uuidString
    let output = try folder.file("\(name).out", "")
    let errors = try folder.file("\(name).err", "")
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    if let input {
      process.standardInput = FileHandle(forReadingAtPath: try folder.file("\(name).in", input))
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    try process.run()
    return Running(process: process, output: output, errors: errors)
  }
}

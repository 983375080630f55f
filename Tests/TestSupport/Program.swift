public import Foundation

/// A built program beside the test bundle, run as a user runs it.
public struct Program: Sendable {
  public struct Result: Sendable {
    public var status: Int32
    public var output: String
    public var errors: String
    /// Ended by a signal, whose number is `status`.
    public var wasSignalled = false
  }

  public let executable: URL

  public static let headroom = Program(named: "headroom")
  public static let night = Program(named: "night")

  /// The folder of Package.swift.
  public static var packageFolder: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  }

  /// The release build where there is one (`Tests/run.sh` makes it first), as a user runs it; else the tests' own build.
  init(named name: String) {
    let builds = Self.packageFolder.appendingPathComponent(".build")
    // Tests run inside BUILD/headroomPackageTests.xctest; products are its neighbours.
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let places = [
      builds.appendingPathComponent("release"), bundle.deletingLastPathComponent(),
      builds.appendingPathComponent("debug"),
    ]
    executable = Self.first(name, in: places) ?? places[0].appendingPathComponent(name)
  }

  private init(executable: URL) { self.executable = executable }

  /// A program of the machine, found by `PATH`.
  public static func find(_ name: String) -> Program? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return first(name, in: path.split(separator: ":").map { URL(fileURLWithPath: String($0)) })
      .map(Program.init(executable:))
  }

  private static func first(_ name: String, in places: [URL]) -> URL? {
    places.map { $0.appendingPathComponent(name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
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
    /// - Returns: whether it was still running.
    @discardableResult public func kill() -> Bool {
      Foundation.kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      return process.terminationReason == .uncaughtSignal
    }

    public func result() throws -> Result {
      Result(
        status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
        errors: try String(contentsOfFile: errors, encoding: .utf8),
        wasSignalled: process.terminationReason == .uncaughtSignal)
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
    process.standardInput = FileHandle.nullDevice
    if let input { process.standardInput = FileHandle(forReadingAtPath: try folder.file("\(name).in", input)) }
    try process.run()
    return Running(process: process, output: output, errors: errors)
  }
}

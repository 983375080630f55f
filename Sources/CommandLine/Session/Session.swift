import Glibc

/// What surrounds a run of the program: streams, environment, and the floors below.
public struct Session: Sendable {
  public var output: any TextSink
  public var errors: any TextSink
  public var environment: [String: String]
  public var terminal: Terminal
  public var services: any Services

  public init(
    output: any TextSink, errors: any TextSink, environment: [String: String] = [:], terminal: Terminal = Terminal(),
    services: any Services
  ) {
    self.output = output
    self.errors = errors
    self.environment = environment
    self.terminal = terminal
    self.services = services
  }
}

/// Which streams are terminals.
public struct Terminal: Hashable, Sendable {
  public var isOutput = false
  public var isErrors = false

  public init(isOutput: Bool = false, isErrors: Bool = false) {
    self.isOutput = isOutput
    self.isErrors = isErrors
  }

  /// As the process was started.
  public static var actual: Terminal {
    Terminal(isOutput: isatty(STDOUT_FILENO) == 1, isErrors: isatty(STDERR_FILENO) == 1)
  }
}

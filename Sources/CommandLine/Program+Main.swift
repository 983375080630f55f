import Glibc

extension Program {
  /// Runs the command line of this process and ends it with the exit code.
  public static func main() async -> Never {
    let code = await run(Array(Swift.CommandLine.arguments.dropFirst()), session)
    exit(code.rawValue)
  }

  /// The streams and the environment of this process.
  public static var session: Session {
    Session(
      output: DescriptorSink(descriptor: STDOUT_FILENO, path: "standard output"),
      errors: DescriptorSink(descriptor: STDERR_FILENO, path: "standard error"),
      environment: environmentOfProcess(), terminal: .actual, services: ConnectedServices())
  }

  /// The few variables that the program looks at.
  private static func environmentOfProcess() -> [String: String] {
    var environment: [String: String] = [:]
    for name in ["HEADROOM_STORE", "NO_COLOR", "TERM"] {
      // Safe: the text is copied at once, and nothing here changes the environment.
      if let value = unsafe getenv(name) { environment[name] = unsafe String(cString: value) }
    }
    return environment
  }
}

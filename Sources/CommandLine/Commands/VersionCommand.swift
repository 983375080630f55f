/// `headroom version`.
struct VersionCommand: Command {
  let words = ["version"]
  let summary = "print the version"
  let examples = [Example("headroom version", "such as 'headroom 1.0.0'")]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    try invocation.session.output.write("headroom \(Program.version)\n")
    return .done
  }
}

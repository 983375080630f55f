/// `headroom help [COMMAND …]`: the same as `--help`.
struct HelpCommand: Command {
  let words = ["help"]
  let summary = "explain a command"
  let examples = [Example("headroom help show routes", "what 'show routes' prints and takes")]
  let arguments = [Argument(name: "COMMAND", summary: "words of a command", count: .any)]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    try invocation.session.output.write(HelpText.of(invocation.arguments.positional, commands: Commands.all))
    return .done
  }
}

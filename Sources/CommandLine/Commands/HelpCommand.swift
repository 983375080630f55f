/// `headroom help [COMMAND …]`: the same as `--help`.
struct HelpCommand: Command {
  let words = ["help"]
  let summary = "explain a command"
  let examples = [Example("headroom help show routes", "what 'show routes' prints and takes")]
  let arguments = [Argument(name: "COMMAND", summary: "words of a command", count: .any)]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let words = invocation.arguments.positional
    guard Commands.all.contains(where: { $0.words.starts(with: words) }) else {
      throw ArgumentParser(commands: Commands.all).unknownCommand(words)
    }
    try invocation.session.output.write(HelpText.of(words, commands: Commands.all))
    return .done
  }
}

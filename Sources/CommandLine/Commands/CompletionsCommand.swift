/// `headroom completions SHELL`: a completion script made from the command table.
struct CompletionsCommand: Command {
  let words = ["completions"]
  let summary = "print a completion script for a shell"
  let examples = [
    Example("headroom completions bash > /etc/bash_completion.d/headroom", "for bash"),
    Example("headroom completions zsh > ~/.zfunc/_headroom", "for zsh, in a folder of $fpath"),
    Example("headroom completions fish > ~/.config/fish/completions/headroom.fish", "for fish"),
  ]
  let arguments = [Argument(name: "SHELL", summary: "which shell", choices: ["bash", "zsh", "fish"])]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let script =
      switch invocation.arguments.positional[0] {
      case "bash": CompletionScript.bash(Commands.all)
      case "zsh": CompletionScript.zsh(Commands.all)
      default: CompletionScript.fish(Commands.all)
      }
    try invocation.session.output.write(script)
    return .done
  }
}

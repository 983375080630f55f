/// `formats explain FILE`: how the first lines of a log are read, field by field.
struct FormatsExplain: Command {
  let words = ["formats", "explain"]
  let summary = "how the first lines of a log are read, field by field"
  let examples = [
    Example("headroom formats explain access.log", "the format found by content"),
    Example("headroom formats explain access.log --log-format nginx-main", "the format you name"),
    Example("headroom formats explain nginx-combined", "what a format is, without a file"),
  ]
  let arguments = [
    Argument(name: "FILE", summary: "a log file, - for standard input, or the name of a format")
  ]
  let options =
    [Option(name: "log-format", value: "NAME", summary: "auto (default), a name of 'formats list', or a format string")] + CommonOptions.output

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let document = try await invocation.session.services.explainFormat(
      invocation.value("log-format") ?? "auto", of: invocation.arguments.positional[0])
    try invocation.print(document)
    return .done
  }
}

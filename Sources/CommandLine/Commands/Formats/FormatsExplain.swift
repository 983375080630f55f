/// `formats explain FORMAT [FILE]`: which field becomes which column.
struct FormatsExplain: Command {
  let words = ["formats", "explain"]
  let summary = "which field of a format becomes which column, shown on the first lines of a file"
  let examples = [
    Example("headroom formats explain nginx-combined", "its fields and columns"),
    Example("headroom formats explain access.log", "what the first lines of a file are read as"),
    Example("headroom formats explain nginx-main access.log", "the same, in a format of your choice"),
  ]
  let arguments = [
    Argument(name: "FORMAT", summary: "a name of 'formats list', a format string, or auto (may be left out before a file)"),
    Argument(name: "FILE", summary: "a log file to read lines from", count: .optional),
  ]
  let options = CommonOptions.rows + CommonOptions.output

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let words = invocation.arguments.positional
    let document = try await invocation.session.services.explainFormat(
      words[0], path: words.count > 1 ? words[1] : nil)
    try invocation.print(document)
    return .done
  }
}

import Reporting
import Traffic

/// `formats detect FILE`: which format a file is in. Exit 1 when none fits.
struct FormatsDetect: Command {
  let words = ["formats", "detect"]
  let summary = "which format a file is in, and which came close"
  let examples = [Example("headroom formats detect access.log", "exit code 1 when no format fits")]
  let arguments = [Argument(name: "FILE", summary: "a log file, plain or gzipped, or -")]
  let options = CommonOptions.rows + CommonOptions.output

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let path = invocation.arguments.positional[0]
    let detection = try await invocation.session.services.detectFormat(path: path)
    try invocation.print(Self.document(path, detection))
    return detection.chosen == nil ? .answerIsNo : .done
  }

  static func document(_ path: String, _ detection: FormatDetection) -> Document {
    let table = Table(
      key: "candidates",
      columns: [
        Column("format", "Format", .text), Column("read", "Lines read", .ratio),
        Column("noise", "No requests", .integer),
        Column("lines", "Lines tried", .integer),
      ],
      rows: detection.candidates.map {
        [.text($0.format), .ratio($0.parsed, of: $0.lines), .integer($0.noise), .integer($0.lines)]
      })
    let facts = [
      Fact("path", "File", .text(path)), Fact("format", "Format", .words(detection.chosen)),
      Fact(
        "wrappers", "Wrapped by",
        detection.wrappers.isEmpty ? .absent : .text(detection.wrappers.joined(separator: ", "))),
    ]
    let notes = detection.notes + [detection.refusal].compactMap { $0 }
    return Document(
      name: "detection", title: "Log format", blocks: [.facts(facts), .table(table)] + notes.map { .note($0) })
  }
}

import Reporting
import Traffic

/// `formats list`: the log formats that can be named.
struct FormatsList: Command {
  let words = ["formats", "list"]
  let summary = "the log formats that can be named"
  let examples = [Example("headroom formats list", "what --log-format takes")]
  let options = CommonOptions.output

  func run(_ invocation: Invocation) async throws -> ExitCode {
    try invocation.print(Self.document(invocation.session.services.formats))
    return .done
  }

  static func document(_ formats: [FormatEntry]) -> Document {
    let table = Table(
      key: "formats",
      columns: [
        Column("name", "Name", .text), Column("stamp", "Stamps", .text), Column("summary", "What it is", .text),
      ],
      rows: formats.map { [.text($0.name), .text($0.basis == .start ? "start" : "end"), .text($0.summary)] })
    return Document(name: "formats", title: "Log formats", blocks: [.table(table)])
  }
}

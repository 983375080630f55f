import Reporting
import Traffic

/// `store verify`: reads everything and checks every checksum. Exit 1 when something is damaged.
struct StoreVerify: Command {
  let words = ["store", "verify"]
  let summary = "read everything and check every checksum"
  let examples = [Example("headroom store verify", "exit code 1 when something is damaged")]
  let options = CommonOptions.storeOutput

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let problems = try await invocation.openStore().verify()
    let table = Table(
      key: "problems", columns: [Column("problem", "Problem", .text)], rows: problems.map { [.text($0)] })
    let verdict =
      problems.isEmpty ? "Every checksum is right." : "Damaged: forget the sources named and import them again."
    try invocation.print(
      Document(name: "verify", title: "Store check", blocks: [.paragraph(verdict), .table(table)]))
    return problems.isEmpty ? .done : .answerIsNo
  }
}

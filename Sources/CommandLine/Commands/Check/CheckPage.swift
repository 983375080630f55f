import Analysis
import Reporting
import Traffic

/// What a check found, as a document.
struct CheckPage {
  let results: [GateResult]
  let muting: Muting
  let clock: DisplayClock

  var document: Document {
    Document(
      name: "check", title: "Check",
      blocks: [
        .facts([
          Fact("passes", "Passes", .flag(!results.contains(where: \.fails))),
          Fact("rules", "Results", .integer(Int64(results.count))),
          Fact("failed", "Failed", .integer(Int64(results.count { $0.status == .fail }))),
          Fact("unknown", "Unknown", .integer(Int64(results.count { $0.status == .unknown }))),
          Fact("muted", "Muted findings", .integer(Int64(muting.muted.count))),
        ]),
        .table(table),
      ] + (results.contains { $0.status == .unknown && $0.fails } ? [.note(Self.unknownNote)] : []))
  }

  private static let unknownNote =
    "A rule without data fails: nothing shows that it is kept. \"unknown\": \"pass\" in the rule lets it pass."

  private var table: Table {
    Table(
      key: "results",
      columns: [
        Column("rule", "Rule", .text), Column("status", "Status", .text), Column("about", "About", .text),
        Column("value", "Value", .integer), Column("bound", "Must be", .text), Column("allowed", "Limit", .integer),
        Column("reason", "Reason", .text),
      ],
      rows: results.map { result in
        [
          .text(result.gate.name), .text(status(result)), .words(result.subject), result.value,
          .text(result.isFloor ? "at least" : "at most"), result.allowed, .text(result.reason.text(clock: clock)),
        ]
      }, noun: "results")
  }

  private func status(_ result: GateResult) -> String {
    result.status == .unknown && !result.fails ? "unknown, passes" : result.status.rawValue
  }
}

import Analysis
import Planning
import Reporting
import Traffic

/// What two configurations decide differently, as a document.
struct DifferencePage {
  let difference: ImpactDifference
  /// Files of the two configurations as given.
  let names: [String]
  let ledger: [LedgerEntry]
  /// Coarsest clock of the sources.
  let coarsest: Microseconds?

  var document: Document {
    let total = difference.total
    return Document(
      name: "comparison", title: "What the second configuration changes",
      blocks: [
        .facts([
          Fact("earlier_config", "First", .text(names[0])), Fact("later_config", "Second", .text(names[1])),
          Fact("requests", "Requests", .integer(total.requests)),
          Fact("newly_rejected", "Newly rejected", .integer(total.newlyRejected)),
          Fact("newly_rejected_share", "Of all", .ratio(total.newlyRejected, of: total.requests)),
          Fact("relieved", "Relieved", .integer(total.relieved)),
          Fact("relieved_share", "Of all", .ratio(total.relieved, of: total.requests)),
          Fact("rejected_by_both", "Rejected by both", .integer(total.rejectedByBoth)),
          Fact("callers_newly_hit", "Callers newly hit", .integer(difference.callersNewlyHit)),
          Fact("callers_freed", "Callers freed", .integer(difference.callersFreed)),
        ]),
        .table(
          Table(
            key: "callers", title: "Callers", columns: [Column("caller", "Caller", .text)] + Self.columns,
            rows: difference.callers.map { [.text($0.name ?? "(none)")] + cells($0) })),
        .table(
          Table(
            key: "routes", title: "Routes",
            columns: [Column("method", "Method", .text), Column("route", "Route", .text)] + Self.columns,
            rows: difference.routes.map { [.words($0.method), .text($0.name ?? "(no route)")] + cells($0) })),
        .note("Callers and routes with a changed decision only, most newly rejected first."),
      ] + clockNote)
  }

  private static let columns = [
    Column("requests", "Requests", .integer), Column("newly_rejected", "Newly rejected", .integer),
    Column("newly_rejected_share", "Share", .ratio), Column("relieved", "Relieved", .integer),
    Column("rejected_by_both", "By both", .integer), Column("first_newly_rejected", "First newly rejected", .text),
  ]

  private func cells(_ row: ImpactDifference.Row) -> [Cell] {
    let counts = row.counts
    return [
      .integer(counts.requests), .integer(counts.newlyRejected), .ratio(counts.newlyRejected, of: counts.requests),
      .integer(counts.relieved), .integer(counts.rejectedByBoth), .words(row.firstNewlyRejected.map(place)),
    ]
  }

  private func place(_ request: RequestPlace) -> String {
    let path = ledger.first { $0.number == request.source }?.path ?? "source \(request.source)"
    return "\(path):\(request.line)"
  }

  private var clockNote: [Document.Block] {
    guard let coarsest, coarsest.count > 10_000 else { return [] }
    return [
      .note(
        "The log's clock ticks every \(UnitText.duration(coarsest)): one order of the requests inside a tick was"
          + " replayed; 'headroom simulate' gives the range.")
    ]
  }
}

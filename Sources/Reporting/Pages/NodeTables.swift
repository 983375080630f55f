import Analysis
import Traffic

/// What the gateway's own nodes did, and what the others would have had to take if one had been gone.
struct NodeTables {
  let answer: NodeLoad.Answer
  let report: Report

  private static let command = "headroom show nodes"
  private static let shown = 100

  var blocks: [Document.Block] {
    // One node without a name says nothing that other sections do not say.
    guard answer.rows.contains(where: { $0.node != nil }) else { return [] }
    var blocks: [Document.Block] = [.table(nodes)]
    if answer.rows.contains(where: { !$0.gaps.isEmpty }) { blocks.append(.table(gaps)) }
    blocks.append(.note(answer.rows.count > 1 ? Self.sharing : Self.alone))
    return blocks
  }

  private static let sharing =
    "More for the others: how much more the other nodes would have had to take in the busiest minute of the gateway,"
    + " had this node been gone. A gap is ten minutes or more without a request where the hours around it would have"
    + " brought 20 or more."
  private static let alone = "One node logged: had it been gone, nothing would have been served."

  private var nodes: Table {
    let busiest = answer.rows.compactMap(\.inBusiestMinute).reduce(0, +)
    return Table(
      key: "gateway_nodes", title: "Gateway nodes",
      columns: [
        Column("node", "Node", .text), Column("requests", "Requests", .integer), Column("share", "Share", .ratio),
        Column("errors", "Errors", .ratio), Column("p99", "p99", .duration), Column("gaps", "Gaps", .integer),
        Column("busiest_minute", "In the busiest minute", .integer),
        Column("more_for_others", "More for the others", .ratio),
      ],
      rows: answer.rows.map { row in
        [
          .words(row.node), .integer(row.totals.requests), .ratio(row.totals.requests, of: answer.requests),
          .ratio(row.totals.serverErrors, of: row.totals.withStatus), row.latency.percentile("p99"),
          .integer(Int64(row.gaps.count)), .count(row.inBusiestMinute),
          row.inBusiestMinute.map { .ratio($0, of: busiest - $0) } ?? .absent,
        ]
      }, noun: "nodes", derivation: .command(Self.command)
    ).cut(to: Self.shown)
  }

  private var gaps: Table {
    Table(
      key: "gateway_gaps", title: "Nodes that fell silent",
      columns: [
        Column("node", "Node", .text), Column("from", "From", .timestamp), Column("until", "Until", .timestamp),
        Column("length", "Length", .duration),
      ],
      rows: answer.rows.flatMap { row in
        row.gaps.map { [.words(row.node), .timestamp($0.from), .timestamp($0.until), .duration($0.length)] }
      }, noun: "gaps", derivation: .command(Self.command)
    ).cut(to: Self.shown)
  }
}

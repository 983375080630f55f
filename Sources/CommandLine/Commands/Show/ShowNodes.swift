import Analysis
import Reporting
import Traffic

/// `show nodes`: the gateway nodes that logged, and their silences.
struct ShowNodes: ShowCommand {
  let what = "nodes"
  let rollups = RollupUse.missing
  let summary = "load, errors, first and last arrival and gaps of every gateway node"
  let examples = [Example("headroom show nodes", "is a node missing, silent or overloaded?")]
  let remarks = ["A node is the gateway name in the log, else the --node of its import. " + gapNote]

  private static let gapNote =
    "A gap is ten minutes or more without a request where the hours around it would have brought 20 or more, unless"
    + " the node's other days and the other nodes are silent then too."

  private static let othersNote =
    "More for others: what the other nodes would have had to take on top of their own requests in the gateway's busiest"
    + " minute, had the node been gone."

  func document(_ view: StoreView) async throws -> Document {
    Self.document(try await NodeLoad(scope: view.scope, ledger: view.ledger).answer(from: view.traffic))
  }

  static func document(_ answer: NodeLoad.Answer) -> Document {
    let columns =
      [
        Column("node", "Node", .text), Column("requests", "Requests", .integer), Column("share", "Share", .ratio),
        Column("errors", "Errors", .ratio), Column("first", "First", .timestamp),
        Column("last", "Last", .timestamp),
        Column("gaps", "Gaps", .integer), Column("longest_gap", "Longest gap", .duration),
        Column("busiest_minute", "In busiest min", .integer), Column("more_for_others", "More for others", .ratio),
      ] + LatencyCells.columns
    let busiest = answer.rows.compactMap(\.inBusiestMinute).reduce(0, +)
    let rows = answer.rows.map { row -> [Cell] in
      let head: [Cell] = [
        .text(row.node ?? "(unnamed)"), .integer(row.totals.requests),
        .ratio(row.totals.requests, of: answer.requests),
        row.totals.errorCell, .timestamp(row.first), .timestamp(row.last), .integer(Int64(row.gaps.count)),
        .length(row.gaps.map(\.length).max()), .count(row.inBusiestMinute),
        row.inBusiestMinute.map { .ratio($0, of: busiest - $0) } ?? .absent,
      ]
      return head + LatencyCells.cells(row.latency)
    }
    return Document(
      name: "nodes", title: "Gateway nodes",
      blocks: [
        .table(Table(key: "nodes", columns: columns, rows: rows)), .table(gaps(answer)),
        .note(gapNote), .note(othersNote), .note(LatencyCells.boundedNote),
      ])
  }

  private static func gaps(_ answer: NodeLoad.Answer) -> Table {
    Table(
      key: "gaps", title: "Gaps",
      columns: [
        Column("node", "Node", .text), Column("from", "From", .timestamp), Column("until", "Until", .timestamp),
        Column("length", "Length", .duration),
      ],
      rows: answer.rows.flatMap { row in
        row.gaps.map {
          [.text(row.node ?? "(unnamed)"), .timestamp($0.from), .timestamp($0.until), .duration($0.length)]
        }
      })
  }
}

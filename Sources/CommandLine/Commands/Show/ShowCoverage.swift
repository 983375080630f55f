import Analysis
import Reporting
import Traffic

/// `show coverage`: is the data complete?
struct ShowCoverage: ShowCommand {
  let what = "coverage"
  let rollups = RollupUse.told
  let summary = "is the data complete: every node, hour and line?"
  let examples = [
    Example("headroom show coverage", "missing hours, rejected lines, coarse time stamps"),
    Example("headroom show coverage --format json --all", "requests of every node in every hour, for a program"),
  ]

  func document(_ view: StoreView) async throws -> Document {
    Self.document(try await Coverage(scope: view.scope, ledger: view.ledger).answer(from: view.traffic))
  }

  static func document(_ answer: Coverage.Answer) -> Document {
    var blocks: [Document.Block] = [.facts(facts(answer)), .table(nodes(answer)), .table(hours(answer))]
    blocks.append(.table(rejections(answer)))
    if !answer.incomplete.isEmpty {
      blocks.append(
        .note("Not read to the end: " + answer.incomplete.joined(separator: ", ") + "; import them again."))
    }
    if let coarsest = answer.coarsest, coarsest >= .second {
      blocks.append(
        .note(
          "Some time stamps are whole seconds: the order within a second, and so bursts and queues, are not known.")
      )
    }
    return Document(name: "coverage", title: "Coverage", blocks: blocks)
  }

  private static func facts(_ answer: Coverage.Answer) -> [Fact] {
    [
      Fact("sources", "Sources", .integer(answer.sources)),
      Fact("lines", "Lines read", .integer(answer.lines)),
      Fact("requests", "Requests stored", .integer(answer.requests)),
      Fact("rejected", "Lines rejected", .ratio(answer.rejected, of: answer.lines)),
      Fact("blank", "Blank lines", .integer(answer.blank)),
      Fact("duplicates", "Duplicates not counted again", .integer(answer.duplicates)),
      Fact("finest_resolution", "Finest time stamps", .length(answer.finest)),
      Fact("coarsest_resolution", "Coarsest time stamps", .length(answer.coarsest)),
    ]
  }

  private static func nodes(_ answer: Coverage.Answer) -> Table {
    Table(
      key: "nodes", title: "Nodes",
      columns: [
        Column("node", "Node", .text), Column("requests", "Requests", .integer),
        Column("covered", "Hours covered", .ratio),
        Column("empty_hours", "Empty hours", .integer),
      ],
      rows: answer.nodes.map { node in
        let covered = node.requests.count - node.emptyHours
        return [
          .text(node.name ?? "(unnamed)"), .integer(node.requests.reduce(0, +)),
          .ratio(Int64(covered), of: Int64(node.requests.count)), .integer(Int64(node.emptyHours)),
        ]
      })
  }

  /// One column per node: the heat-map's numbers.
  private static func hours(_ answer: Coverage.Answer) -> Table {
    let nodes = answer.nodes.map { node -> Column in
      let name = node.name ?? "(unnamed)"
      return Column("node " + name, VisibleText.of(name), .integer)
    }
    return Table(
      key: "hours", title: "Requests per hour", columns: [Column("hour", "Hour", .timestamp)] + nodes,
      rows: answer.hours.enumerated().map { index, hour in
        [.timestamp(hour)] + answer.nodes.map { .integer($0.requests[index]) }
      })
  }

  private static func rejections(_ answer: Coverage.Answer) -> Table {
    Table(
      key: "rejections", title: "Rejected lines",
      columns: [
        Column("reason", "Reason", .text), Column("lines", "Lines", .integer), Column("share", "Share", .ratio),
      ],
      rows: answer.rejections.map {
        [.text($0.reason.name), .integer($0.lines), .ratio($0.lines, of: answer.lines)]
      },
      noun: "rejected lines")
  }
}

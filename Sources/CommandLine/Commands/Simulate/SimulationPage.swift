import Analysis
import Gateways
import Planning
import Reporting
import Scanning
import Simulation
import Statistics
import Traffic

/// What a simulation found, as a document.
struct SimulationPage {
  let scenarios: [Scenario]
  let ledger: [LedgerEntry]
  /// Requests without what limits count by.
  let gaps: ColumnGaps
  /// How many times the recorded traffic.
  let growth: Double
  let critical: CriticalRoutes
  let explains: Bool
  let clients: ClientScenario
  /// What a calibration said of this store; nil where there was none.
  let trust: String?

  var document: Document {
    var blocks: [Document.Block] = [.facts(facts), .table(tables.totals)]
    if clients != .recorded { blocks.append(.table(retries)) }
    blocks += criticalBlocks
    blocks += tables.all.map(Document.Block.table)
    if explains { blocks.append(.table(settings)) }
    return Document(name: "simulation", title: "Simulation", blocks: blocks + notes.map(Document.Block.note))
  }

  private var tables: ImpactTables {
    ImpactTables(scenarios.map { ImpactTables.Entry(name: $0.name, impact: $0.impact) }, ledger: ledger)
  }

  private var facts: [Fact] {
    let impact = scenarios.first?.impact
    let minutes = impact?.minutes ?? []
    return [
      Fact("requests", "Requests replayed", .integer(impact?.total.requests ?? 0)),
      Fact("first", "First minute", .time(minutes.first?.start)),
      Fact("last", "Last minute", .time(minutes.last?.start)),
    ]
  }

  // MARK: Tables

  private var retries: Table {
    Table(
      key: "retries", title: "Retries",
      columns: [
        Column("config", "Configuration", .text), Column("callers", "Callers", .text),
        Column("demand", "Demand", .integer), Column("attempts", "Attempts", .integer),
        Column("rejected_share", "Rejected", .ratio), Column("lost", "Lost for good", .integer),
        Column("lost_share", "Of demand", .ratio), Column("storms", "Storms", .integer),
        Column("storm_start", "Last storm", .timestamp), Column("storm_drains", "Drains", .flag),
      ],
      rows: scenarios.flatMap { scenario in
        ([(clients, scenario.impact)] + scenario.bounds).map { retryRow(scenario.name, $0.0, $0.1) }
      }, noun: "replays")
  }

  private func retryRow(_ name: String, _ clients: ClientScenario, _ impact: Impact) -> [Cell] {
    let total = impact.total
    let storm = impact.storms.last
    return [
      .text(name), .text(clients.rawValue), .integer(total.requests), .integer(total.attempts),
      .ratio(total.rejected, of: total.attempts), .integer(total.lost), .ratio(total.lost, of: total.requests),
      .integer(Int64(impact.storms.count)), .time(storm?.start), storm.map { .flag($0.drains) } ?? .absent,
    ]
  }

  private var settings: Table {
    var rows: [[Cell]] = []
    for scenario in scenarios {
      let notes = scenario.reading.used.map { ($0, "used") } + scenario.reading.ignored.map { ($0, "ignored") }
      for (note, use) in notes.sorted(by: { $0.0.place < $1.0.place }) {
        rows.append([
          .text("\(note.place.file):\(note.place.line)"), .text(note.setting), .text(use), .text(note.remark),
        ])
      }
    }
    return Table(
      key: "settings", title: "Settings",
      columns: [
        Column("place", "Line", .text), Column("setting", "Setting", .text), Column("use", "Use", .text),
        Column("remark", "Remark", .text),
      ], rows: rows)
  }

  /// Requests that a limit rejected when they were recorded.
  var recordedRejections: Int64 { scenarios.first?.impact.recordedRejections ?? 0 }

  // MARK: Words

  private var criticalBlocks: [Document.Block] {
    guard !critical.globs.isEmpty else { return [] }
    guard critical.isHitByLast else { return [.paragraph("No critical route loses a request.")] }
    let names = critical.hit.map { row in
      let name = [row.method, row.name].compactMap { $0 }.joined(separator: " ")
      return "\(name) (\(UnitText.integer(row.counts.rejected)) requests)"
    }
    return [.paragraph("Critical routes that lose requests: " + names.joined(separator: ", ") + ".")]
  }
}

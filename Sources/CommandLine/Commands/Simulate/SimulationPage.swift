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
  let growth: Double
  let critical: CriticalRoutes
  let explains: Bool
  let clients: ClientScenario
  /// What a calibration said of this store; nil where there was none.
  let trust: String?

  var document: Document {
    var blocks: [Document.Block] = [.facts(facts), .table(totals)]
    if clients != .recorded { blocks.append(.table(retries)) }
    blocks += criticalBlocks
    blocks += [.table(limits), .table(callers), .table(routes), .table(minutes)]
    if explains { blocks.append(.table(settings)) }
    return Document(name: "simulation", title: "Simulation", blocks: blocks + notes.map(Document.Block.note))
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

  private var totals: Table {
    Table(
      key: "totals", title: "Totals",
      columns: [
        Column("config", "Configuration", .text), Column("product", "Gateway", .text),
        Column("passed", "Passed", .integer), Column("delayed", "Delayed", .integer),
        Column("delay_p50", "Delay p50", .duration), Column("delay_p99", "Delay p99", .duration),
        Column("rejected", "Rejected", .integer), Column("rejected_share", "Share", .ratio),
        Column("rejected_at_least", "At least", .integer), Column("rejected_at_most", "At most", .integer),
        Column("callers_hit", "Callers hit", .integer), Column("worst_minute", "Worst minute", .timestamp),
        Column("worst_minute_rejected", "Rejected then", .integer),
      ],
      rows: scenarios.map(totalRow), noun: "configurations")
  }

  private func totalRow(_ scenario: Scenario) -> [Cell] {
    let impact = scenario.impact
    let total = impact.total
    return [
      .text(scenario.name), .text(impact.model.product.rawValue), .integer(total.passed), .integer(total.delayed),
      delay(impact, .p50), delay(impact, .p99), .integer(total.rejected), .ratio(total.rejected, of: total.attempts),
      .count(impact.bounds?.rejected.lowerBound), .count(impact.bounds?.rejected.upperBound),
      .integer(Int64(impact.callers.count { $0.counts.rejected > 0 })), .time(impact.worstMinute?.start),
      .count(impact.worstMinute?.rejected),
    ]
  }

  private func delay(_ impact: Impact, _ quantile: Quantile) -> Cell {
    let count = Int(clamping: impact.delays.count)
    guard count > 0, let delay = impact.delays.quantile(quantile) else { return .absent }
    guard quantile.isSupported(by: count) else {
      return .tooFew(samples: Int64(count), needed: Int64(quantile.fewestSamples))
    }
    return .duration(Microseconds(delay))
  }

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

  private static let outcomes = [
    Column("requests", "Requests", .integer), Column("delayed", "Delayed", .integer),
    Column("rejected", "Rejected", .integer), Column("rejected_share", "Share", .ratio),
    Column("rejected_dry_run", "Dry run", .integer),
  ]

  private func outcomes(_ counts: ImpactCounts) -> [Cell] {
    [
      .integer(counts.requests), .integer(counts.delayed), .integer(counts.rejected),
      .ratio(counts.rejected, of: counts.attempts), .integer(counts.rejectedDryRun),
    ]
  }

  private var limits: Table {
    var rows: [[Cell]] = []
    for scenario in scenarios {
      for (rule, row) in zip(scenario.impact.model.rules, scenario.impact.rules) {
        let place = rule.place.line > 0 ? "\(rule.place.file):\(rule.place.line)" : rule.place.file
        rows.append(
          [.text(scenario.name), .text(rule.name), .text(place), .integer(Int64(rule.status))] + blamed(row.counts)
            + [samples(row)])
      }
    }
    return Table(
      key: "limits", title: "Limits",
      columns: [
        Column("config", "Configuration", .text), Column("limit", "Limit", .text), Column("place", "Line", .text),
        Column("status", "Status", .integer), Column("delayed", "Delayed", .integer),
        Column("rejected", "Rejected", .integer), Column("rejected_dry_run", "Dry run", .integer),
        Column("first", "First rejected", .text),
      ], rows: rows)
  }

  private func blamed(_ counts: ImpactCounts) -> [Cell] {
    [.integer(counts.delayed), .integer(counts.rejected), .integer(counts.rejectedDryRun)]
  }

  private var callers: Table {
    table(key: "callers", title: "Callers", first: [Column("caller", "Caller", .text)], last: lockOutColumns) {
      $0.impact.callers
    } cells: {
      ([.text($0.name ?? "(none)")], lockOut($0))
    }
  }

  private var lockOutColumns: [Column] {
    [Column("longest_lock_out", "Longest lock-out", .duration), Column("lock_out_start", "From", .timestamp)]
  }

  private func lockOut(_ row: Impact.Row) -> [Cell] {
    [.length(row.lockOut?.length), .time(row.lockOut?.start)]
  }

  private var routes: Table {
    table(
      key: "routes", title: "Routes",
      first: [Column("method", "Method", .text), Column("route", "Route", .text)], last: []
    ) {
      $0.impact.routes
    } cells: {
      ([.words($0.method), .text($0.name ?? "(no route)")], [])
    }
  }

  /// Rows of every scenario that something happened to, most rejected first.
  private func table(
    key: String, title: String, first: [Column], last: [Column], rows: (Scenario) -> [Impact.Row],
    cells: (Impact.Row) -> (first: [Cell], last: [Cell])
  ) -> Table {
    var all: [(weight: Int64, cells: [Cell])] = []
    for scenario in scenarios {
      for row in rows(scenario) where row.counts.rejected + row.counts.delayed + row.counts.rejectedDryRun > 0 {
        let (lead, tail) = cells(row)
        all.append(
          (
            row.counts.rejected + row.counts.rejectedDryRun,
            lead + [.text(scenario.name)] + outcomes(row.counts) + [samples(row)] + tail
          ))
      }
    }
    // Stable: rows of one weight stay in the order of the scenarios.
    let ordered = all.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
    return Table(
      key: key, title: title,
      columns: first + [Column("config", "Configuration", .text)] + Self.outcomes
        + [Column("first", "First rejected", .text)] + last,
      rows: ordered.map(\.element.cells))
  }

  /// `access.log:18204,18207 access.log.1:3`: where to look.
  private func samples(_ row: Impact.Row) -> Cell {
    var places = ""
    var source: Int64?
    for request in row.firstRejections {
      if request.source == source {
        places += ",\(request.line)"
      } else {
        places += (source == nil ? "" : " ") + "\(name(ofSource: request.source)):\(request.line)"
        source = request.source
      }
    }
    return source == nil ? .absent : .text(places)
  }

  private func name(ofSource number: Int64) -> String {
    let path = ledger.first { $0.number == number }?.path ?? "source \(number)"
    return path.split(separator: "/").last.map(String.init) ?? path
  }

  private var minutes: Table {
    var rows: [(rejected: Int64, cells: [Cell])] = []
    for scenario in scenarios {
      for minute in scenario.impact.minutes where minute.rejected > 0 {
        rows.append(
          (
            minute.rejected,
            [
              .timestamp(minute.start), .text(scenario.name), .integer(minute.attempts), .integer(minute.rejected),
              .ratio(minute.rejected, of: minute.attempts),
            ]
          ))
      }
    }
    let ordered = rows.enumerated().sorted { ($1.element.rejected, $0.offset) < ($0.element.rejected, $1.offset) }
    return Table(
      key: "minutes", title: "Worst minutes",
      columns: [
        Column("minute", "Minute", .timestamp), Column("config", "Configuration", .text),
        Column("requests", "Requests", .integer), Column("rejected", "Rejected", .integer),
        Column("rejected_share", "Share", .ratio),
      ], rows: ordered.map(\.element.cells))
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
  private var recordedRejections: Int64 { scenarios.first?.impact.recordedRejections ?? 0 }

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

  private var notes: [String] {
    var notes: [String] = []
    if scenarios.first?.impact.total.requests == 0 {
      notes.append(
        "No request is in the window, so nothing was replayed: 'headroom show sources' lists what is in the store;"
          + " check --since, --until and --where.")
    }
    if clients != .recorded {
      notes.append("Passed, delayed and rejected are attempts, retries included; requests and demand are without them.")
    }
    notes.append(
      trust ?? "How far to trust this is not known yet: 'headroom calibrate --config FILE' replays the configuration that"
        + " wrote the log and compares.")
    if growth != 1 {
      notes.append(
        "Traffic is \(growth) times the recorded: so many times the users, each as busy as before. Sessions (no pause over"
          + " half an hour) are copied whole and shifted by up to 30 s. The same users being busier is another question.")
    }
    if clients == .recorded, let baseline = scenarios.first?.impact, recordedRejections > 0 {
      notes.append(
        "\(UnitText.percentage(recordedRejections, of: baseline.total.attempts)) of the recorded requests were rejected by"
          + " a limit then, and are replayed with their recorded retries; --retries learned replays the demand behind them.")
    }
    for scenario in scenarios { notes += self.notes(of: scenario) }
    notes += uselessColumnNotes
    notes.append("A caller is the consumer, or where the log names none the client address.")
    return notes
  }

  private func notes(of scenario: Scenario) -> [String] {
    var notes: [String] = []
    let impact = scenario.impact
    if let storm = impact.storms.last, !storm.drains, clients != .recorded {
      notes.append(
        "\(scenario.name): the retry storm that begins at \(TimeText.iso(storm.start)) was still going on in the last"
          + " minute of the log"
          + (storm.sustainsItself ? ", whose demand alone is no more than a minute passed: retries keep it up." : "."))
    }
    if impact.model.rules.isEmpty { notes.append("\(scenario.name) has no limit that is read: every request passes.") }
    if impact.withoutArrival > 0 {
      notes.append(
        "\(UnitText.integer(impact.withoutArrival)) requests have no duration, and the log stamps their end: they are taken"
          + " to arrive then. A log format with the duration, or with the start, makes this exact.")
    }
    if let bounds = impact.bounds { notes.append("\(scenario.name): \(words(bounds))") }
    notes += keyNotes(of: scenario)
    let left = scenario.reading.ignored.count
    if left > 0, !explains {
      let settings = left == 1 ? "1 setting was" : "\(UnitText.integer(Int64(left))) settings were"
      notes.append("\(scenario.name): \(settings) not used; --explain lists them.")
    }
    return notes
  }

  /// A `--column` for a name that no limit counts by is most likely misspelt.
  private var uselessColumnNotes: [String] {
    let names = scenarios.flatMap { $0.impact.model.counters }.flatMap(\.key.parts).compactMap { part -> String? in
      switch part {
      case .column: nil
      case .header(let name): name
      case .unlogged(let words): words.lowercased()
      }
    }
    let given = Set(scenarios.flatMap { $0.options.keyColumns.keys })
    return given.subtracting(names).sorted().map { name in
      let meant = NearestWord.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? "."
      return "--column \(name)=… changes nothing: no limit counts by '\(name)'" + meant
    }
  }

  /// Key parts that the log does not have under their own name, and what stands for them.
  private func keyNotes(of scenario: Scenario) -> [String] {
    scenario.impact.model.counters.flatMap { counter in
      counter.key.parts.compactMap { part in
        let name: String
        switch part {
        case .column: return nil
        case .header(let header): name = "the header '\(header)'"
        case .unlogged(let words): name = "'\(words)'"
        }
        guard let column = scenario.options.column(for: part) else {
          return "\(scenario.name): \(counter.name) counts by \(name), which no column holds, so all requests share one"
            + " count; --column NAME=COLUMN says which column stands for it."
        }
        return "\(scenario.name): \(counter.name) counts by \(name); the column \(column.name) stands for it."
      }
    }
  }

  private func words(_ bounds: Impact.Bounds) -> String {
    let range =
      "\(UnitText.integer(bounds.rejected.lowerBound)) to \(UnitText.integer(bounds.rejected.upperBound)) rejections"
    let clock = "the log's clock has steps of \(UnitText.duration(bounds.resolution))"
    return bounds.isProven
      ? "\(clock), so the order inside a step is unknown; every possible order gives \(range)."
      : "\(clock), so the order inside a step is unknown; the \(bounds.orders) orders tried give \(range)."
  }
}

public import Analysis
import Gateways
public import Planning
import Simulation
import Statistics
import Traffic

/// What configurations would have done to the traffic, side by side.
public struct ImpactTables: Sendable {
  /// One configuration.
  public struct Entry: Sendable {
    /// The file as given.
    public var name: String
    public var impact: Impact

    public init(name: String, impact: Impact) {
      self.name = name
      self.impact = impact
    }
  }

  private let entries: [Entry]
  /// Paths of the sources.
  private let ledger: [LedgerEntry]

  public init(_ entries: [Entry], ledger: [LedgerEntry]) {
    self.entries = entries
    self.ledger = ledger
  }

  /// All but the totals.
  public var all: [Table] { [limits, callers, routes, minutes] }

  /// One row per configuration.
  public var totals: Table {
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
      rows: entries.map(totalRow), noun: "configurations")
  }

  private func totalRow(_ entry: Entry) -> [Cell] {
    let impact = entry.impact
    let total = impact.total
    return [
      .text(entry.name), .text(impact.model.product.rawValue), .integer(total.passed), .integer(total.delayed),
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

  /// One row per rule of each configuration.
  public var limits: Table {
    var rows: [[Cell]] = []
    for entry in entries {
      for (rule, row) in zip(entry.impact.model.rules, entry.impact.rules) {
        let place = rule.place.line > 0 ? "\(rule.place.file):\(rule.place.line)" : rule.place.file
        rows.append(
          [.text(entry.name), .text(rule.name), .text(place), .integer(Int64(rule.status))] + blamed(row.counts)
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

  /// Who is hit, most rejected first.
  public var callers: Table {
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

  /// Which routes are hit, most rejected first.
  public var routes: Table {
    table(
      key: "routes", title: "Routes",
      first: [Column("method", "Method", .text), Column("route", "Route", .text)], last: []
    ) {
      $0.impact.routes
    } cells: {
      ([.words($0.method), .text($0.name ?? "(no route)")], [])
    }
  }

  /// Rows of every configuration that something happened to, most rejected first.
  private func table(
    key: String, title: String, first: [Column], last: [Column], rows: (Entry) -> [Impact.Row],
    cells: (Impact.Row) -> (first: [Cell], last: [Cell])
  ) -> Table {
    var all: [(weight: Int64, cells: [Cell])] = []
    for entry in entries {
      for row in rows(entry) where row.counts.rejected + row.counts.delayed + row.counts.rejectedDryRun > 0 {
        let (lead, tail) = cells(row)
        all.append(
          (
            row.counts.rejected + row.counts.rejectedDryRun,
            lead + [.text(entry.name)] + outcomes(row.counts) + [samples(row)] + tail
          ))
      }
    }
    // Stable: rows of one weight stay in the order of the configurations.
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

  /// Minutes with rejections, most rejected first.
  public var minutes: Table {
    var rows: [(rejected: Int64, cells: [Cell])] = []
    for entry in entries {
      for minute in entry.impact.minutes where minute.rejected > 0 {
        rows.append(
          (
            minute.rejected,
            [
              .timestamp(minute.start), .text(entry.name), .integer(minute.attempts), .integer(minute.rejected),
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

  /// What is not known where the clock of the log is coarse.
  public static func words(_ bounds: Impact.Bounds) -> String {
    let range =
      "\(UnitText.integer(bounds.rejected.lowerBound)) to \(UnitText.integer(bounds.rejected.upperBound)) rejections"
    let clock = "the log's clock has steps of \(UnitText.duration(bounds.resolution))"
    let unknown = "\(clock), so the order inside a step is unknown"
    return switch bounds.basis {
    case .everyOrder: "\(unknown); every possible order gives \(range)."
    case .neighbouringLimits: "\(unknown); limits looser and stricter by a step give \(range)."
    case .triedOrders(let orders): "\(unknown); the \(orders) orders tried give \(range)."
    }
  }
}

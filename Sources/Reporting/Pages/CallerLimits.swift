import Analysis
import Gateways
import Simulation
import Traffic

/// The limits in force that count by caller, and how close the busiest callers come to them.
struct CallerLimits {
  private struct Limit {
    var name: String
    var allowed: Int64
    var length: Microseconds
  }

  private var limits: [Limit] = []
  /// Limits that this table cannot hold, with the reason.
  private var left: [String] = []
  private let isConfigured: Bool

  private static let shown = 20

  /// - Parameter key: the column that tells callers apart.
  init(_ configuration: Report.Configuration?, key: ScanColumn) {
    isConfigured = configuration != nil
    guard let configuration else { return }
    let model = configuration.reading.model
    for rule in model.rules {
      let columns = model.counters[rule.counter].key.parts.compactMap { configuration.options.column(for: $0) }
      guard let meter = rule.limiter.quotaMeter else { continue }
      guard columns == [key] else {
        left.append(rule.name)
        continue
      }
      let limit = QuotaLimit(name: rule.name, meter: meter, key: columns).window
      guard limit.limit > 0, limit.window.length.isWholeSeconds else {
        left.append(rule.name)
        continue
      }
      let isKnown = limits.contains { $0.name == rule.name && $0.allowed == limit.limit }
      if !isKnown { limits.append(Limit(name: rule.name, allowed: limit.limit, length: limit.window.length)) }
    }
  }

  /// What peaks to ask for: the usual ones first, then those that limits need.
  var lengths: [Microseconds] {
    let usual = CallerPeaks.usualLengths
    return usual + Set(limits.map(\.length)).subtracting(usual).sorted()
  }

  func blocks(_ usage: CallerTable) -> [Document.Block] {
    guard isConfigured else {
      return [.note("Pressure on limits is told with the gateway's configuration: headroom report -c FILE.")]
    }
    var blocks: [Document.Block] = []
    if !limits.isEmpty { blocks += [.table(table(usage)), .note(Self.note)] }
    if !left.isEmpty {
      blocks.append(
        .note("Not here, as they do not count by \(usage.kind.column.name) alone: \(left.count) limits of the"
          + " configuration; 'headroom show quotas -c FILE' tells them."))
    }
    return blocks
  }

  private static let note =
    "Pressure is a caller's most requests in one window of the clock over what the limit admits in it, counting all of"
    + " its requests: an upper bound where a limit is for some routes only, and a lower one where windows slide. Used up"
    + " after: when a quota of a day or longer is gone at the caller's mean rate of this report, where that is before"
    + " the window ends."

  private func table(_ usage: CallerTable) -> Table {
    let lengths = lengths
    let peaksOf = usage.peaksOf
    var rows: [(pressure: Double, cells: [Cell])] = []
    for limit in limits {
      guard let place = lengths.firstIndex(of: limit.length) else { continue }
      for (caller, _) in usage.busiest where caller.caller != .absent {
        guard let peak = peaksOf[caller.caller]?[place] else { continue }
        let cells: [Cell] = [
          .text(limit.name), usage.nameCell(caller.caller), .duration(limit.length), .integer(limit.allowed),
          .integer(peak.requests), .timestamp(peak.from), .ratio(peak.requests, of: limit.allowed),
          lasts(limit, caller.answers.requests, usage.report.night.span),
        ]
        rows.append((Double(peak.requests) / Double(limit.allowed), cells))
      }
    }
    // Stable: limits in the order of the configuration, callers by requests.
    let ranked = rows.enumerated().sorted {
      ($1.element.pressure, $0.offset) < ($0.element.pressure, $1.offset)
    }
    return Table(
      key: "quota_pressure", title: "Pressure on limits",
      columns: [
        Column("limit", "Limit", .text), Column(usage.kind.column.name, usage.kind.label, .text),
        Column("window", "Window", .duration), Column("allowed", "Admits", .integer),
        Column("peak", "Peak", .integer), Column("peak_from", "Peak from", .timestamp),
        Column("pressure", "Pressure", .ratio), Column("used_up_after", "Used up after", .duration),
      ], rows: ranked.map(\.element.cells), noun: "limits of callers",
      derivation: .command("headroom show quotas -c \(usage.report.configurations.first?.name ?? "FILE")")
    ).cut(to: Self.shown)
  }

  /// Limit × span ÷ requests, where the window is a day or longer and the quota does not last it.
  private func lasts(_ limit: Limit, _ requests: Int64, _ span: Microseconds?) -> Cell {
    guard limit.length >= .day, requests > 0, let span else { return .absent }
    let lasts = Int64(clamping: Int128(limit.allowed) * Int128(span.count) / Int128(requests))
    return lasts < limit.length.count ? .duration(Microseconds(lasts)) : .absent
  }
}

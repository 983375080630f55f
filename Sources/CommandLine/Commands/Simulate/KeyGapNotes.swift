import Gateways
import Planning
import Reporting
import Simulation
import Traffic

/// What becomes of requests that lack what a limit counts by.
struct KeyGapNotes {
  let scenario: Scenario
  let gaps: ColumnGaps

  /// The columns that a scenario's limits count by.
  static func columns(of scenario: Scenario) -> Set<ScanColumn> {
    Set(scenario.impact.model.counters.flatMap(\.key.parts).compactMap { scenario.options.column(for: $0) })
  }

  /// One sentence for all limits of one column and one way with requests that lack it, such as "candidate.conf: no
  /// request has a consumer, by which perkey counts: it limits nobody."
  var sentences: [String] {
    struct Gap: Hashable {
      var column: ScanColumn
      var missing: LimitKey.Missing
    }
    var order: [Gap] = []
    var names: [Gap: [String]] = [:]
    for counter in scenario.impact.model.counters where counter.key.parts.count == 1 {
      guard let column = scenario.options.column(for: counter.key.parts[0]), gaps.requests(without: column) > 0
      else { continue }
      let gap = Gap(column: column, missing: counter.key.missing)
      if names[gap] == nil { order.append(gap) }
      names[gap, default: []].append(counter.name)
    }
    return order.map { sentence($0.column, $0.missing, names[$0] ?? []) }
  }

  private func sentence(_ column: ScanColumn, _ missing: LimitKey.Missing, _ counters: [String]) -> String {
    let (without, all) = (gaps.requests(without: column), gaps.requests)
    let counter = counters[0] + (counters.count > 1 ? " and \(counters.count - 1) more" : "")
    let counts = counters.count > 1 ? "count" : "counts"
    guard without < all else {
      return "\(scenario.name): no request has a \(column.name), by which \(counter) \(counts): \(Self.whole(missing))."
    }
    return "\(scenario.name): \(UnitText.integer(without)) of \(UnitText.integer(all)) requests have no \(column.name), by"
      + " which \(counter) \(counts): \(Self.part(missing))."
  }

  private static func whole(_ missing: LimitKey.Missing) -> String {
    switch missing {
    case .passes: "nobody is limited. The log must say who calls, or --column which column stands for it"
    case .counts: "all share one count"
    case .clientAddress: "all are counted by their address"
    case .rejects: "all are rejected"
    }
  }

  private static func part(_ missing: LimitKey.Missing) -> String {
    switch missing {
    case .passes: "they are not limited"
    case .counts: "they share one count"
    case .clientAddress: "they are counted by their address"
    case .rejects: "they are rejected"
    }
  }
}

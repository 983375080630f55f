internal import Traffic

/// Columns of the table `requests` that are worked out from the row, as the reports count.
enum DerivedColumn: CaseIterable, Hashable, Sendable {
  /// The duration where it says something about the gateway, see `StatusRule.countsForLatency`.
  case latency
  /// The duration but for upgraded connections.
  case busy
  /// See `RequestClass`.
  case requestClass
  /// 1 where a limiter refused it, else 0.
  case limited
  /// 1 where the cache was asked, else 0.
  case lookup
  /// 1 where the cache answered, else 0.
  case served
  /// The gateway as logged, else the node that was named at import.
  case node

  var name: String {
    switch self {
    case .latency: "latency"
    case .busy: "busy"
    case .requestClass: "class"
    case .limited: "limited"
    case .lookup: "lookup"
    case .served: "served"
    case .node: "node"
    }
  }

  var isInteger: Bool { self != .requestClass && self != .node }

  /// What it is worked out from, in the order of `value(_:)`.
  var scanColumns: [ScanColumn] {
    switch self {
    case .latency: [.stored(.duration), .stored(.status), .stored(.outcome)]
    case .busy: [.stored(.duration), .stored(.status)]
    case .requestClass: [.stored(.status), .stored(.limit), .stored(.cache)]
    case .limited: [.stored(.status), .stored(.limit)]
    case .lookup, .served: [.stored(.cache)]
    case .node: [.stored(.gateway), .source]
    }
  }

  /// The value of a row: µs, 0 or 1, or the number of the class; of a node the symbol of the gateway.
  func value(_ row: (Int) -> Int64) -> Int64 {
    switch self {
    case .latency: StatusRule.countsForLatency(status: row(1), outcome: row(2)) ? row(0) : .absent
    case .busy: row(1) == 101 ? .absent : row(0)
    case .requestClass: RequestClass.of(status: row(0), limit: row(1), cache: row(2)).rawValue
    case .limited: StatusRule.isLimited(status: row(0), limit: row(1)) ? 1 : 0
    case .lookup: StatusRule.isLookup(row(0)) ? 1 : 0
    case .served: StatusRule.isServedFromCache(row(0)) ? 1 : 0
    case .node: row(0)
    }
  }

  static let classNames = RequestClass.allCases.map { Array($0.name.utf8) }
}

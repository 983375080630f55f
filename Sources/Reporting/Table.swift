public import Analysis
public import Traffic

/// Rows of typed cells under typed columns.
public struct Table: Hashable, Sendable {
  /// JSON key of the rows.
  public var key: String
  /// Heading above the table; nil when the document's title says it.
  public var title: String?
  public var columns: [Column]
  public var rows: [[Cell]]
  /// One row over *all* rows there are, shown or not; nil where no total makes sense.
  public var total: [Cell]?
  /// Rows there are when `rows` holds only the first of them.
  public var rowsInAll: Int
  /// What the rows are, for the line that announces a cut: "routes".
  public var noun: String
  /// Where the numbers come from; a query gives the rows in order, its columns named as in JSON.
  public var derivation: Derivation?

  public init(
    key: String, title: String? = nil, columns: [Column], rows: [[Cell]] = [], total: [Cell]? = nil,
    noun: String? = nil, derivation: Derivation? = nil
  ) {
    for row in rows { precondition(row.count == columns.count, "a row has one cell per column") }
    precondition(total == nil || total?.count == columns.count, "the total has one cell per column")
    self.key = key
    self.title = title
    self.columns = columns
    self.rows = rows
    self.total = total
    self.rowsInAll = rows.count
    self.noun = noun ?? key
    self.derivation = derivation
  }

  /// The table with at most `limit` rows; total and `rowsInAll` stay those of all rows.
  public func cut(to limit: Int?) -> Table {
    guard let limit, rows.count > limit else { return self }
    var shorter = self
    shorter.rows = Array(rows.prefix(limit))
    return shorter
  }

  /// "20 of 412 routes. Totals are of all routes.", for places where no option shows more.
  var shownNote: String? {
    guard rows.count < rowsInAll else { return nil }
    let note = "\(UnitText.integer(Int64(rows.count))) of \(UnitText.integer(Int64(rowsInAll))) \(noun)."
    return total == nil ? note : note + " Totals are of all \(noun)."
  }

  /// "20 of 412 routes; --all shows the rest", or nil when nothing is cut.
  public var cutNote: String? {
    guard rows.count < rowsInAll else { return nil }
    let shown = UnitText.integer(Int64(rows.count))
    let all = UnitText.integer(Int64(rowsInAll))
    return "\(shown) of \(all) \(noun); --all shows the rest. Totals are of all \(noun)."
  }
}

/// A column: what its cells are and how they are called.
public struct Column: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case text, integer, duration, ratio, rate, bytes, timestamp, flag, series, spread
  }

  /// Name without the unit: `p99`, `errors`.
  public var key: String
  public var label: String
  public var kind: Kind

  public init(_ key: String, _ label: String, _ kind: Kind) {
    self.key = key
    self.label = label
    self.kind = kind
  }

  /// Name with the unit, for JSON and CSV: `p99_us`, `errors_ratio`, `requests_per_second`.
  public var machineKey: String { Self.machineKey(key, kind) }

  static func machineKey(_ key: String, _ kind: Kind) -> String {
    switch kind {
    case .duration: key + "_us"
    case .ratio: key + "_ratio"
    case .rate: key + "_per_second"
    case .bytes: key.hasSuffix("bytes") ? key : key + "_bytes"
    case .text, .integer, .timestamp, .flag, .series, .spread: key
    }
  }

  var alignsRight: Bool { Self.rightAligned.contains(kind) }

  private static let rightAligned: Set<Kind> = [.integer, .duration, .ratio, .rate, .bytes]
}

extension Cell {
  var kind: Column.Kind {
    switch self {
    case .text, .absent: .text
    case .series: .series
    case .spread: .spread
    case .integer, .real: .integer
    case .duration, .tooFew: .duration
    case .ratio: .ratio
    case .rate: .rate
    case .bytes: .bytes
    case .timestamp: .timestamp
    case .flag: .flag
    }
  }
}

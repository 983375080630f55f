/// Recorded or simulated traffic, behind the two operations that everything above the store is written against.
public protocol TrafficSource: Sendable {
  /// Folds the rows of a request, segment by segment, in parallel, merging in stored order: the same result for any
  /// number of threads.
  func scan<Fold: TrafficFold>(_ request: ScanRequest, _ fold: Fold) async throws -> Fold

  /// Grouped counts, sums and latency histograms.
  func cube(_ request: CubeRequest) async throws -> Cube

  /// The text of a symbol; nil for a number the source never gave out.
  func symbolText(_ symbol: Int64) -> String?
}

extension TrafficSource {
  /// The text of a symbol or client address; nil where it is absent or unknown.
  public func text(of value: Int64, in column: ScanColumn) -> String? {
    guard value != .absent else { return nil }
    guard case .stored(.client) = column else { return symbolText(value) }
    return value < ClientAddress.symbolBase
      ? ClientAddress.ipv4Text(value) : symbolText(value - ClientAddress.symbolBase)
  }
}

/// A mergeable one-pass computation over batches of rows.
public protocol TrafficFold: Sendable {
  /// Takes in one batch. Batches of one fold value arrive in order.
  mutating func absorb(_ batch: borrowing ColumnBatch)
  /// Takes in the result of the rows that come after this value's.
  mutating func merge(_ later: Self)
}

/// Which columns of which rows, in which order.
public struct ScanRequest: Sendable {
  /// In which order rows come.
  public enum Order: Sendable, Hashable {
    /// As stored: by source, then by line. Cheapest, parallel.
    case stored
    /// By arrival over all sources; rows of one microsecond in stored order. One batch after another, one fold.
    case arrival
  }

  public var columns: [ScanColumn]
  public var filter: TrafficFilter
  public var order: Order
  /// Worker threads; nil is one per core.
  public var threads: Int?

  public init(
    columns: [ScanColumn], filter: TrafficFilter = TrafficFilter(), order: Order = .stored, threads: Int? = nil
  ) {
    self.columns = columns
    self.filter = filter
    self.order = order
    self.threads = threads
  }
}

/// A column of a scan: one that is stored, or one that is derived.
public enum ScanColumn: Hashable, Sendable {
  case stored(RequestColumn)
  /// Symbol of the route: the template's route, else the gateway's own route name, else absent.
  case route
  /// Number of the source file.
  case source

  public var name: String {
    switch self {
    case .stored(let column): column.name
    case .route: "route"
    case .source: "source"
    }
  }
}

/// Columns of some rows that passed the filter. Valid only inside `absorb`.
@safe
public struct ColumnBatch: ~Copyable {
  public let rows: Int
  private let columns: [UnsafePointer<Int64>]

  /// Adopts pointers that outlive the call to `absorb`, one per column of the request, each `rows` values.
  public init(rows: Int, columns: [UnsafePointer<Int64>]) {
    self.rows = rows
    self.columns = columns
  }

  /// Values of the request's column number `index`; symbols are the store's.
  public subscript(index: Int) -> UnsafeBufferPointer<Int64> {
    UnsafeBufferPointer(start: columns[index], count: rows)
  }
}

/// A conjunction of conditions on rows.
public struct TrafficFilter: Sendable, Hashable {
  /// A test that a row's value in one column must pass.
  public struct Condition: Sendable, Hashable {
    /// The value, on the left, against a number.
    public enum Comparison: Sendable, Hashable { case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual }
    /// What is asked of the value.
    public enum Test: Sendable, Hashable {
      /// Numbers, durations (µs), times and code columns. An absent value never matches.
      case number(Comparison, Int64)
      /// Text columns: equals one of the globs (`*` any run, `?` one character; no wildcard is plain equality).
      case matches([String])
      /// Text columns: present and equal to none of the globs.
      case matchesNone([String])
    }
    public var column: ScanColumn
    public var test: Test
    public init(_ column: ScanColumn, _ test: Test) {
      self.column = column
      self.test = test
    }
  }

  /// Arrival in [since, until).
  public var since: Timestamp?
  public var until: Timestamp?
  public var conditions: [Condition]

  public init(since: Timestamp? = nil, until: Timestamp? = nil, conditions: [Condition] = []) {
    self.since = since
    self.until = until
    self.conditions = conditions
  }
}

/// What to group by and what to measure.
public struct CubeRequest: Sendable {
  /// What rows of a group have in common.
  public enum Dimension: Hashable, Sendable {
    case column(ScanColumn)
    /// Arrival rounded down to a multiple of the bucket length since 1970 UTC, in µs.
    case time(Microseconds)
    /// 1…5 for 1xx…5xx, 0 for anything else.
    case statusClass
  }
  /// What is worked out for each group.
  public enum Measure: Hashable, Sendable {
    /// Sum over rows that have the column; `count` says how many had it.
    case sum(RequestColumn)
    /// LL7 histogram of a duration column.
    case histogram(RequestColumn)
  }

  public var dimensions: [Dimension]
  public var measures: [Measure]
  public var filter: TrafficFilter
  /// Leaves out the rollups of rows that are gone, as a scan does.
  public var onlyRows: Bool
  public var threads: Int?

  public init(
    dimensions: [Dimension], measures: [Measure] = [], filter: TrafficFilter = TrafficFilter(), onlyRows: Bool = false,
    threads: Int? = nil
  ) {
    self.dimensions = dimensions
    self.measures = measures
    self.filter = filter
    self.onlyRows = onlyRows
    self.threads = threads
  }
}

/// Groups by increasing key (compared as integers, dimension by dimension).
public struct Cube: Sendable, Hashable {
  /// The result of one measure, in the order of the request.
  public enum Value: Sendable, Hashable {
    case sum(total: Int64, count: Int64)
    case histogram(LatencyHistogram)
  }
  /// One group.
  public struct Cell: Sendable, Hashable {
    /// One per dimension; `Int64.absent` where the row had no value.
    public var key: [Int64]
    /// Requests of the group.
    public var requests: Int64
    /// One per measure.
    public var values: [Value]
    public init(key: [Int64], requests: Int64, values: [Value]) {
      self.key = key
      self.requests = requests
      self.values = values
    }
  }
  public var cells: [Cell]
  public init(cells: [Cell]) { self.cells = cells }
}

public import Traffic

/// Traffic in memory, row by row: the slow, obvious oracle for the store and for every question.
public struct MemoryTraffic: TrafficSource {
  /// One request; columns that are not there are absent.
  public struct Row: Hashable, Sendable {
    public var values: [RequestColumn: Int64]
    public var route: Int64
    public var source: Int64

    public init(_ values: [RequestColumn: Int64], route: Int64 = .absent, source: Int64 = 1) {
      self.values = values
      self.route = route
      self.source = source
    }

    public subscript(column: RequestColumn) -> Int64 { values[column] ?? .absent }

    public subscript(column: ScanColumn) -> Int64 {
      switch column {
      case .stored(let column): self[column]
      case .route: route
      case .source: source
      }
    }
  }

  public var rows: [Row] = []
  public private(set) var symbols: [String] = []
  private var numbers: [String: Int64] = [:]
  /// Rows of one batch, and batches of one fold before it is merged: small numbers test merging.
  public var batchRows = 7
  public var batchesPerFold = 2

  public init() {}

  /// The symbol of a text, new or known.
  public mutating func symbol(_ text: String) -> Int64 {
    if let number = numbers[text] { return number }
    numbers[text] = Int64(symbols.count)
    symbols.append(text)
    return Int64(symbols.count - 1)
  }

  public func symbolText(_ symbol: Int64) -> String? {
    symbols.indices.contains(Int(clamping: symbol)) ? symbols[Int(symbol)] : nil
  }

  // MARK: Scan

  public func scan<Fold: TrafficFold>(_ request: ScanRequest, _ fold: Fold) async throws -> Fold {
    var rows = matching(request.filter)
    var result = fold
    guard request.order == .stored else {
      rows = rows.enumerated().sorted { a, b in
        (a.element[.arrival], a.offset) < (b.element[.arrival], b.offset)
      }.map(\.element)
      for batch in Self.chunks(rows, of: batchRows) { Self.absorb(batch, request.columns, into: &result) }
      return result
    }
    for batches in Self.chunks(Self.chunks(rows, of: batchRows), of: batchesPerFold) {
      var part = fold
      for batch in batches { Self.absorb(batch, request.columns, into: &part) }
      result.merge(part)
    }
    return result
  }

  private static func absorb<Fold: TrafficFold>(_ rows: [Row], _ columns: [ScanColumn], into fold: inout Fold) {
    let values = columns.map { column in
      let pointer = UnsafeMutablePointer<Int64>.allocate(capacity: max(1, rows.count))
      for (index, row) in rows.enumerated() { (pointer + index).initialize(to: row[column]) }
      return pointer
    }
    defer { for pointer in values { pointer.deallocate() } }
    fold.absorb(ColumnBatch(rows: rows.count, columns: values.map { UnsafePointer($0) }))
  }

  private static func chunks<Element>(_ elements: [Element], of size: Int) -> [[Element]] {
    stride(from: 0, to: elements.count, by: size).map { Array(elements[$0..<min($0 + size, elements.count)]) }
  }

  // MARK: Cube

  public func cube(_ request: CubeRequest) async throws -> Cube {
    var groups: [[Int64]: [Row]] = [:]
    for row in matching(request.filter) {
      groups[request.dimensions.map { Self.key($0, row) }, default: []].append(row)
    }
    let cells = groups.map { key, rows in
      Cube.Cell(key: key, requests: Int64(rows.count), values: request.measures.map { Self.value($0, rows) })
    }
    return Cube(cells: cells.sorted { $0.key.lexicographicallyPrecedes($1.key) })
  }

  private static func key(_ dimension: CubeRequest.Dimension, _ row: Row) -> Int64 {
    switch dimension {
    case .column(let column): return row[column]
    case .time(let length):
      let arrival = row[.arrival]
      return arrival - ((arrival % length.count) + length.count) % length.count
    case .statusClass:
      let status = row[.status]
      return (100...599).contains(status) ? status / 100 : 0
    }
  }

  private static func value(_ measure: CubeRequest.Measure, _ rows: [Row]) -> Cube.Value {
    switch measure {
    case .sum(let column):
      let values = rows.map { $0[column] }.filter { $0 != .absent }
      return .sum(total: values.reduce(0, +), count: Int64(values.count))
    case .histogram(let column):
      return .histogram(histogram(rows.map { $0[column] }.filter { $0 != .absent }))
    }
  }

  /// The LL7 histogram of some durations.
  public static func histogram(_ values: [Int64]) -> LatencyHistogram {
    var histogram = LatencyHistogram()
    var counts: [Int: UInt64] = [:]
    for value in values {
      histogram.count += 1
      histogram.sum += UInt64(value)
      histogram.minimum = min(histogram.minimum, value)
      histogram.maximum = max(histogram.maximum, value)
      if value >= LatencyBuckets.overflowThreshold {
        histogram.overflow += 1
      } else {
        counts[LatencyBuckets.index(of: value), default: 0] += 1
      }
    }
    histogram.buckets = counts.sorted { $0.key < $1.key }.map { (UInt16($0.key), $0.value) }
    return histogram
  }

  // MARK: Filter

  /// The rows that pass a filter, in stored order.
  public func matching(_ filter: TrafficFilter) -> [Row] {
    rows.filter { row in
      if let since = filter.since, row[.arrival] < since.microseconds { return false }
      if let until = filter.until, row[.arrival] >= until.microseconds { return false }
      return filter.conditions.allSatisfy { passes(row[$0.column], $0) }
    }
  }

  private func passes(_ value: Int64, _ condition: TrafficFilter.Condition) -> Bool {
    guard value != .absent else { return false }
    switch condition.test {
    case .number(let comparison, let bound):
      switch comparison {
      case .equal: return value == bound
      case .notEqual: return value != bound
      case .less: return value < bound
      case .lessOrEqual: return value <= bound
      case .greater: return value > bound
      case .greaterOrEqual: return value >= bound
      }
    case .matches(let globs): return globs.contains { Self.glob($0, text(value, condition.column)) }
    case .matchesNone(let globs): return !globs.contains { Self.glob($0, text(value, condition.column)) }
    }
  }

  private func text(_ value: Int64, _ column: ScanColumn) -> String {
    if case .stored(.client) = column {
      if value < ClientAddress.symbolBase { return ClientAddress.ipv4Text(value) }
      return symbolText(value - ClientAddress.symbolBase) ?? ""
    }
    return symbolText(value) ?? ""
  }

  /// `*` any run, `?` one character.
  static func glob(_ pattern: String, _ text: String) -> Bool {
    glob(Array(pattern)[...], Array(text)[...])
  }

  private static func glob(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return glob(pattern.dropFirst(), text) || (!text.isEmpty && glob(pattern, text.dropFirst()))
    }
    guard let next = text.first, first == "?" || first == next else { return false }
    return glob(pattern.dropFirst(), text.dropFirst())
  }
}

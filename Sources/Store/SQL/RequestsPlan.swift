internal import CSQLite
internal import Traffic

/// What SQLite and the table `requests` agreed on for one pass: which columns will be asked for, and which comparisons
/// the table evaluates before rows are handed over.
///
/// SQLite checks every comparison again, so what is pushed down may let too many rows through but never too few.
///
///     columns used as a bit mask; the column by which rows come, -1 for stored order;
///     then column and operator of every argument:   "1a3f;8;3,4;12,2"
struct RequestsPlan {
  struct Pushed {
    var column: RequestsColumn
    var operation: Int32
  }

  var used: UInt64
  var pushed: [Pushed] = []
  /// Index of the column by which rows come, for GROUP BY without SQLite's sort.
  var grouping: Int?

  private static let ranges: Set<Int32> = [
    SQLITE_INDEX_CONSTRAINT_GT, SQLITE_INDEX_CONSTRAINT_GE, SQLITE_INDEX_CONSTRAINT_LT, SQLITE_INDEX_CONSTRAINT_LE,
  ]

  static func canPush(_ column: RequestsColumn, _ operation: Int32) -> Bool {
    guard column.filterColumn != nil else { return false }
    if column.isInteger { return operation == SQLITE_INDEX_CONSTRAINT_EQ || ranges.contains(operation) }
    if column == .time { return ranges.contains(operation) }
    return operation == SQLITE_INDEX_CONSTRAINT_EQ
  }

  // MARK: As text, which SQLite keeps between planning and running

  var text: String {
    let parts = pushed.map { "\(RequestsColumn.all.firstIndex(of: $0.column) ?? 0),\($0.operation)" }
    return ([String(used, radix: 16), String(grouping ?? -1)] + parts).joined(separator: ";")
  }

  init(used: UInt64) { self.used = used }

  init?(text: String) {
    let parts = text.split(separator: ";")
    guard parts.count >= 2, let used = UInt64(parts[0], radix: 16), let grouping = Int(parts[1]),
      grouping < RequestsColumn.all.count
    else { return nil }
    self.used = used
    self.grouping = grouping >= 0 ? grouping : nil
    for part in parts.dropFirst(2) {
      let numbers = part.split(separator: ",").compactMap { Int32($0) }
      guard numbers.count == 2, Int(numbers[0]) < RequestsColumn.all.count else { return nil }
      pushed.append(Pushed(column: RequestsColumn.all[Int(numbers[0])], operation: numbers[1]))
    }
  }

  func uses(_ index: Int) -> Bool { used >> UInt64(min(index, 63)) & 1 != 0 }

  // MARK: Grouping

  /// Whether equal values of a column are equal numbers, so that rows can be put in order by few comparisons.
  static func canGroup(_ column: RequestsColumn) -> Bool {
    switch column {
    case .template, .route: true
    case .stored(let stored): stored.kind != .address
    case .time, .path, .source, .trace, .derived: false
    }
  }

  /// Bytes that bringing together takes for each row.
  var bytesPerGroupedRow: Int {
    let values = RequestsColumn.all.indices.filter(uses).flatMap { RequestsColumn.all[$0].scanColumns }.count
    return values * MemoryLayout<Int64>.size + 2 * MemoryLayout<UInt32>.size
  }

  // MARK: Filter

  /// The filter that the arguments make; a comparison with a value of another kind is left to SQLite.
  func filter(_ arguments: [SQLValue]) -> TrafficFilter {
    var filter = TrafficFilter()
    for (pushed, value) in zip(pushed, arguments) {
      guard let column = pushed.column.filterColumn, let test = Self.test(pushed, value) else { continue }
      filter.conditions.append(TrafficFilter.Condition(column, test))
    }
    return filter
  }

  private static func test(_ pushed: Pushed, _ value: SQLValue) -> TrafficFilter.Condition.Test? {
    switch (pushed.column, value) {
    case (.time, .text(let text)): return TimeText.startOfDay(text).flatMap { dayTest(pushed.operation, $0, text) }
    case (.time, _): return nil
    case (let column, .integer(let number)) where column.isInteger: return test(pushed.operation, number)
    case (let column, .real(let number)) where column.isInteger: return test(pushed.operation, number)
    case (let column, .text(let text)) where !column.isInteger: return .matches([text])
    default: return nil
    }
  }

  private static func test(_ operation: Int32, _ number: Int64) -> TrafficFilter.Condition.Test? {
    switch operation {
    case SQLITE_INDEX_CONSTRAINT_EQ: .number(.equal, number)
    case SQLITE_INDEX_CONSTRAINT_GT: .number(.greater, number)
    case SQLITE_INDEX_CONSTRAINT_GE: .number(.greaterOrEqual, number)
    case SQLITE_INDEX_CONSTRAINT_LT: .number(.less, number)
    case SQLITE_INDEX_CONSTRAINT_LE: .number(.lessOrEqual, number)
    default: nil
    }
  }

  /// Bounds that are no whole numbers are widened to the next ones.
  private static func test(_ operation: Int32, _ number: Double) -> TrafficFilter.Condition.Test? {
    guard abs(number) < 9e15 else { return nil }
    switch operation {
    case SQLITE_INDEX_CONSTRAINT_GT, SQLITE_INDEX_CONSTRAINT_GE:
      return .number(.greaterOrEqual, Int64(number.rounded(.down)))
    case SQLITE_INDEX_CONSTRAINT_LT, SQLITE_INDEX_CONSTRAINT_LE:
      return .number(.lessOrEqual, Int64(number.rounded(.up)))
    default: return nil
    }
  }

  /// `time` against a text that begins with a day: bounds widened to whole days.
  private static func dayTest(_ operation: Int32, _ start: Int64, _ text: String) -> TrafficFilter.Condition.Test? {
    switch operation {
    case SQLITE_INDEX_CONSTRAINT_GT, SQLITE_INDEX_CONSTRAINT_GE: .number(.greaterOrEqual, start)
    case SQLITE_INDEX_CONSTRAINT_LT, SQLITE_INDEX_CONSTRAINT_LE:
      .number(.lessOrEqual, text.utf8.count > 10 ? start + 86_400_000_000 : start)
    default: nil
    }
  }
}

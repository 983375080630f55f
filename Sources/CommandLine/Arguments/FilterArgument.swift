import Scanning
import Reporting
import Traffic

/// `--where`: conditions such as `route=/api/* status>=500 duration>250ms consumer!=x`, all of which must hold.
///
///     condition: COLUMN OPERATOR VALUE      operators = != < <= > >=
///     value:     up to the next space, or "in double quotes"; texts may list alternatives: method=GET,HEAD
enum FilterArgument {
  static func conditions(_ text: String, clock: DisplayClock) throws(UsageError) -> [TrafficFilter.Condition] {
    var conditions: [TrafficFilter.Condition] = []
    for word in try words(text) { conditions += try condition(word, clock: clock) }
    return conditions
  }

  /// A condition as written: the values are still text.
  private struct Word {
    var text: String
    var column: String
    var comparison: String
    var values: [String]
  }

  // MARK: Words

  private static func words(_ text: String) throws(UsageError) -> [Word] {
    var words: [Word] = []
    var rest = text[...].drop { $0 == " " }
    while !rest.isEmpty {
      let start = rest
      let column = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      rest = rest.dropFirst(column.count)
      guard let comparison = ["!=", "<=", ">=", "=", "<", ">"].first(where: { rest.hasPrefix($0) }), !column.isEmpty
      else {
        let word = String(start.prefix { $0 != " " })
        throw UsageError(.badCondition(word, why: "expected COLUMN, then = != < <= > or >=, then a value"))
      }
      rest = rest.dropFirst(comparison.count)
      let values = try values(&rest)
      let written = String(start.prefix(start.count - rest.count))
      words.append(Word(text: written, column: String(column), comparison: comparison, values: values))
      rest = rest.drop { $0 == " " }
    }
    return words
  }

  /// Comma-separated values up to the next space; inside double quotes both are ordinary.
  private static func values(_ rest: inout Substring) throws(UsageError) -> [String] {
    var values = [""]
    var isQuoted = false
    while let character = rest.first, isQuoted || character != " " {
      rest.removeFirst()
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: values.append("")
      default: values[values.count - 1].append(character)
      }
    }
    guard !isQuoted else {
      throw UsageError(.badCondition(values.joined(separator: ","), why: "a quote is not closed"))
    }
    return values
  }

  // MARK: Conditions

  static let columnNames = ["route", "source"] + RequestColumn.allCases.map(\.name)

  private static func condition(_ word: Word, clock: DisplayClock) throws(UsageError) -> [TrafficFilter.Condition] {
    if word.column == "route" { return [try text(word, .route)] }
    if word.column == "source" {
      return [.init(.source, .number(try comparison(word), try integer(word, "the number of a source")))]
    }
    guard let column = RequestColumn(name: word.column) else {
      throw UsageError(
        .unknownColumn(word.column), suggestion: NearestWord.nearest(to: word.column, among: columnNames))
    }
    let scan = ScanColumn.stored(column)
    switch column.kind {
    case .symbol, .address: return [try text(word, scan)]
    case .code: return [.init(scan, .number(try comparison(word), try code(word, column)))]
    case .duration: return [.init(scan, .number(try comparison(word), try duration(word)))]
    case .time: return [.init(scan, .number(try comparison(word), try instant(word, clock)))]
    case .integer where column == .status || column == .upstreamStatus: return try status(word, scan)
    case .integer where column == .bytesIn || column == .bytesOut:
      return [.init(scan, .number(try comparison(word), try bytes(word)))]
    case .integer, .word: return [.init(scan, .number(try comparison(word), try integer(word, "a number")))]
    }
  }

  private static func text(_ word: Word, _ column: ScanColumn) throws(UsageError) -> TrafficFilter.Condition {
    switch word.comparison {
    case "=": return .init(column, .matches(word.values))
    case "!=": return .init(column, .matchesNone(word.values))
    default: throw UsageError(.badCondition(word.text, why: "'\(word.column)' is text: use = or !="))
    }
  }

  private static func comparison(_ word: Word) throws(UsageError) -> TrafficFilter.Condition.Comparison {
    switch word.comparison {
    case "=": return .equal
    case "!=": return .notEqual
    case "<": return .less
    case "<=": return .lessOrEqual
    case ">": return .greater
    default: return .greaterOrEqual
    }
  }

  private static func single(_ word: Word) throws(UsageError) -> String {
    guard word.values.count == 1 else {
      throw UsageError(
        .badCondition(word.text, why: "'\(word.column)' takes one value; give two conditions for a range"))
    }
    return word.values[0]
  }

  private static func integer(_ word: Word, _ expected: String) throws(UsageError) -> Int64 {
    guard let value = Int64(try single(word)), value != .absent else {
      throw UsageError(.badCondition(word.text, why: "expected \(expected)"))
    }
    return value
  }

  private static func duration(_ word: Word) throws(UsageError) -> Int64 {
    let value = try single(word)
    do { return try UnitText.parseDuration(value).count } catch {
      throw UsageError(.badCondition(word.text, why: "expected \(error.expected)"))
    }
  }

  private static func bytes(_ word: Word) throws(UsageError) -> Int64 {
    let value = try single(word)
    do { return try UnitText.parseBytes(value) } catch {
      throw UsageError(.badCondition(word.text, why: "expected \(error.expected)"))
    }
  }

  private static func instant(_ word: Word, _ clock: DisplayClock) throws(UsageError) -> Int64 {
    guard let instant = TimeArgument.instant(try single(word), clock: clock) else {
      throw UsageError(.badCondition(word.text, why: "expected a time such as 2026-11-22T08:00"))
    }
    return instant.microseconds
  }

  private static func code(_ word: Word, _ column: RequestColumn) throws(UsageError) -> Int64 {
    let value = try single(word)
    guard word.comparison == "=" || word.comparison == "!=" else {
      throw UsageError(.badCondition(word.text, why: "'\(word.column)' is a word: use = or !="))
    }
    guard let code = column.codeNames.firstIndex(where: { $0.lowercased() == value.lowercased() }) else {
      throw UsageError(
        .badCondition(word.text, why: "expected one of " + column.codeNames.joined(separator: ", ")),
        suggestion: NearestWord.nearest(to: value, among: column.codeNames))
    }
    return Int64(code)
  }

  /// A number, or a class such as `5xx`.
  private static func status(_ word: Word, _ column: ScanColumn) throws(UsageError) -> [TrafficFilter.Condition] {
    let value = try single(word).lowercased()
    guard value.count == 3, value.hasSuffix("xx"), let hundreds = value.first?.wholeNumberValue else {
      return [.init(column, .number(try comparison(word), try integer(word, "a status such as 503 or 5xx")))]
    }
    guard word.comparison == "=" else {
      throw UsageError(.badCondition(word.text, why: "a class of statuses can only be compared with ="))
    }
    let low = Int64(hundreds) * 100
    return [.init(column, .number(.greaterOrEqual, low)), .init(column, .number(.less, low + 100))]
  }
}

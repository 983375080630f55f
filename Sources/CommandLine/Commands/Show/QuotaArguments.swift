import Analysis
import Reporting
import Scanning
import Traffic

/// `--limit`, `--burst` and `--key`: limits given by hand.
struct QuotaArguments {
  static let options = [
    Option(
      name: "limit", value: "RATE", summary: "a limit to hold the traffic against: 10r/s, 600/m, 5000/d, 1000000/month",
      isRepeatable: true),
    Option(name: "burst", value: "N", summary: "a token bucket of N tokens, refilled at --limit, instead of windows"),
    Option(
      name: "key", value: "COLUMNS",
      summary: "what --limit counts by: up to two columns such as consumer,route, or 'all'"
        + " (default: consumer, else client)"),
  ]

  let invocation: Invocation

  func limits() throws -> [QuotaLimit] {
    let key = try key()
    let burst = try invocation.count("burst").map(Int64.init)
    let texts = invocation.values("limit")
    for option in ["burst", "key"] where invocation.has(option) && texts.isEmpty {
      throw UsageError(.missingValue(option: "--limit", placeholder: "RATE"), command: invocation.command.words)
    }
    return try texts.map { text in
      let (count, window) = try rate(text)
      let meter: QuotaLimit.Meter = burst.map { .bucket(count: count, period: window.length.count, capacity: $0) }
        ?? .window(limit: count, window)
      return QuotaLimit(
        name: text + (burst.map { " burst \($0)" } ?? ""), meter: meter, key: key,
        missing: key.first == .stored(.consumer) ? .clientAddress : .counts)
    }
  }

  private func rate(_ text: String) throws -> (count: Int64, window: QuotaWindow) {
    let (count, window) = try Self.rate(text)
    return (try positive(count, text), window)
  }

  /// `600/m`, and months and years of the calendar: `1000000/month`.
  static func rate(_ text: String) throws(UnitText.SyntaxError) -> (count: Int64, window: QuotaWindow) {
    let calendar: [(suffix: String, window: QuotaWindow)] = [
      ("/month", .month), ("/year", .year), ("/week", .week), ("/w", .week),
    ]
    for (suffix, window) in calendar where text.hasSuffix(suffix) {
      return (try UnitText.parseRate(String(text.dropLast(suffix.count)) + "/d").count, window)
    }
    let rate = try UnitText.parseRate(text)
    return (rate.count, .fixed(length: rate.period.count, origin: 0))
  }

  private func positive(_ count: Int64, _ text: String) throws -> Int64 {
    guard count > 0 else { throw invocation.invalid("--limit", text, expected: "a rate above 0") }
    return count
  }

  private func key() throws -> [ScanColumn] {
    guard let text = invocation.value("key") else { return [.stored(.consumer)] }
    if text == "all" { return [] }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.count <= QuotaLimit.longestKey else {
      throw invocation.invalid("--key", text, expected: "at most \(QuotaLimit.longestKey) columns")
    }
    return try names.map { name in
      if name == ScanColumn.route.name { return .route }
      guard let column = RequestColumn(name: name) else {
        throw UsageError(
          .unknownColumn(name), command: invocation.command.words,
          suggestion: NearestWord.nearest(to: name, among: FilterArgument.columnNames + ["all"]))
      }
      return .stored(column)
    }
  }
}

import Scanning

/// The parameters of one limit, read with their units and inside of what the replay computes exactly.
struct PlanParameters {
  let settings: Settings

  init(_ settings: Settings) { self.settings = settings }

  /// Requests; more than anybody counts, and far from overflow.
  static let counts: ClosedRange<Int64> = 0...1_000_000_000_000
  /// µs; a bit more than 30 years.
  static let durations: ClosedRange<Int64> = 0...1_000_000_000_000_000

  // MARK: Numbers

  func count(_ key: String, atLeast least: Int64 = 0) throws(ConfigurationError) -> Int64? {
    try settings.integer(key, in: least...Self.counts.upperBound)
  }

  func requiredCount(_ key: String, atLeast least: Int64 = 0) throws(ConfigurationError) -> Int64 {
    guard let count = try count(key, atLeast: least) else { throw settings.missing(key) }
    return count
  }

  /// A whole number, or the word `unbounded` for `.max`.
  func countOrUnbounded(_ key: String) throws(ConfigurationError) -> Int64? {
    if try settings.text(key) == "unbounded" { return .max }
    return try count(key)
  }

  func requiredNumber(_ key: String, in range: ClosedRange<Double>) throws(ConfigurationError) -> Double {
    guard let number = try settings.number(key) else { throw settings.missing(key) }
    guard range.contains(number) else {
      throw settings.bad(key, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// The texts of a list, or a single one, each with its place.
  func places(_ key: String) throws(ConfigurationError) -> [(text: String, place: ConfigurationPlace)] {
    guard let value = settings.value(key) else { return [] }
    let texts = try settings.texts(key)
    let elements = if case .list(let elements) = value.value { elements } else { [value] }
    return zip(texts, elements).map { ($0, $1.place(in: settings.file)) }
  }

  func flag(_ key: String, default value: Bool = false) throws(ConfigurationError) -> Bool {
    try settings.flag(key) ?? value
  }

  func choice<Choice: RawRepresentable<String>>(
    _ key: String, of choices: [Choice], default value: Choice
  ) throws(ConfigurationError) -> Choice {
    try settings.choice(key, of: choices.map(\.rawValue)).flatMap(Choice.init(rawValue:)) ?? value
  }

  // MARK: Units

  /// In µs.
  func duration(_ key: String, atLeast least: Int64 = 0) throws(ConfigurationError) -> Int64? {
    guard let text = try settings.text(key) else { return nil }
    let length: Int64
    do throws(Quantity.SyntaxError) { length = try Quantity.duration(text) } catch {
      throw settings.bad(key, expected: error.expected)
    }
    guard (least...Self.durations.upperBound).contains(length) else {
      throw settings.bad(
        key, expected: "a duration of at least \(Quantity.durationText(least)) and at most 30 years")
    }
    return length
  }

  func requiredDuration(_ key: String, atLeast least: Int64 = 1) throws(ConfigurationError) -> Int64 {
    guard let length = try duration(key, atLeast: least) else { throw settings.missing(key) }
    return length
  }

  func rate(_ key: String = "rate") throws(ConfigurationError) -> LimitRate {
    guard let text = try settings.text(key) else { throw settings.missing(key) }
    let rate: Quantity.Rate
    do throws(Quantity.SyntaxError) { rate = try Quantity.rate(text) } catch {
      throw settings.bad(key, expected: error.expected)
    }
    guard Self.counts.contains(rate.count), Self.durations.contains(rate.period) else {
      throw settings.bad(key, expected: "at most \(Self.counts.upperBound) requests in at most 30 years")
    }
    return LimitRate(rate.count, per: rate.period)
  }

  /// So many requests in a time, as `rate: 600/m` or as `limit` and `window`.
  func limitAndWindow() throws(ConfigurationError) -> (limit: Int64, window: Int64) {
    if settings.has("rate") {
      try exclude(["limit", "window"], besides: "rate")
      let rate = try rate()
      return (rate.count, rate.period)
    }
    guard settings.has("limit") || settings.has("window") else {
      throw settings.missing("rate (or limit and window)")
    }
    return (try requiredCount("limit"), try requiredDuration("window"))
  }

  /// So many requests in a unit of the calendar, as `rate: 600/m` or as `limit` and `per: month`.
  func limitAndUnit() throws(ConfigurationError) -> (limit: Int64, unit: CalendarUnit) {
    guard settings.has("rate") else {
      guard
        let unit = try settings.choice("per", of: CalendarUnit.allCases.map(\.rawValue)).flatMap(
          CalendarUnit.init(rawValue:))
      else { throw settings.missing(settings.has("limit") ? "per" : "rate (or limit and per)") }
      return (try requiredCount("limit"), unit)
    }
    try exclude(["limit", "per"], besides: "rate")
    let rate = try rate()
    guard let unit = Self.units[rate.period] else {
      throw settings.bad("rate", expected: "a rate per s, m, h, d or w; 'limit' with 'per' says a month or year")
    }
    return (rate.count, unit)
  }

  private static let units: [Int64: CalendarUnit] = [
    1_000_000: .second, 60_000_000: .minute, 3_600_000_000: .hour, 86_400_000_000: .day, 604_800_000_000: .week,
  ]

  func exclude(_ keys: [String], besides other: String) throws(ConfigurationError) {
    for key in keys where settings.has(key) {
      throw ConfigurationError(.contradiction("'\(key)' beside '\(other)'"), at: settings.place(of: key))
    }
  }

  // MARK: Arithmetic

  /// `a × b ÷ c`, floored, for a and b not negative and c above 0.
  /// - Throws: `.badValue` for the key where the result leaves 64 bits.
  func scaled(_ a: Int64, by b: Int64, over c: Int64, _ key: String) throws(ConfigurationError) -> Int64 {
    let product = a.multipliedFullWidth(by: b)
    // The quotient has 63 bits exactly where the product is below c × 2⁶³.
    let (doubled, overflow) = product.high.multipliedReportingOverflow(by: 2)
    guard a >= 0, b >= 0, !overflow, doubled + Int64(product.low >> 63) < c else {
      throw settings.bad(key, expected: "a smaller number")
    }
    return c.dividingFullWidth(product).quotient
  }
}

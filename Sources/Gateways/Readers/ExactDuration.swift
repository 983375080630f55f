import Scanning

/// Durations as people write them in configurations, exact to the microsecond.
enum ExactDuration {
  /// Protobuf's JSON form: decimal seconds and `s`, such as `0.05s`; nil for anything else, for negative ones and for
  /// such as are finer than a microsecond.
  static func protobuf(_ text: String) -> Int64? {
    guard text.hasSuffix("s") else { return nil }
    return decimal(text.dropLast()).flatMap { $0.scaled(by: 1_000_000) }
  }

  /// Go's form, such as `1m30s` or `1.5h`; nil where it is none, negative or finer than a microsecond.
  static func go(_ text: String) -> Int64? {
    if text == "0" { return 0 }
    var rest = Substring(text)
    if rest.hasPrefix("+") { rest.removeFirst() }
    guard !rest.isEmpty, rest.utf8.count <= 64 else { return nil }
    var total: Int64 = 0
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(number.count)
      let name = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
      rest = rest.dropFirst(name.count)
      guard let unit = goUnits[String(name)], let part = decimal(number)?.scaled(by: unit) else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(part)
      guard !overflow else { return nil }
      total = sum
    }
    return wholeMicroseconds(total)
  }

  /// `50000` as `50ms`, `1500000` as `1500ms`, `60000000` as `60s`: a form that Go reads.
  static func goText(_ microseconds: Int64) -> String {
    if microseconds % 1_000_000 == 0 { return "\(microseconds / 1_000_000)s" }
    if microseconds % 1_000 == 0 { return "\(microseconds / 1_000)ms" }
    return "\(microseconds)us"
  }

  /// `1500000` as `1.5s`: the form that protobuf reads.
  /// - Parameter microseconds: not negative.
  static func protobufText(_ microseconds: Int64) -> String {
    (ExactDecimal(digits: microseconds, places: 6)?.text ?? "0") + "s"
  }

  private static let goUnits: [String: Int64] = [
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
    "h": 3_600_000_000_000,
  ]

  private static func wholeMicroseconds(_ nanoseconds: Int64) -> Int64? {
    nanoseconds % 1_000 == 0 ? nanoseconds / 1_000 : nil
  }

  /// A number as Go has it: digits may be missing before the point or behind it; nil for anything else.
  private static func decimal(_ text: Substring) -> ExactDecimal? {
    guard text != ".", text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }), !text.isEmpty else { return nil }
    return ExactDecimal("\(text.hasPrefix(".") ? "0" : "")\(text)\(text.hasSuffix(".") ? "0" : "")")
  }
}

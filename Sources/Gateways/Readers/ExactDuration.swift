/// Durations as people write them in configurations, exact to the microsecond.
enum ExactDuration {
  /// Protobuf's JSON form: decimal seconds and `s`, such as `0.05s`; nil for anything else, for negative ones and for
  /// such as are finer than a microsecond.
  static func protobuf(_ text: String) -> Int64? {
    guard text.hasSuffix("s") else { return nil }
    return decimal(text.dropLast(), unit: 1_000_000_000).flatMap(wholeMicroseconds)
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
      guard let unit = goUnits[String(name)], let part = decimal(number, unit: unit) else { return nil }
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
  static func protobufText(_ microseconds: Int64) -> String {
    let fraction = microseconds % 1_000_000
    guard fraction != 0 else { return "\(microseconds / 1_000_000)s" }
    var digits = String(fraction)
    digits = String(repeating: "0", count: 6 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(microseconds / 1_000_000).\(digits)s"
  }

  private static let goUnits: [String: Int64] = [
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
    "h": 3_600_000_000_000,
  ]

  private static func wholeMicroseconds(_ nanoseconds: Int64) -> Int64? {
    nanoseconds % 1_000 == 0 ? nanoseconds / 1_000 : nil
  }

  /// A decimal number of a unit, in the unit's parts; nil for no number, one too large, or one with a finer part.
  private static func decimal(_ text: Substring, unit: Int64) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else { return nil }
    guard parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return nil }
    guard let whole = parts[0].isEmpty ? 0 : Int64(parts[0]) else { return nil }
    let (total, overflow) = whole.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    guard parts.count == 2, let fraction = fraction(parts[1], of: unit) else {
      return parts.count == 2 ? nil : total
    }
    let (sum, tooMuch) = total.addingReportingOverflow(fraction)
    return tooMuch ? nil : sum
  }

  private static func fraction(_ digits: Substring, of unit: Int64) -> Int64? {
    var (rest, result) = (unit, Int64(0))
    for digit in digits.utf8 {
      let value = Int64(digit - 48)
      guard rest % 10 == 0 || value == 0 else {
        // Such as half an hour, 0.5 of 3600 s, after all tens are used up.
        return nil
      }
      rest /= 10
      result += rest * value
    }
    return result
  }
}

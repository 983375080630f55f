import Scanning

/// Numbers as JSON and YAML writers print them, kept exact.
extension Settings {
  /// - Throws: `.badValue` for anything that is no decimal number ≥ 0 of at most 18 digits.
  func decimal(_ key: String) throws(ConfigurationError) -> ExactDecimal? {
    guard let text = try text(key) else { return nil }
    guard let number = ExactDecimal(text) else { throw bad(key, expected: "a number, at least 0") }
    return number
  }

  /// A whole number, also as `100.0` or `1e3`.
  /// - Throws: `.badValue` for anything else or outside of `range`.
  func count(_ key: String, in range: ClosedRange<Int64> = 0...Int64.max) throws(ConfigurationError) -> Int64? {
    guard let text = try text(key) else { return nil }
    guard let number = ExactDecimal(text), number.places == 0, range.contains(number.digits) else {
      let upper = range.upperBound == .max ? "" : " and at most \(range.upperBound)"
      throw bad(key, expected: "a whole number, at least \(range.lowerBound)\(upper)")
    }
    return number.digits
  }
}

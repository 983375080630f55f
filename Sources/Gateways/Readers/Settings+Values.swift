import Scanning

/// Single values by their key; nil where the key is absent or null. Every one throws `.badValue` for any other text.
extension Settings {
  package func text(_ key: String) throws(ConfigurationError) -> String? {
    guard let value = value(key) else { return nil }
    guard case .scalar(let scalar) = value.value else { throw bad(key, expected: "a single value") }
    return scalar.text
  }

  /// The texts of a list, or a single one.
  package func texts(_ key: String) throws(ConfigurationError) -> [String] {
    guard let value = value(key) else { return [] }
    if case .scalar(let scalar) = value.value { return [scalar.text] }
    var result: [String] = []
    for element in try list(key) {
      guard case .scalar(let scalar) = element.value else { throw bad(key, expected: "a list of single values") }
      result.append(scalar.text)
    }
    return result
  }

  /// A whole number in `range`, of digits alone: for products that know integers.
  package func integer(_ key: String, in range: ClosedRange<Int64> = 0...Int64.max) throws(ConfigurationError) -> Int64? {
    guard let text = try text(key) else { return nil }
    return try whole(Int64(text), key, range)
  }

  /// A whole number in `range`, also as `100.0` or `1e3`: for products whose numbers are all alike, as in JSON and Lua.
  package func count(_ key: String, in range: ClosedRange<Int64> = 0...Int64.max) throws(ConfigurationError) -> Int64? {
    guard let text = try text(key) else { return nil }
    return try whole(ExactDecimal(text)?.scaled(by: 1), key, range)
  }

  private func whole(
    _ number: Int64?, _ key: String, _ range: ClosedRange<Int64>
  ) throws(ConfigurationError) -> Int64 {
    guard let number, range.contains(number) else {
      let upper = range.upperBound == .max ? "" : " and at most \(range.upperBound)"
      throw bad(key, expected: "a whole number, at least \(range.lowerBound)\(upper)")
    }
    return number
  }

  /// A decimal number ≥ 0 of at most 18 places, kept exact: what becomes a rate.
  func decimal(_ key: String) throws(ConfigurationError) -> ExactDecimal? {
    guard let text = try text(key) else { return nil }
    guard let number = ExactDecimal(text) else { throw bad(key, expected: "a number, at least 0") }
    return number
  }

  /// A finite number ≥ 0 that the product itself computes with in floating point.
  func number(_ key: String) throws(ConfigurationError) -> Double? {
    guard let text = try text(key) else { return nil }
    guard let number = Double(text), number.isFinite, number >= 0 else {
      throw bad(key, expected: "a number, at least 0")
    }
    return number
  }

  /// `true` and `false` only, as every product that reads these files accepts.
  package func flag(_ key: String) throws(ConfigurationError) -> Bool? {
    switch try text(key) {
    case nil: return nil
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: throw bad(key, expected: "true or false")
    }
  }

  /// One of several words; the nearest is in the expectation.
  package func choice(_ key: String, of choices: [String]) throws(ConfigurationError) -> String? {
    guard let text = try text(key) else { return nil }
    guard choices.contains(text) else { throw bad(key, expected: NearestWord.choice(of: choices, insteadOf: text)) }
    return text
  }

  /// The one setting, shortly, as people write it: `limit: 5`.
  func summary(of key: String) -> String { "\(key): \(value(key)?.summary ?? "")" }
}

extension NearestWord {
  /// `; did you mean 'minute'?`, to stand behind what was expected; empty where no word is near.
  static func suggestion(for word: String, among known: [String]) -> String {
    nearest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? ""
  }

  /// `one of second, minute; did you mean 'minute'?`
  static func choice(of known: [String], insteadOf word: String) -> String {
    "one of \(known.joined(separator: ", "))\(suggestion(for: word, among: known))"
  }
}

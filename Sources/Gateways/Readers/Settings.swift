import Scanning

/// A mapping of a structured configuration while it is read: values come out checked, and every error names the place,
/// what was expected and the nearest valid word.
struct Settings {
  let node: ConfigurationNode
  /// What people call this mapping, such as `token_bucket`.
  let name: String
  let file: String
  let entries: [ConfigurationNode.Entry]

  /// - Throws: `.badValue` where the node is no mapping; an empty value (`limits:`) is an empty mapping.
  init(_ node: ConfigurationNode, name: String, file: String) throws(ConfigurationError) {
    self.node = node
    self.name = name
    self.file = file
    switch node.value {
    case .mapping(let entries): self.entries = entries
    case .scalar(let scalar) where scalar.isNull: entries = []
    default:
      throw ConfigurationError(
        .badValue(setting: name, value: node.summary, expected: "settings by name"), at: node.place(in: file))
    }
  }

  var place: ConfigurationPlace { node.place(in: file) }

  func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

  /// Place of a key, or of the mapping.
  func place(of key: String) -> ConfigurationPlace {
    guard let entry = entries.first(where: { $0.key == key }) else { return place }
    return ConfigurationPlace(file: file, line: entry.keyPlace.line, column: entry.keyPlace.column)
  }

  /// The value of a key; nil where it is absent or null.
  func value(_ key: String) -> ConfigurationNode? {
    guard let value = entries.first(where: { $0.key == key })?.value else { return nil }
    if case .scalar(let scalar) = value.value, scalar.isNull { return nil }
    return value
  }

  func settings(_ key: String) throws(ConfigurationError) -> Settings? {
    guard let value = value(key) else { return nil }
    return try Settings(value, name: key, file: file)
  }

  /// The elements of a list; empty where the key is absent.
  func list(_ key: String) throws(ConfigurationError) -> [ConfigurationNode] {
    guard let value = value(key) else { return [] }
    guard case .list(let elements) = value.value else { throw bad(key, expected: "a list") }
    return elements
  }

  /// The elements of a list of mappings.
  func settingsList(_ key: String) throws(ConfigurationError) -> [Settings] {
    var result: [Settings] = []
    for element in try list(key) { result.append(try Settings(element, name: key, file: file)) }
    return result
  }

  func text(_ key: String) throws(ConfigurationError) -> String? {
    guard let value = value(key) else { return nil }
    guard case .scalar(let scalar) = value.value else { throw bad(key, expected: "a single value") }
    return scalar.text
  }

  /// The texts of a list, or a single one.
  func texts(_ key: String) throws(ConfigurationError) -> [String] {
    guard let value = value(key) else { return [] }
    if case .scalar(let scalar) = value.value { return [scalar.text] }
    var result: [String] = []
    for element in try list(key) {
      guard case .scalar(let scalar) = element.value else { throw bad(key, expected: "a list of single values") }
      result.append(scalar.text)
    }
    return result
  }

  /// - Throws: `.badValue` for anything that is no whole number in `range`.
  func integer(_ key: String, in range: ClosedRange<Int64> = 0...Int64.max) throws(ConfigurationError) -> Int64? {
    guard let text = try text(key) else { return nil }
    guard let number = Int64(text), range.contains(number) else {
      let upper = range.upperBound == .max ? "" : " and at most \(range.upperBound)"
      throw bad(key, expected: "a whole number, at least \(range.lowerBound)\(upper)")
    }
    return number
  }

  /// - Throws: `.badValue` for anything that is no finite number ≥ 0.
  func number(_ key: String) throws(ConfigurationError) -> Double? {
    guard let text = try text(key) else { return nil }
    guard let number = Double(text), number.isFinite, number >= 0 else { throw bad(key, expected: "a number, at least 0") }
    return number
  }

  /// `true` and `false` only, as every product that reads these files accepts.
  func flag(_ key: String) throws(ConfigurationError) -> Bool? {
    switch try text(key) {
    case nil: return nil
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: throw bad(key, expected: "true or false")
    }
  }

  /// - Throws: `.badValue` where the value is none of the choices, with the nearest in the expectation.
  func choice(_ key: String, of choices: [String]) throws(ConfigurationError) -> String? {
    guard let text = try text(key) else { return nil }
    guard choices.contains(text) else {
      let meant = NearestWord.nearest(to: text, among: choices).map { "; did you mean '\($0)'?" } ?? ""
      throw bad(key, expected: "one of \(choices.joined(separator: ", "))\(meant)")
    }
    return text
  }

  func bad(_ key: String, expected: String) -> ConfigurationError {
    let value = entries.first { $0.key == key }?.value
    return ConfigurationError(
      .badValue(setting: key, value: value?.summary ?? "", expected: expected), at: value?.place(in: file) ?? place)
  }

  func missing(_ key: String) -> ConfigurationError {
    ConfigurationError(.missing(setting: key, within: name), at: place)
  }

  /// Refuses a key that is none of those known here: a misspelt limit must not read as no limit.
  func expectOnly(_ known: [String]) throws(ConfigurationError) {
    for entry in entries where !known.contains(entry.key) {
      throw ConfigurationError(
        .unknownWord(entry.key, kind: "field of \(name)", nearest: NearestWord.nearest(to: entry.key, among: known)),
        at: ConfigurationPlace(file: file, line: entry.keyPlace.line, column: entry.keyPlace.column))
    }
  }

  /// Where most keys are none of our business: refuses one that is nearly a word that matters, and lists the others as
  /// ignored.
  /// - Parameter harmless: known words of the product that look like one that matters.
  func ignoreAllBut(
    _ used: [String], harmless: [String] = [], audit: ConfigurationAudit, because remark: String
  ) throws(ConfigurationError) {
    for entry in entries where !used.contains(entry.key) {
      let place = ConfigurationPlace(file: file, line: entry.keyPlace.line, column: entry.keyPlace.column)
      if !harmless.contains(entry.key), let meant = used.first(where: { NearestWord.distance($0, entry.key) <= $0.utf8.count / 5 }) {
        throw ConfigurationError(.unknownWord(entry.key, kind: "field of \(name)", nearest: meant), at: place)
      }
      audit.ignore(entry.key, at: place, because: remark)
    }
  }
}

extension ConfigurationNode {
  func place(in file: String) -> ConfigurationPlace {
    ConfigurationPlace(file: file, line: place.line, column: place.column)
  }

  /// The value in a few words, for messages.
  var summary: String {
    switch value {
    case .scalar(let scalar): scalar.text
    case .list(let elements): "a list of \(elements.count)"
    case .mapping(let entries): "settings (\(entries.prefix(3).map(\.key).joined(separator: ", ")))"
    }
  }
}

extension ConfigurationNode.Scalar {
  /// An empty value or a null, unquoted.
  var isNull: Bool { !isQuoted && ["", "~", "null", "Null", "NULL"].contains(text) }
}

package import Scanning

/// A mapping of a structured configuration while it is read: values come out checked, and every error names the place,
/// what was expected and the nearest valid word.
///
/// `Settings+Values` reads single values, `Settings+Words` judges the keys themselves.
package struct Settings {
  let node: ConfigurationNode
  /// What people call this mapping, such as `token_bucket`.
  package let name: String
  package let file: String
  package let entries: [ConfigurationNode.Entry]

  /// - Throws: `.badValue` where the node is no mapping; an empty value (`limits:`) is an empty mapping.
  package init(_ node: ConfigurationNode, name: String, file: String) throws(ConfigurationError) {
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

  // MARK: Structure

  package var place: ConfigurationPlace { node.place(in: file) }

  /// Whether a key is there, also with a null.
  package func has(_ key: String) -> Bool { entry(key) != nil }

  /// Place of a key, or of the mapping.
  package func place(of key: String) -> ConfigurationPlace { entry(key)?.place(in: file) ?? place }

  /// The value of a key; nil where it is absent or null.
  package func value(_ key: String) -> ConfigurationNode? {
    guard let value = entry(key)?.value else { return nil }
    if case .scalar(let scalar) = value.value, scalar.isNull { return nil }
    return value
  }

  private func entry(_ key: String) -> ConfigurationNode.Entry? { entries.first { $0.key == key } }

  /// The mapping of a key; nil where it is absent or null.
  /// - Throws: `.badValue` for anything that is no mapping.
  package func settings(_ key: String) throws(ConfigurationError) -> Settings? {
    guard let value = value(key) else { return nil }
    return try Settings(value, name: key, file: file)
  }

  /// The elements of a list; empty where the key is absent or null.
  /// - Throws: `.badValue` for anything that is no list.
  package func list(_ key: String) throws(ConfigurationError) -> [ConfigurationNode] {
    guard let value = value(key) else { return [] }
    guard case .list(let elements) = value.value else { throw bad(key, expected: "a list") }
    return elements
  }

  /// The elements of a list of mappings.
  /// - Throws: `.badValue` for anything else.
  package func settingsList(_ key: String) throws(ConfigurationError) -> [Settings] {
    var result: [Settings] = []
    for element in try list(key) { result.append(try Settings(element, name: key, file: file)) }
    return result
  }

  // MARK: Errors

  package func bad(_ key: String, expected: String) -> ConfigurationError {
    let value = entry(key)?.value
    return ConfigurationError(
      .badValue(setting: key, value: value?.summary ?? "", expected: expected), at: value?.place(in: file) ?? place)
  }

  package func missing(_ key: String) -> ConfigurationError {
    ConfigurationError(.missing(setting: key, within: name), at: place)
  }
}

// MARK: Places and words of nodes

extension ConfigurationPlace {
  init(_ place: TextPlace, in file: String) { self.init(file: file, line: place.line, column: place.column) }
}

extension ConfigurationNode.Entry {
  /// Of the key.
  package func place(in file: String) -> ConfigurationPlace { ConfigurationPlace(keyPlace, in: file) }
}

extension ConfigurationNode {
  func place(in file: String) -> ConfigurationPlace { ConfigurationPlace(place, in: file) }

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

import Scanning

/// A filter or predicate of a route: `Name=first, second`, or `name` and `args`.
struct SpringDefinition {
  let name: String
  /// Arguments of the short form; nil where `args` are written out.
  let shortcut: [String]?
  let arguments: SpringArguments
  let place: ConfigurationPlace

  /// - Throws: `.missing` without a name, `.badValue` for something that is neither form.
  init(_ node: ConfigurationNode, kind: String, file: String, properties: SpringProperties) throws(ConfigurationError)
  {
    place = node.place(in: file)
    if case .scalar(let scalar) = node.value {
      let parts = scalar.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      name = parts[0].trimmed
      shortcut = parts.count == 2 ? parts[1].split(separator: ",").map(\.trimmed).filter { !$0.isEmpty } : []
      arguments = SpringArguments(node: node, file: file, properties: properties)
      return
    }
    let fields = try Settings(node, name: kind, file: file)
    guard let name = try fields.text("name") else { throw fields.missing("name") }
    self.name = name
    shortcut = nil
    let written = fields.value("args") ?? ConfigurationNode(.mapping([]), at: node.place)
    arguments = SpringArguments(node: written, file: file, properties: properties)
  }

  /// The texts of the short form, or every text in `args`, in order.
  func texts() throws(ConfigurationError) -> [String] {
    var result: [String] = []
    for text in shortcut ?? arguments.allTexts { result.append(try arguments.properties.resolved(text, at: place)) }
    return result
  }
}

/// The `args` of a filter: relaxed names, dotted or nested.
struct SpringArguments {
  let node: ConfigurationNode
  let file: String
  let properties: SpringProperties

  func entry(_ path: String) -> ConfigurationNode.Entry? {
    SpringProperties.entries(SpringProperties.names(in: path)[...], in: node).last
  }

  func place(of path: String) -> ConfigurationPlace {
    entry(path)?.place(in: file) ?? node.place(in: file)
  }

  func text(_ path: String) throws(ConfigurationError) -> String? {
    guard let value = entry(path)?.value else { return nil }
    guard case .scalar(let scalar) = value.value, !scalar.isNull else {
      throw bad(path, value.summary, expected: "a single value")
    }
    return try properties.resolved(scalar.text, at: value.place(in: file))
  }

  func integer(_ path: String, atLeast least: Int64) throws(ConfigurationError) -> Int64? {
    guard let text = try text(path) else { return nil }
    guard let number = Int64(text), (least...Int64(Int32.max)).contains(number) else {
      throw bad(path, text, expected: "a whole number, at least \(least)")
    }
    return number
  }

  func flag(_ path: String) throws(ConfigurationError) -> Bool? {
    guard let text = try text(path) else { return nil }
    switch text.lowercased() {
    case "true", "on", "yes", "1": return true
    case "false", "off", "no", "0": return false
    default: throw bad(path, text, expected: "true or false")
    }
  }

  func bad(_ path: String, _ value: String, expected: String) -> ConfigurationError {
    ConfigurationError(.badValue(setting: path, value: value, expected: expected), at: place(of: path))
  }

  /// Full names of everything that has a value, in relaxed spelling, with the place.
  var names: [(name: String, place: TextPlace)] { Self.names(in: node, after: "") }

  private static func names(in node: ConfigurationNode, after prefix: String) -> [(name: String, place: TextPlace)] {
    guard case .mapping(let entries) = node.value else { return [] }
    return entries.flatMap { entry in
      let name = prefix + SpringProperties.canonical(entry.key)
      guard case .mapping = entry.value.value else { return [(name, entry.keyPlace)] }
      return names(in: entry.value, after: name + ".")
    }
  }

  var allTexts: [String] { Self.texts(in: node) }

  private static func texts(in node: ConfigurationNode) -> [String] {
    switch node.value {
    case .scalar(let scalar): scalar.text.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
    case .list(let elements): elements.flatMap(texts)
    case .mapping(let entries): entries.flatMap { texts(in: $0.value) }
    }
  }
}

extension StringProtocol {
  /// Without blanks at both ends.
  fileprivate var trimmed: String {
    String(String(drop { $0.isWhitespace }.reversed()).drop { $0.isWhitespace }.reversed())
  }
}

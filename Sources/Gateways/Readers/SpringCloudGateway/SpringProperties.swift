import Scanning

/// Spring's properties in the documents of an `application.yml`: nested, dotted or both, in relaxed spelling
/// (`key-resolver`, `keyResolver` and `key_resolver` are one name).
struct SpringProperties {
  /// Documents that are in force, in file order; of a property said twice the last counts.
  let documents: [ConfigurationNode]

  /// Lower case, without the signs that relaxed binding ignores.
  static func canonical(_ name: some StringProtocol) -> String {
    name.lowercased().filter { $0 != "-" && $0 != "_" }
  }

  static func names(in path: some StringProtocol) -> [String] { path.split(separator: ".").map { canonical($0) } }

  /// The last value of a property, such as `spring.cloud.gateway.routes`.
  func value(_ path: String) -> ConfigurationNode? { entry(path)?.value }

  func entry(_ path: String) -> ConfigurationNode.Entry? {
    let names = Self.names(in: path)
    for document in documents.reversed() {
      if let found = Self.entries(names[...], in: document).last { return found }
    }
    return nil
  }

  /// Every entry of a tree that has this path.
  static func entries(_ names: ArraySlice<String>, in node: ConfigurationNode) -> [ConfigurationNode.Entry] {
    guard case .mapping(let entries) = node.value else { return [] }
    return entries.flatMap { entry -> [ConfigurationNode.Entry] in
      let own = self.names(in: entry.key)
      guard !own.isEmpty, names.starts(with: own) else { return [] }
      return own.count == names.count ? [entry] : self.entries(names.dropFirst(own.count), in: entry.value)
    }
  }

  // MARK: Placeholders

  /// Placeholders that one value may lead to: properties that name each other would multiply without end.
  private static let placeholders = 64

  /// A text with its `${name}` and `${name:standard}` filled in, from the same file or with the standard.
  /// - Throws: `.unsupported` where a placeholder has neither, and where placeholders go on and on.
  func resolved(_ text: String, at place: ConfigurationPlace) throws(ConfigurationError) -> String {
    var left = Self.placeholders
    return try resolved(text, at: place, left: &left)
  }

  private func resolved(
    _ text: String, at place: ConfigurationPlace, left: inout Int
  ) throws(ConfigurationError) -> String {
    var (result, rest) = ("", Substring(text))
    while let dollar = rest.firstRange(of: "${") {
      result += rest[..<dollar.lowerBound]
      rest = rest[dollar.upperBound...]
      guard let close = rest.firstIndex(of: "}") else {
        throw ConfigurationError(.syntax(found: text, expected: "'}' after '${'"), at: place)
      }
      result += try standIn(for: rest[..<close], at: place, left: &left)
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  private func standIn(
    for placeholder: Substring, at place: ConfigurationPlace, left: inout Int
  ) throws(ConfigurationError) -> String {
    left -= 1
    guard left > 0 else {
      throw ConfigurationError(
        .unsupported(feature: "more than \(Self.placeholders) placeholders in one value", instead: "the value itself"),
        at: place)
    }
    let parts = placeholder.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    if case .scalar(let scalar)? = value(String(parts[0]))?.value {
      return try resolved(scalar.text, at: place, left: &left)
    }
    if parts.count == 2 { return String(parts[1]) }
    throw ConfigurationError(
      .unsupported(
        feature: "the placeholder ${\(placeholder)}",
        instead: "the value itself, or a default as in ${\(parts[0]):10}"),
      at: place)
  }
}

package import Scanning

/// A configuration file in YAML, JSON or TOML, with its faults in the words of configurations.
enum ConfigurationFile {
  /// The documents of a text in the language that its name or its first line says.
  static func documents(text: String, file: String) throws(ConfigurationError) -> [ConfigurationNode] {
    do throws(StructuredTextError) {
      return try StructuredText.documents(in: text, named: file)
    } catch {
      throw ConfigurationError(error, file: file)
    }
  }

  /// The one document of a text.
  /// - Throws: `.contradiction` where there are several, `.missing` where there is none.
  static func document(text: String, file: String) throws(ConfigurationError) -> ConfigurationNode {
    let documents = try documents(text: text, file: file)
    if documents.count > 1 {
      throw ConfigurationError(
        .contradiction("several documents in a file that holds one configuration"), at: documents[1].place(in: file)
      )
    }
    guard let document = documents.first else {
      throw ConfigurationError(
        .missing(setting: "configuration", within: "file"), at: ConfigurationPlace(file: file, line: 0))
    }
    return document
  }
}

extension ConfigurationError {
  /// A fault of the language as a fault of the configuration.
  package init(_ error: StructuredTextError, file: String) {
    let problem: Problem =
      switch error.problem {
      case .syntax(let found, let expected): .syntax(found: found, expected: expected)
      case .unsupported(let feature, let instead): .unsupported(feature: feature, instead: instead)
      case .repeatedKey(let key, let first): .contradiction("'\(key)' is already set on line \(first.line)")
      case .unknownAnchor(let name, let nearest): .unknownReference(name, kind: "anchor", nearest: nearest)
      }
    self.init(problem, at: ConfigurationPlace(error.place, in: file))
  }
}

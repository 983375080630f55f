/// Reads a structured text of whichever language it is.
public enum StructuredText {
  public enum Language: String, Sendable, Hashable { case yaml, json, toml }

  /// The documents of a text: one, except in YAML.
  public static func documents(in text: String, named file: String) throws(StructuredTextError)
    -> [ConfigurationNode]
  {
    switch language(of: text, named: file) {
    case .yaml: try YAMLReader.documents(in: text)
    case .json: [try JSONReader.document(in: text)]
    case .toml: [try TOMLReader.document(in: text)]
    }
  }

  /// By the name's extension, else by what the text begins with.
  public static func language(of text: String, named file: String) -> Language {
    let name = file.lowercased()
    if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return .yaml }
    if name.hasSuffix(".json") || name.hasSuffix(".jsonc") { return .json }
    if name.hasSuffix(".toml") { return .toml }
    let lines = text.unicodeScalars.split(whereSeparator: { $0 == "\n" || $0 == "\r" }).lazy.map(trimmed)
    guard let first = lines.first(where: { !$0.isEmpty && $0.first != "#" }) else { return .yaml }
    if first.hasPrefix("{") || first.hasPrefix("//") || first.hasPrefix("/*") { return .json }
    return looksLikeTOML(first) ? .toml : first.hasPrefix("[") ? .json : .yaml
  }

  private static func trimmed(_ line: Substring.UnicodeScalarView) -> String {
    var text = String(line)[...]
    if text.first == "\u{FEFF}" { text.removeFirst() }
    return String(text.drop { $0 == " " || $0 == "\t" })
  }

  /// `[table]`, `[[tables]]`, `key = value`.
  private static func looksLikeTOML(_ line: String) -> Bool {
    func isKey(_ character: Character) -> Bool {
      character.isASCII && (character.isLetter || character.isNumber || "_-.\"' ".contains(character))
    }
    if line.hasPrefix("[") {
      let name = line.drop { $0 == "[" }.prefix { $0 != "]" }
      return name.first?.isLetter == true && name.allSatisfy(isKey)
    }
    guard let equals = line.firstIndex(of: "=") else { return false }
    return equals > line.startIndex && line[..<equals].allSatisfy(isKey)
  }
}

import Scanning

extension ConfigurationNode {
  /// Short text of a tree: `{a: [1, "x"]}`; texts that were quoted are in quotes, null is `~`.
  var short: String {
    switch value {
    case .scalar(let scalar):
      scalar.isQuoted
        ? "\"" + Self.escaped(scalar.text) + "\"" : scalar.text.isEmpty ? "~" : Self.escaped(scalar.text)
    case .list(let elements): "[" + elements.map(\.short).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{" + entries.map { "\(Self.escaped($0.key)): \($0.value.short)" }.joined(separator: ", ") + "}"
    }
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The tree without places and kinds of quotes.
  var plain: PlainTree {
    switch value {
    case .scalar(let scalar): .text(scalar.text)
    case .list(let elements): .list(elements.map(\.plain))
    case .mapping(let entries): .mapping(entries.map { .init(key: $0.key, value: $0.value.plain) })
    }
  }
}

/// What a structured text says, whatever it is written in.
indirect enum PlainTree: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    var key: String
    var value: PlainTree
  }
  case text(String)
  case list([PlainTree])
  case mapping([Entry])
}

extension StructuredTextError {
  /// `line:column syntax|unsupported|repeated|anchor: what`
  var short: String {
    let kind =
      switch problem {
      case .syntax(let found, _): "syntax: \(found)"
      case .unsupported(let feature, _): "unsupported: \(feature)"
      case .repeatedKey(let key, let first): "repeated: \(key) of \(first.line):\(first.column)"
      case .unknownAnchor(let name, let nearest): "anchor: \(name), nearest \(nearest ?? "none")"
      }
    return "\(place.line):\(place.column) \(kind)"
  }
}

/// What reading gives, as text: the short trees of all documents, or the error.
func outcome(_ read: () throws(StructuredTextError) -> [ConfigurationNode]) -> String {
  do { return try read().map(\.short).joined(separator: " | ") } catch { return "error " + error.short }
}

extension RouteTable {
  /// One line a rule, for the store: kind, pattern, label, origin, parted by tabs.
  public func encoded() -> String {
    rules.map { rule in
      [rule.pattern.encoded, rule.label, rule.origin].joined(separator: "\t")
    }.joined(separator: "\n")
  }

  /// Reads what `encoded` wrote; lines of another shape are left out.
  public init(encoded: String) {
    rules = encoded.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 4, let pattern = RoutePattern(kind: fields[0], text: fields[1]) else { return nil }
      return Rule(pattern: pattern, label: fields[2], origin: fields[3])
    }
  }
}

extension RoutePattern {
  fileprivate var encoded: String {
    switch self {
    case .exact(let text): "exact\t\(text)"
    case .prefix(let text, let beatsRegex): (beatsRegex ? "strong\t" : "prefix\t") + text
    case .segments(let parts): "path\t" + parts.joined(separator: "/")
    case .regularExpression(let text, let ignoresCase, let order): "regex:\(order)\(ignoresCase ? "i" : "")\t\(text)"
    }
  }

  fileprivate init?(kind: String, text: String) {
    switch kind {
    case "exact": self = .exact(text)
    case "prefix": self = .prefix(text, beatsRegex: false)
    case "strong": self = .prefix(text, beatsRegex: true)
    case "path": self = .segments(text.split(separator: "/").map(String.init))
    default:
      guard kind.hasPrefix("regex:"), let order = Int(kind.dropFirst(6).prefix { $0.isNumber }) else { return nil }
      self = .regularExpression(text, ignoresCase: kind.hasSuffix("i"), order: order)
    }
  }
}

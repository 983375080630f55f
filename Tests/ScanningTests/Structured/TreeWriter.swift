import TestSupport

/// Writes trees in many styles, so that one tree has many texts.
struct TreeWriter {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  // MARK: Trees

  mutating func tree(depth: Int) -> PlainTree {
    switch Int.random(in: 0..<(depth > 0 ? 6 : 2), using: &random) {
    case 0, 1: .text(text())
    case 2, 3: .list((0..<Int.random(in: 0..<4, using: &random)).map { _ in tree(depth: depth - 1) })
    default: mapping(depth: depth)
    }
  }

  mutating func mapping(depth: Int) -> PlainTree {
    var entries: [PlainTree.Entry] = []
    for index in 0..<Int.random(in: 0..<4, using: &random) {
      entries.append(.init(key: "\(line())\(index)", value: tree(depth: depth - 1)))
    }
    return .mapping(entries)
  }

  private static let parts = [
    "a", "limit", "10r/s", " ", "  ", "#", " #", ": ", ":", "- ", "-", "'", "\"", "\\", "\\n", "é", "😀", "[", "}",
    ",", "|", ">", "&x", "*x", "!t",
    "%", "@", "~", "null", "0x1", "\t", "---", "...", "<<",
  ]

  private mutating func line() -> String {
    (0..<Int.random(in: 0..<4, using: &random)).map { _ in Self.parts.randomElement(using: &random) ?? "" }.joined()
  }

  private mutating func text() -> String {
    guard Int.random(in: 0..<3, using: &random) == 0 else { return line() }
    return (0..<Int.random(in: 1..<5, using: &random)).map { _ in line() }.joined(separator: "\n")
  }

  // MARK: YAML

  mutating func yaml(_ tree: PlainTree) -> String {
    let isBlock = block(of: tree)
    return (Bool.random(using: &random) ? "---\n" : "")
      + (isBlock ? blockLines(tree, indent: 0) : inline(tree, indent: 0) + "\n")
  }

  /// Whether a tree is written in lines of its own.
  private mutating func block(of tree: PlainTree) -> Bool {
    switch tree {
    case .text: false
    case .list(let elements): !elements.isEmpty && Int.random(in: 0..<4, using: &random) > 0
    case .mapping(let entries): !entries.isEmpty && Int.random(in: 0..<4, using: &random) > 0
    }
  }

  /// Lines of a collection, each with its indentation and line end.
  private mutating func blockLines(_ tree: PlainTree, indent: Int) -> String {
    let space = String(repeating: " ", count: indent)
    var text = ""
    switch tree {
    case .list(let elements):
      for element in elements { text += comment() + space + "-" + item(element, indent: indent) }
    case .mapping(let entries):
      for entry in entries {
        text += comment() + space + quoted(entry.key) + ":" + value(entry.value, indent: indent)
      }
    case .text: break
    }
    return text
  }

  private mutating func comment() -> String { Int.random(in: 0..<8, using: &random) == 0 ? "# a: \"comment\n" : "" }

  private mutating func item(_ element: PlainTree, indent: Int) -> String {
    guard block(of: element) else { return " " + inline(element, indent: indent) + "\n" }
    let gap = Int.random(in: 1...3, using: &random)
    let lines = blockLines(element, indent: indent + 1 + gap)
    let isCompact = Bool.random(using: &random) && !lines.hasPrefix("#")
    return isCompact ? String(repeating: " ", count: gap) + lines.dropFirst(indent + 1 + gap) : "\n" + lines
  }

  private mutating func value(_ value: PlainTree, indent: Int) -> String {
    guard block(of: value) else { return " " + inline(value, indent: indent) + "\n" }
    if case .list = value, Bool.random(using: &random) { return "\n" + blockLines(value, indent: indent) }
    return "\n" + blockLines(value, indent: indent + Int.random(in: 1...4, using: &random))
  }

  private mutating func inline(_ tree: PlainTree, indent: Int) -> String {
    guard case .text(let text) = tree else { return flow(tree) }
    if text.contains("\n"), Bool.random(using: &random) { return literal(text, indent: indent) }
    return scalar(text)
  }

  private mutating func literal(_ text: String, indent: Int) -> String {
    let gap = Int.random(in: 1...4, using: &random)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let keeps = lines.last?.isEmpty == true
    if keeps { lines.removeLast() }
    let space = String(repeating: " ", count: indent + gap)
    let content = lines.map { $0.isEmpty ? "" : space + $0 }.joined(separator: "\n")
    return "|\(gap)\(keeps ? "+" : "-")\n" + content
  }

  private mutating func flow(_ tree: PlainTree) -> String {
    let gap = [" ", "", "\n  ", " # c\n "].randomElement(using: &random) ?? ""
    switch tree {
    case .text(let text): return scalar(text)
    case .list(let elements): return "[" + gap + elements.map { flow($0) }.joined(separator: "," + gap) + gap + "]"
    case .mapping(let entries):
      return "{" + gap + entries.map { quoted($0.key) + ": " + flow($0.value) }.joined(separator: "," + gap) + gap
        + "}"
    }
  }

  private mutating func scalar(_ text: String) -> String {
    let isPlain =
      text.first?.isLetter == true && text.allSatisfy { $0.isLetter || $0.isNumber || "/.-".contains($0) }
    return isPlain && Bool.random(using: &random) ? text : quoted(text)
  }

  private mutating func quoted(_ text: String) -> String {
    guard !text.contains("\n"), Bool.random(using: &random) else { return jsonText(text) }
    return "'" + text.replacing("'", with: "''") + "'"
  }

  // MARK: JSON and TOML

  func json(_ tree: PlainTree) -> String {
    switch tree {
    case .text(let text): jsonText(text)
    case .list(let elements): "[" + elements.map { json($0) }.joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{" + entries.map { jsonText($0.key) + ": " + json($0.value) }.joined(separator: ", ") + "}"
    }
  }

  /// A mapping as lines of inline values.
  func toml(_ tree: PlainTree) -> String {
    guard case .mapping(let entries) = tree else { return "" }
    return entries.map { jsonText($0.key) + " = " + tomlValue($0.value) + "\n" }.joined()
  }

  private func tomlValue(_ tree: PlainTree) -> String {
    switch tree {
    case .text(let text): jsonText(text)
    case .list(let elements): "[" + elements.map { tomlValue($0) }.joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{" + entries.map { jsonText($0.key) + " = " + tomlValue($0.value) }.joined(separator: ", ") + "}"
    }
  }

  private func jsonText(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// A page as tags and text, read by rules stricter than a browser's: whatever is not plainly one of them is an error.
///
/// Attribute values stand in double quotes or are made of letters, digits and a few signs; an ampersand begins one of
/// five references; `script` and `style` end where they first can.
struct HTMLTokens {
  enum Token: Equatable {
    case open(name: String, attributes: [Attribute])
    case close(name: String)
    case text(String)
  }

  struct Attribute: Equatable {
    var name: String
    var value: String?
  }

  struct NotStrict: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var tokens: [Token] = []
  private let scalars: [Unicode.Scalar]
  private var place = 0

  init(_ page: String) throws {
    scalars = Array(page.unicodeScalars)
    try expect("<!DOCTYPE html>")
    while place < scalars.count { try readToken() }
  }

  private mutating func readToken() throws {
    guard scalars[place] == "<" else { return try readText() }
    place += 1
    let isEnd = skip("/")
    let name = try readName()
    if isEnd {
      try expect(">")
      tokens.append(.close(name: name))
      return
    }
    var attributes: [Attribute] = []
    while skip(" ") { attributes.append(try readAttribute()) }
    _ = skip("/")
    try expect(">")
    tokens.append(.open(name: name, attributes: attributes))
    if name == "script" || name == "style" { try readRaw(until: "</" + name + ">") }
  }

  private mutating func readAttribute() throws -> Attribute {
    let name = try readName()
    guard skip("=") else { return Attribute(name: name, value: nil) }
    var value = ""
    guard skip("\"") else {
      while place < scalars.count, Self.isPlain(scalars[place]) { value.unicodeScalars.append(next()) }
      guard !value.isEmpty else { throw failure("an attribute value") }
      return Attribute(name: name, value: value)
    }
    while place < scalars.count, scalars[place] != "\"" {
      if scalars[place] == "<" { throw failure("no < in an attribute value") }
      value += try readCharacter()
    }
    try expect("\"")
    return Attribute(name: name, value: value)
  }

  private mutating func readText() throws {
    var text = ""
    while place < scalars.count, scalars[place] != "<" {
      if scalars[place] == ">" { throw failure("no > in text") }
      text += try readCharacter()
    }
    tokens.append(.text(text))
  }

  private mutating func readCharacter() throws -> String {
    guard scalars[place] == "&" else { return String(next()) }
    for (reference, text) in [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'")] {
      if starts(with: reference) {
        place += reference.unicodeScalars.count
        return text
      }
    }
    throw failure("a known reference")
  }

  private mutating func readRaw(until end: String) throws {
    var raw = ""
    while !starts(with: "</") {
      guard place < scalars.count else { throw failure(end) }
      raw.unicodeScalars.append(next())
    }
    tokens.append(.text(raw))
    try expect(end)
    tokens.append(.close(name: String(end.dropFirst(2).dropLast())))
  }

  private mutating func readName() throws -> String {
    var name = ""
    while place < scalars.count, Self.isName(scalars[place]) { name.unicodeScalars.append(next()) }
    guard !name.isEmpty else { throw failure("a name") }
    return name
  }

  // MARK: Scalars

  private mutating func next() -> Unicode.Scalar {
    defer { place += 1 }
    return scalars[place]
  }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard place < scalars.count, scalars[place] == scalar else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ text: String) throws {
    guard starts(with: text) else { throw failure(text) }
    place += text.unicodeScalars.count
  }

  private func starts(with text: String) -> Bool { scalars[place...].starts(with: text.unicodeScalars) }

  private func failure(_ expected: String) -> NotStrict {
    var around = ""
    around.unicodeScalars.append(contentsOf: scalars[max(0, place - 60)..<min(scalars.count, place + 20)])
    return NotStrict(description: "expected \(expected) at \(place): \(around.debugDescription)")
  }

  private static func isName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", ":": true
    default: false
    }
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "#": true
    default: false
    }
  }
}

extension HTMLTokens {
  /// Tags with the names of their attributes, without isolation (hostile text may need it) and without what is inside
  /// drawings (their labels may be laid out by length).
  var structure: [String] {
    var depth = 0
    return tokens.compactMap { token in
      switch token {
      case .open("svg", _):
        depth += 1
        return depth == 1 ? "<svg>" : nil
      case .close("svg"):
        depth -= 1
        return nil
      case .open("bdi", _), .close("bdi"), .text: return nil
      case .open(let name, let attributes):
        return depth > 0 ? nil : "<\(name) \(attributes.map(\.name).joined(separator: " "))>"
      case .close(let name): return depth > 0 ? nil : "</\(name)>"
      }
    }
  }

  var elements: [(name: String, attributes: [Attribute])] {
    tokens.compactMap { if case .open(let name, let attributes) = $0 { (name, attributes) } else { nil } }
  }

  /// All text of a page but its script and style.
  var visibleText: [String] {
    var isRaw = false
    return tokens.compactMap { token in
      switch token {
      case .open(let name, _):
        isRaw = name == "script" || name == "style"
        return nil
      case .close:
        isRaw = false
        return nil
      case .text(let text): return isRaw ? nil : text
      }
    }
  }

  /// The text inside the first element of a name.
  func content(of name: String) -> String? {
    guard let start = tokens.firstIndex(where: { if case .open(name, _) = $0 { true } else { false } }),
      case .text(let text) = tokens[start + 1]
    else { return nil }
    return text
  }
}

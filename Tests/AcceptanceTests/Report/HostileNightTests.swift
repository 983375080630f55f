import Foundation
import TestSupport
import Testing

/// Planted once, looked for in everything the program writes.
@Suite("Texts that try to act, in every field of a log") struct HostileNightTests {
  private let folder: TemporaryFolder
  private let environment: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    environment = ["HEADROOM_STORE": folder.path + "/night.db"]
    let log = try folder.file("hostile.jsonl", HostileNight.log())
    let result = try Program.headroom.run(["import", "-q", log], environment: environment, in: folder)
    try #require(result.status == 0, "\(result.errors)")
  }

  private func output(_ arguments: [String]) throws -> String {
    let result = try Program.headroom.run(arguments, environment: environment, in: folder)
    #expect(result.status == 0, "\(arguments): \(result.errors.prefix(300))")
    #expect(isHarmless(result.errors), "standard error of \(arguments)")
    return result.output
  }

  /// Scalars that act on a terminal or on their neighbours; isolates are written by the renderers themselves.
  private func isHarmless(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0x0A, 0x2068, 0x2069: true
      case 0x0D: true  // CSV ends its lines so
      case 0x00...0x1F, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: false
      default: true
      }
    }
  }

  private static let tables = [
    "routes", "consumers", "cache", "upstreams", "nodes", "hours", "sources", "coverage", "quotas",
  ]

  @Test("are all imported: a line is refused for what it lacks, never for what it says")
  func imported() throws {
    let answer = try output(["sql", "SELECT count(*), max(length(user_agent)) FROM requests", "--format", "csv"])
    let lines = HostileNight.log().split(separator: "\n").count
    let numbers = answer.split(separator: "\r\n").last?.split(separator: ",").compactMap { Int($0) } ?? []
    let refused = try output(["show", "sources", "--format", "json"])
    #expect(numbers.first ?? 0 > lines * 9 / 10, "\(answer) of \(lines): \(refused)")
    #expect(numbers.last == HostileNight.long.count)
  }

  @Test("stay text in tables and in the report", arguments: ["text", "json", "csv", "markdown", "html"])
  func harmless(format: String) throws {
    for table in Self.tables {
      #expect(isHarmless(try output(["show", table, "--all", "--format", format])), "show \(table)")
    }
    #expect(isHarmless(try output(["report", "--format", format])), "report")
    #expect(isHarmless(try output(["routes", "list", "--all", "--format", format])), "routes list")
  }

  @Test("are no formulas in CSV")
  func formulas() throws {
    var texts = try Self.tables.map { try output(["show", $0, "--format", "csv"]) }
    texts.append(try output(["export", "--format", "csv"]))
    texts.append(try output(["sql", "SELECT * FROM requests", "--format", "csv"]))
    for field in texts.flatMap({ fields($0) }) {
      guard let first = field.unicodeScalars.first(where: { $0 != " " }), "=+-@".unicodeScalars.contains(first) else { continue }
      #expect(Double(field) != nil, "\(field.prefix(60))")
    }
  }

  /// Fields of RFC 4180, quotes taken off.
  private func fields(_ csv: String) -> [String] {
    var fields: [String] = []
    var field: [Unicode.Scalar] = []
    var isQuoted = false
    for scalar in csv.unicodeScalars {
      if scalar == "\"" { isQuoted.toggle() }
      if !isQuoted, scalar == "," || scalar == "\r" || scalar == "\n" {
        fields.append(String(String.UnicodeScalarView(field)))
        field = []
      } else if scalar != "\"" {
        field.append(scalar)
      }
    }
    return fields
  }

  @Test("make no element, attribute or link in HTML")
  func html() throws {
    let html = try output(["report", "--format", "html"])
    #expect(html.contains("window.pwned"), "the planted text is shown, or nothing was tested")
    #expect(html.utf8.count < 1_000_000)
    let tags = try HTMLTags(html)
    #expect(tags.unknownNames == [])
    #expect(tags.attributes.filter { $0.hasPrefix("on") || $0 == "style" || $0 == "srcdoc" } == [])
    #expect(tags.links.allSatisfy { $0.hasPrefix("#") || $0 == "data:," }, "\(tags.links.prefix(5))")
    #expect(tags.scripts.filter { $0 != "application/json" }.count == 1)
  }

  @Test("make no link, picture or HTML in Markdown")
  func markdown() throws {
    let markdown = try output(["report", "--format", "markdown"])
    #expect(markdown.contains("pwned"), "the planted text is shown, or nothing was tested")
    var isFenced = false
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") { isFenced.toggle() }
      guard !isFenced, !line.hasPrefix("```") else { continue }
      for tag in line.matches(of: /<[A-Za-z\/!][^>]*>?/).map(\.output) {
        #expect(["<details>", "</details>", "<summary>", "</summary>"].contains(String(tag)), "\(line.prefix(200))")
      }
      let unescaped = line.replacing("\\]", with: "")
      #expect(!unescaped.contains("://") && !unescaped.contains("]("), "\(line.prefix(200))")
    }
    #expect(!isFenced)
  }
}

/// The tags of an HTML text, read as strictly as a report must be written.
struct HTMLTags {
  struct Malformed: Error { var place: Substring }

  private static let known: Set<String> = [
    "!doctype", "html", "head", "meta", "title", "link", "style", "script", "body", "a", "nav", "main", "header", "footer",
    "section", "article", "aside", "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "dl", "dt", "dd", "div", "span", "b", "strong",
    "em", "small", "code", "pre", "br", "hr", "button", "input", "label", "select", "option", "output", "details", "summary",
    "figure", "figcaption", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td", "time", "abbr",
    "bdi", "i", "fieldset", "legend", "datalist", "svg", "g", "path", "rect", "line", "circle", "polyline", "polygon", "text",
    "tspan", "desc", "defs", "pattern", "clippath", "use", "noscript",
  ]

  private(set) var unknownNames: [String] = []
  private(set) var attributes: Set<String> = []
  private(set) var links: [String] = []
  /// Types of the scripts; empty for one without.
  private(set) var scripts: [String] = []

  init(_ html: String) throws {
    var rest = html[...]
    while let start = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: start)...]
      let name = rest.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber || $0 == "!" }.lowercased()
      guard Self.known.contains(name) else {
        unknownNames.append(String(rest.prefix(40)))
        continue
      }
      let isEnd = rest.first == "/"
      try readAttributes(&rest, of: name)
      // What is inside is not markup, up to the end tag.
      guard !isEnd, name == "script" || name == "style" else { continue }
      guard let end = rest.range(of: "</" + name) else { throw Malformed(place: rest.prefix(80)) }
      rest = rest[end.lowerBound...]
    }
  }

  private mutating func readAttributes(_ rest: inout Substring, of name: String) throws {
    guard let nameEnd = rest.firstIndex(where: { $0 == " " || $0 == ">" || $0 == "\n" }) else {
      throw Malformed(place: rest.prefix(80))
    }
    rest = rest[nameEnd...]
    var type = ""
    while true {
      rest = rest.drop { $0 == " " || $0 == "\n" || $0 == "/" }
      guard let first = rest.first else { throw Malformed(place: rest.prefix(80)) }
      if first == ">" { break }
      let attribute = rest.prefix { $0 != "=" && $0 != " " && $0 != ">" && $0 != "\n" }.lowercased()
      guard !attribute.isEmpty else { throw Malformed(place: rest.prefix(80)) }
      rest = rest.dropFirst(attribute.count)
      attributes.insert(attribute)
      let value = try readValue(&rest)
      if attribute == "type" { type = value }
      if ["href", "src", "action", "xlink:href", "formaction"].contains(attribute) { links.append(value) }
    }
    rest = rest.dropFirst()
    if name == "script" { scripts.append(type) }
  }

  private func readValue(_ rest: inout Substring) throws -> String {
    guard rest.first == "=" else { return "" }
    rest = rest.dropFirst()
    guard let quote = rest.first, quote == "\"" || quote == "'" else {
      let value = rest.prefix { $0 != " " && $0 != ">" }
      rest = rest.dropFirst(value.count)
      return String(value)
    }
    rest = rest.dropFirst()
    guard let end = rest.firstIndex(of: quote) else { throw Malformed(place: rest.prefix(80)) }
    let value = String(rest[..<end])
    rest = rest[rest.index(after: end)...]
    return value
  }
}

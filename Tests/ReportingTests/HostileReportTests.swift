import Foundation
import Testing

@testable import Reporting

private let hostile: [String] = [
  "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</script><script>alert(1)//",
  "</style><style>*{display:none}", "]]>", "<!--", "-->", "&lt;b&gt;", "&#60;", "&amp", "\u{202E}txt.exe", "\u{2066}\u{2069}",
  "\u{1B}[2J\u{1B}[31m", "\u{9B}31m", "=HYPERLINK(\"http://evil\",\"x\")", "[x](javascript:alert(1))", "![x](http://evil/p.png)",
  "`", "``` ", "```\n# h\n```", "a|b|c", "\n# heading\n- item", "\r\n", "\u{0}", "\u{301}", "\u{301}>", "<\u{338}b>", "\"\u{338}x", "שלום", "مرحبا<b>",
  "-", "1. one", "    code", "~~~", "---", "===", "@everyone", "http://evil.example", "www.evil.example", "$HOME `id` $(id) '; rm -rf /", "\u{2028}\u{85}", "\u{E0041}", " ", "",
]

/// Places whose lines are kept: what one pastes.
private let keepsLines: Set<String> = ["query", "command", "derivation command", "verbatim"]

private func page(_ every: EveryBlock) throws -> HTMLTokens {
  try HTMLTokens(HTMLRenderer().render(every.document, style: RenderStyle()))
}

@Suite("A report full of hostile text") struct HostileReportTests {
  @Test("has the tags and attributes of the same report with plain text", arguments: hostile)
  func structure(text: String) throws {
    let plain = try page(EveryBlock()).structure
    #expect(try page(EveryBlock(planted: { $1 + text })).structure == plain)
    guard !text.isEmpty else { return }
    // Queries keep their beginnings: equal ones are printed once.
    #expect(try page(EveryBlock(planted: { keepsLines.contains($0) ? $1 + text : text })).structure == plain)
  }

  @Test("has no attribute that acts and no address", arguments: hostile)
  func attributes(text: String) throws {
    let page = try page(EveryBlock(planted: { $1 + text }))
    for (name, attributes) in page.elements {
      for attribute in attributes {
        #expect(!attribute.name.lowercased().hasPrefix("on") && attribute.name != "style" && attribute.name != "src", "\(name) \(attribute)")
        if attribute.name.hasSuffix("href") {
          #expect(attribute.value?.hasPrefix("#") == true || attribute.value == "data:,", "\(name) \(attribute)")
        }
      }
    }
  }

  @Test("shows no scalar that acts, but line ends of the page itself and isolates", arguments: hostile)
  func visible(text: String) throws {
    for renderer in Renderers.all {
      let rendered = renderer.render(EveryBlock(planted: { $1 + text }).document, style: RenderStyle())
      let acting = rendered.unicodeScalars.filter { VisibleText.acts($0) && !"\n\r\u{2068}\u{2069}".unicodeScalars.contains($0) }
      #expect(acting.isEmpty, "\(type(of: renderer).name): \(acting)")
    }
  }

  @Test("says every text it was given", arguments: ["<b>&\"'", "a|b", "`x`", "[x](y)", "# h"])
  func said(text: String) throws {
    let page = try page(EveryBlock(planted: { $1 + text }))
    let all = page.visibleText.joined(separator: "\u{1}")
    for position in ["partner-17", "slow-endpoint", "/api/orders", "Requests by hour", "limit_req zone=a burst=20;", "Route", "all"] {
      #expect(all.contains(position + text), "\(position)")
    }
  }

  @Test("has the lines of the same report with plain text in Markdown", arguments: hostile)
  func markdown(text: String) {
    let lines = { (every: EveryBlock) in
      Self.marks(MarkdownRenderer().render(every.document, style: RenderStyle()))
    }
    let every = EveryBlock(planted: { keepsLines.contains($0) ? $1 : text.isEmpty ? $1 : text })
    let plain = EveryBlock(planted: { keepsLines.contains($0) ? $1 : "x" })
    #expect(lines(every) == lines(text.isEmpty ? EveryBlock() : plain))
  }

  /// What the lines begin as; what stands in a fence is text whatever it begins with.
  private static func marks(_ text: String) -> [String] {
    var fence: String?
    return text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { scalars in
      let line = String(scalars)
      if let open = fence {
        if line == open { fence = nil }
        return line == open ? "fence" : "fenced"
      }
      if line.hasPrefix("```") { fence = String(line.prefix { $0 == "`" }) }
      return mark(line)
    }
  }

  /// What a line begins as: a heading, an item, a quotation, a row, a fence, our HTML, or text.
  private static func mark(_ line: String) -> String {
    for mark in ["#### ", "### ", "## ", "# ", "- **", "> ", "| ", "```", "</details>", "<details>"] where line.hasPrefix(mark) { return mark }
    let isOther = ["#", "-", "+", "=", ">", "<", "`", "~", " ", "1.", "|"].contains { line.hasPrefix($0) }
    return line.isEmpty ? "empty" : isOther ? "other" : "text"
  }

  @Test("lets no text leave its fence in Markdown", arguments: ["```", "````\n# h", "`````", "~~~\n"])
  func fences(text: String) {
    let rendered = MarkdownRenderer().render(EveryBlock(planted: { keepsLines.contains($0) ? $1 + "\n" + text : $1 }).document, style: RenderStyle())
    var fence: String?
    var headings = 0
    for line in rendered.split(separator: "\n") {
      if let open = fence {
        if line == open { fence = nil }
      } else if line.hasPrefix("```") {
        fence = String(line.prefix { $0 == "`" })
      } else if line.hasPrefix("# ") {
        headings += 1
      }
    }
    #expect(fence == nil && headings == 1)
  }

  @Test("is valid JSON that gives every text back", arguments: hostile)
  func json(text: String) throws {
    let rendered = JSONRenderer().render(EveryBlock(planted: { $1 + text }).document, style: RenderStyle())
    let root = try #require(try JSONSerialization.jsonObject(with: Data(rendered.utf8)) as? [String: Any])
    let sections = try #require(root["sections"] as? [String: [String: Any]])
    #expect(sections["routes" + text]?["busiest"] as? String == "/api/orders" + text)
    #expect(sections["verdict"]?["title"] as? String == "Verdict" + text)
  }

  @Test("stays a page: a text of 1 MB is cut where people read, and says its length")
  func long() throws {
    let long = String(repeating: "é", count: 524_288)
    let document = EveryBlock(planted: { keepsLines.contains($0) || $0.hasSuffix("key") || $0.hasSuffix("id") ? $1 : long }).document
    for renderer in [TextRenderer(), MarkdownRenderer(), HTMLRenderer()] as [any Renderer] {
      let text = renderer.render(document, style: RenderStyle())
      #expect(text.contains("… (1,048,576 bytes)"), "\(type(of: renderer).name)")
      #expect(text.utf8.count < 300_000, "\(type(of: renderer).name): \(text.utf8.count)")
    }
    #expect(JSONRenderer().render(document, style: RenderStyle()).utf8.count > 1_048_576)
  }

  @Test("has short anchors, one per name")
  func anchors() {
    let names = ["a/b", "a-b", "a b", "a{b", "", String(repeating: "x", count: 100), String(repeating: "x", count: 101), "plain", "\"", "é", "e\u{301}"]
    let anchors = names.map { HTMLAnchor.of($0, in: "finding-") }
    #expect(Set(anchors).count == names.count)
    #expect(anchors.allSatisfy { $0.utf8.count < 100 && $0.utf8.allSatisfy { $0 < 0x80 } })
    #expect(HTMLAnchor.of("routes") == "routes")
  }
}

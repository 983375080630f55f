import Foundation
import Testing
import Traffic

@testable import Analysis
@testable import Reporting

@Suite("A report in text, Markdown and JSON") struct ReportRendererTests {
  @Test("Markdown writes statements as a list and findings under numbered headings")
  func markdown() {
    let text = MarkdownRenderer().render(EveryBlock().document, style: RenderStyle())
    #expect(text.hasPrefix("""
      # Night of 21 November

      ## Verdict

      - **bad**: partner-17 lost 4.10 % of its checkout calls between 09:00 and 09:04.
      - **attention**: p99 was 812 ms over 4,000,000 requests.

      """))
    #expect(text.contains("""
      ### 2. Health checks are 5.00 % of all requests and pull p50 down.

      **notice** · health-checks

      - **If ignored**: p50 reads 4.10 ms instead of 5.90 ms.
      - **What to do**: Leave them out: --where 'route&lt;&gt;/health'.
      - **Id**: health-checks

      ```sh
      headroom show routes
      ```

      """))
    #expect(text.contains("### Requests by hour\n\nrequests per hour · 2025-11-21 00:00:00Z – 2025-11-22 00:00:00Z · n = 4,012,345\n"))
    #expect(text.contains("\n> The first 20 of 24 hours.\n"))
    #expect(text.contains("\n> 10 of 412 routes. Totals are of all routes.\n"))
  }

  @Test("Markdown folds derivations away, as a command to paste")
  func derivations() {
    let text = MarkdownRenderer().render(EveryBlock().document, style: RenderStyle())
    #expect(text.contains("""
      <details><summary>How to get these numbers</summary>

      ```sh
      headroom sql 'SELECT route, count(*) AS requests FROM requests WHERE host = '\\''a'\\'''
      ```

      </details>

      """))
  }

  @Test("text has sections, statements and findings, and no derivations")
  func text() {
    let text = TextRenderer().render(EveryBlock().document, style: RenderStyle())
    #expect(text.contains("\nVerdict\n═══════\n\n  bad        partner-17 lost 4.10 % of its"))
    #expect(text.contains("""
      2. notice: Health checks are 5.00 % of all requests and pull p50 down.
        If ignored: p50 reads 4.10 ms instead of 5.90 ms.
        What to do: Leave them out: --where 'route<>/health'.
        $ headroom show routes
        id health-checks

      """))
    #expect(!text.contains("SELECT"))
  }

  @Test("JSON keeps sections in the order of the document and every query beside its number")
  func json() throws {
    let text = JSONRenderer().render(EveryBlock().document, style: RenderStyle())
    let order = ["verdict", "findings", "routes", "traffic", "method"].compactMap { text.range(of: "    \"\($0)\": {")?.lowerBound }
    #expect(order.count == 5 && order == order.sorted())
    let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let sections = try #require(root["sections"] as? [String: [String: Any]])
    let query = "SELECT route, count(*) AS requests FROM requests WHERE host = 'a'"
    #expect(sections["routes"]?["routes_query"] as? String == query)
    #expect(sections["routes"]?["requests_query"] as? String == "SELECT count(*) AS requests FROM requests WHERE host = 'a'")
    let statements = try #require(sections["verdict"]?["statements"] as? [[String: Any]])
    #expect(statements.map { $0["tone"] as? String } == ["bad", "attention", "good", "neutral"])
    #expect(statements[0]["query"] as? String == "SELECT sum(status >= 500), count(*) FROM requests WHERE host = 'a'")
    #expect(statements[3]["command"] as? String == "headroom show coverage")
    let values = try #require(statements[0]["values"] as? [[String: Any]])
    #expect(values[0]["value"] as? String == "partner-17")
    #expect(values[1]["value_part"] as? Int == 41 && values[1]["value_of"] as? Int == 1_000)
  }

  @Test("JSON has findings whole and figures with unit, window and samples")
  func jsonFacts() throws {
    let text = JSONRenderer().render(EveryBlock().document, style: RenderStyle())
    let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let sections = try #require(root["sections"] as? [String: [String: Any]])
    let finding = try #require((sections["findings"]?["findings"] as? [[String: Any]])?.first)
    #expect(finding["id"] as? String == "slow-endpoint:GET_/api/orders/{int}" && finding["severity"] as? String == "severe")
    #expect(finding["impact"] as? Double == 0.4 && finding["confidence"] as? Double == 0.9)
    #expect(finding["headline"] as? String == "GET /api/orders/{int} takes 2.14 s at p99; 4.52 % of its callers gave up.")
    let evidence = try #require(finding["evidence"] as? [[String: Any]])
    #expect(evidence[1]["value_us"] as? Int == 2_140_000)
    #expect((evidence[1]["query"] as? String)?.hasPrefix("SELECT p99(duration)") == true)
    #expect(evidence[2]["command"] as? String == "headroom show upstreams")
    let traffic = try #require(sections["traffic"])
    #expect(traffic["requests_by_hour_unit"] as? String == "requests per hour")
    #expect(traffic["requests_by_hour_samples"] as? Int == 4_012_345)
    #expect(traffic["requests_by_hour_first"] as? String == "2025-11-21T00:00:00.000000Z")
    #expect((traffic["requests_by_hour"] as? [Any])?.count == 24)
  }

  @Test("every renderer gives the same bytes twice", arguments: Renderers.names)
  func same(name: String) throws {
    let renderer = try #require(Renderers.named(name))
    #expect(renderer.render(EveryBlock().document, style: RenderStyle()) == renderer.render(EveryBlock().document, style: RenderStyle()))
  }

  @Test("a command line is quoted for a shell", arguments: [
    ("plain-1.2/x:y_z", "plain-1.2/x:y_z"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''"), ("{int}", "'{int}'"), ("$x`y`", "'$x`y`'"),
    ("'\u{301}", "''\\''\u{301}'"),
  ])
  func quoted(text: String, word: String) { #expect(Array(DerivationText.word(text).unicodeScalars) == Array(word.unicodeScalars)) }
}

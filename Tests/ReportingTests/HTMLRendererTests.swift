import Testing
import Traffic

@testable import Analysis
@testable import Reporting

@Suite("The HTML page") struct HTMLRendererTests {
  private let page = HTMLRenderer().render(EveryBlock().document, style: RenderStyle())

  @Test("allows exactly its one script and its one style sheet, by their hashes")
  func policy() throws {
    let tokens = try HTMLTokens(page)
    let policy = tokens.elements.first { $0.attributes.contains { $0.value == "Content-Security-Policy" } }?.attributes.last?.value
    let (script, style) = (try #require(tokens.content(of: "script")), try #require(tokens.content(of: "style")))
    let hash = { ContentPolicy.base64(SHA256.digest(of: ($0 as String).utf8)) }
    #expect(policy == "default-src 'none'; script-src 'sha256-\(hash(script))'; style-src 'sha256-\(hash(style))'; img-src data:; base-uri 'none'; form-action 'none'")
    #expect(tokens.elements.count { $0.name == "script" && $0.attributes.isEmpty } == 1)
    #expect(tokens.elements.count { $0.name == "style" } == 1)
    #expect(!script.contains("</") && !style.contains("</") && !script.contains("<!--"))
  }

  @Test("has as many closing braces as opening ones in its style sheet, and every colour in both schemes")
  func styleSheet() {
    let style = StyleSheet.source
    #expect(style.count { $0 == "{" } == style.count { $0 == "}" })
    for name in ["paper", "panel", "ink", "muted", "line", "shade", "accent", "good", "attention", "bad", "notice"] {
      #expect(style.ranges(of: "--\(name):#").count >= 3, "light, dark and paper have --\(name)")
    }
  }

  @Test("names no address")
  func selfContained() {
    #expect(!page.replacing("http://www.w3.org/2000/svg", with: "").contains("://"))
    #expect(!page.contains("@import") && !page.contains("url("))
  }

  @Test("gives the same bytes twice")
  func same() { #expect(page == HTMLRenderer().render(EveryBlock().document, style: RenderStyle())) }

  @Test("has each anchor once, and a section for every link")
  func anchors() throws {
    let tokens = try HTMLTokens(page)
    let ids = tokens.elements.flatMap(\.attributes).filter { $0.name == "id" }.compactMap(\.value)
    #expect(Set(ids).count == ids.count)
    let links = tokens.elements.flatMap(\.attributes).filter { $0.name == "href" }.compactMap(\.value).filter { $0.hasPrefix("#") }
    #expect(links.count == 6)
    #expect(links.allSatisfy { ids.contains(String($0.dropFirst())) })
  }

  @Test("closes what it opens, but what HTML closes by itself")
  func balanced() throws {
    let free: Set = ["meta", "link", "td", "th", "tr", "thead", "tbody", "tfoot", "dt", "dd", "input", "br"]
    var open: [String] = []
    for token in try HTMLTokens(page).tokens {
      switch token {
      case .open(let name, _): if !free.contains(name), !Self.isDrawn(open) || name == "svg" { open.append(name) }
      case .close(let name):
        if Self.isDrawn(open), name != "svg" { continue }
        #expect(open.popLast() == name)
      case .text: break
      }
    }
    #expect(open.isEmpty)
  }

  private static func isDrawn(_ open: [String]) -> Bool { open.last == "svg" }

  @Test("writes a verdict line with a sign and a word")
  func verdict() {
    #expect(page.contains("<li class=bad><span class=tone><i aria-hidden=true>✕</i> bad</span> <span><code>partner-17</code> lost <b title=\"41 of 1,000\">4.10 %</b> of its checkout calls between 09:00 and 09:04.</span></li>"))
  }

  @Test("writes a finding with its rank, evidence, cost, action, command and id")
  func finding() {
    let anchor = HTMLAnchor.of("slow-endpoint:GET_/api/orders/{int}", in: "finding-")
    #expect(page.contains("""
      <article class="finding severe" id=\(anchor) aria-labelledby=\(anchor)--h>
      <p class=tag><span class=tone><i aria-hidden=true>✕</i> severe</span> slow-endpoint <code>GET /api/orders/{int}</code></p>
      <h3 id=\(anchor)--h>1. <code>GET /api/orders/{int}</code> takes <b>2.14 s</b> at p99; <b title="1,812 of 40,112">4.52 %</b> of its callers gave up.</h3>
      <dl class=facts>
      <div><dt>Requests<dd><b>40,112</b></div>
      """))
    #expect(page.contains("<h4>If ignored</h4>\n<p>Each night <b>1,812</b> orders"))
    #expect(page.contains("<pre class=command><code>headroom show latency --where &#39;route=GET /api/orders/{int}&#39;</code></pre>"))
    #expect(page.contains("headroom report --mute &#39;slow-endpoint:GET_/api/orders/{int}:YYYY-MM-DD&#39;"))
  }

  @Test("writes rows with a heading, raw numbers to sort by, and what is behind a share")
  func rows() {
    #expect(page.contains("<tr><th scope=row>/api/cart<td data-value=20056>20,056<td data-value=5.571111 title=\"20,056 in 1h 00m\">5.57/s<td data-value=0.00005 title=\"1 of 20,056\">&lt;0.01 %<td data-value=1070000>1.07 s"))
    #expect(page.contains("<td class=few title=\"802 of the 1,000 samples that it needs\">n too small"))
    #expect(page.contains("<tfoot>\n<tr><th scope=row>all<td data-value=4012345>4,012,345<td><td>"))
    #expect(page.contains("<p class=cut>10 of 412 routes. Totals are of all routes.</p>"))
    #expect(page.contains("<div class=scroll tabindex=0 role=region aria-label=\"Slowest routes\"><table><caption>Slowest routes</caption>"))
  }

  @Test("states unit, window and sample count of a figure, and has its data")
  func figure() {
    #expect(page.contains("<figure id=figure-requests-by-hour>\n<figcaption><b>Requests by hour</b> <span>requests per hour · 2025-11-21 00:00:00Z – 2025-11-22 00:00:00Z · n = 4,012,345</span></figcaption>"))
    #expect(page.contains("<details class=data><summary>Data (24 rows)</summary>"))
  }

  @Test("prints a derivation that many facts share once, with their labels")
  func derivations() {
    let shared = "headroom sql &#39;SELECT count(*) AS requests FROM requests WHERE host = &#39;\\&#39;&#39;a&#39;\\&#39;&#39;&#39;</code></pre>"
    #expect(page.contains("<p>Requests, Busy</p><pre class=command><code>" + shared + "\n<p>Sent</p>"))
  }

  @Test("times are those of the reader's clock")
  func clock() {
    let style = RenderStyle(clock: DisplayClock(name: "Europe/Berlin") { _ in 3_600 })
    let page = HTMLRenderer().render(EveryBlock().document, style: style)
    #expect(page.contains("<b>2025-11-21 01:00:00 +01:00</b>") && page.contains("Times: Europe/Berlin."))
  }

  @Test("a document without sections is a page too")
  func flat() throws {
    let page = try HTMLTokens(HTMLRenderer().render(Document(name: "x", title: "", blocks: [.paragraph("hello")]), style: RenderStyle()))
    #expect(!page.elements.contains { $0.name == "nav" })
    #expect(page.visibleText.contains("hello"))
  }
}

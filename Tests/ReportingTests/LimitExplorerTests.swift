import Foundation
import Planning
import Testing
import Traffic

@testable import Reporting

@Suite("A limit explorer as HTML") struct LimitExplorerTests {
  private static let hostile = [
    "<script>alert(1)</script>", "\" onmouseover=\"x", "</script><b>", "\u{202E}gnp.exe", "\u{1B}[31mred", "a&b'c",
    String(repeating: "x", count: 100_000),
  ]

  private static func explorer() -> LimitExplorer {
    var grid = LimitExplorer.Grid(
      product: "nginx", axis: .rate, sizeWord: "burst", keyWord: "consumer", requests: 40_000, withoutKey: 7, keys: 90)
    grid.names = hostile
    grid.sizes = [0, 10]
    let text = { (size: Int64) in "limit_req zone=c" + (size == 0 ? "" : " burst=\(size)") + " nodelay; # <c> 10\n" }
    grid.points = ["10r/s", "20r/s"].enumerated().map { index, label in
      LimitExplorer.Point(
        label: label, sizes: [0, 10, 33], exact: 33, rejected: [3_000 - Int64(index), 40, 0], keysHit: [9, 2, 0],
        worst: [
          hostile.indices.prefix(3).map { LimitExplorer.Hit(name: $0, rejected: 100 - Int64($0)) },
          hostile.indices.suffix(2).map { LimitExplorer.Hit(name: $0, rejected: 20) }, [],
        ], configuration: LimitExplorer.SizedText([0, 10, 33], text))
    }
    grid.named = hostile.indices.map { name in
      LimitExplorer.Key(name: name, requests: 500, exact: [12, nil], rejected: [[50, 1, 0], [40, 0, 0]])
    }
    grid.command = "headroom simulate --config limit.conf"
    return LimitExplorer(
      id: "limits", title: "Limits", table: Table(key: "limit_grid", columns: [Column("limit", "Limit", .text)]),
      grids: [grid])
  }

  @Test("keeps hostile keys as text, in elements and in its data") func hostileKeys() {
    let html = LimitExplorerDrawing.html(Self.explorer())
    #expect(html.components(separatedBy: "<script").count == 2 && html.components(separatedBy: "</script").count == 2)
    #expect(!html.contains("<b></b>") && !html.contains("onmouseover=\"x\"") && !html.contains("\u{1B}"))
    #expect(!html.contains("\u{202E}") && html.utf8.count < 12_000)
  }

  @Test("starts at the smallest size that rejects at most one in a thousand, and embeds every point") func data() throws {
    let explorer = Self.explorer()
    #expect(explorer.grids[0].start == (1, 1))
    let html = LimitExplorerDrawing.html(explorer)
    #expect(html.contains("data-size=10 data-key=all") && html.contains("data-value=40 data-of=40000"))
    let start = try #require(html.range(of: "application/json\">"))
    let end = try #require(html.range(of: "</script>"))
    let json = try JSONSerialization.jsonObject(with: Data(html[start.upperBound..<end.lowerBound].utf8))
    let grid = try #require((json as? [[String: Any]])?.first)
    let points = try #require(grid["points"] as? [[String: Any]])
    #expect(points.map { $0["rejected"] as? [Int] } == [[3_000, 40, 0], [2_999, 40, 0]])
    #expect((grid["names"] as? [String])?.first == Self.hostile[0] && (grid["start"] as? [Int]) == [1, 1])
    #expect((points[0]["texts"] as? [String: String]) == ["0": "limit_req zone=c nodelay; # <c> 10\n"])
  }

  @Test("writes the text of every size, also where it is no number in a pattern") func sizedText() throws {
    let text = { (size: Int64) in size == 0 ? "off" : "burst \(size) of 20, again \(size)" }
    let sized = try #require(LimitExplorer.SizedText([0, 5, 20], text))
    for size in [Int64(0), 5, 20] { #expect(sized.text(of: size) == text(size)) }
    #expect(sized.exceptions == [0: "off"] && sized.parts.count == 3)
  }

  @Test("has no way for a style attribute, a handler or code from text") func script() {
    for word in ["innerHTML", "outerHTML", "insertAdjacent", "eval(", "Function(", "setTimeout", "document.write", "http"] {
      #expect(!ExplorerScript.source.contains(word), "\(word)")
    }
    #expect(!LimitExplorerDrawing.html(Self.explorer()).contains(" style="))
  }
}

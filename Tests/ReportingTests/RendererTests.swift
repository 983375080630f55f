import Testing
import Traffic

@testable import Reporting

private let routes = Document(
  name: "routes", title: "Routes",
  blocks: [
    .facts([
      Fact("requests", "Requests", .integer(1_412)), Fact("first", "First arrival", .timestamp(Timestamp(microseconds: 0))),
      Fact("busy", "Busy", .duration(Microseconds(1_500_000))),
    ]),
    .table({
      let table = Table(
        key: "routes",
        columns: [
          Column("route", "Route", .text), Column("requests", "Requests", .integer), Column("errors", "Errors", .ratio),
          Column("p99", "p99", .duration),
        ],
        rows: [
          [.text("/orders/{int}"), .integer(1_000), .ratio(25, of: 1_000), .duration(Microseconds(12_345))],
          [.text("/注文"), .integer(400), .ratio(0, of: 400), .tooFew(samples: 400, needed: 1_000)],
          [.text("/health"), .integer(12), .ratio(0, of: 0), .absent],
        ],
        total: [.text("all"), .integer(1_412), .ratio(25, of: 1_400), .duration(Microseconds(9_000))])
      return table.cut(to: 2)
    }()),
    .note("Errors are 5xx."),
  ])

@Suite("Renderers") struct RendererTests {
  @Test("text aligns columns by display width and announces what it cuts")
  func text() {
    #expect(TextRenderer().render(routes, style: RenderStyle()) == """
      Routes

        Requests       1,412
        First arrival  1970-01-01 00:00:00Z
        Busy           1.50 s

      Route          Requests  Errors          p99
      /orders/{int}     1,000  2.50 %      12.3 ms
      /注文               400     0 %  n too small
      ─────────────  ────────  ──────  ───────────
      all               1,412  1.79 %      9.00 ms
        2 of 3 routes; --all shows the rest. Totals are of all routes.

        Errors are 5xx.

      """)
  }

  @Test("JSON has the schema first, sorted keys, units in keys and every denominator")
  func json() {
    #expect(JSONRenderer().render(routes, style: RenderStyle()) == """
      {
        "schema": "headroom.routes/1",
        "busy_us": 1500000,
        "first": "1970-01-01T00:00:00.000000Z",
        "notes": [
          "Errors are 5xx."
        ],
        "requests": 1412,
        "routes": [
          {"errors_of":1000,"errors_part":25,"errors_ratio":0.025,"p99_us":12345,"requests":1000,"route":"/orders/{int}"},
          {"errors_of":400,"errors_part":0,"errors_ratio":0,"p99_us":null,"requests":400,"route":"/注文","too_few_samples":["p99_us"]}
        ],
        "routes_in_all": 3,
        "routes_total": {"errors_of":1400,"errors_part":25,"errors_ratio":0.017857,"p99_us":9000,"requests":1412,"route":"all"}
      }

      """)
  }

  @Test("CSV has one line per row and no thousands separators")
  func csv() {
    #expect(CSVRenderer().render(routes, style: RenderStyle()) == [
      "route,requests,errors_ratio,errors_part,errors_of,p99_us", "/orders/{int},1000,0.025,25,1000,12345", "/注文,400,0,0,400,", "",
    ].joined(separator: "\r\n"))
  }

  @Test("Markdown says how many samples were too few")
  func markdown() {
    #expect(MarkdownRenderer().render(routes, style: RenderStyle()) == """
      # Routes

      - **Requests**: 1,412
      - **First arrival**: 1970-01-01 00:00:00Z
      - **Busy**: 1.50 s

      | Route | Requests | Errors | p99 |
      | --- | ---: | ---: | ---: |
      | /orders/{int} | 1,000 | 2.50 % | 12.3 ms |
      | /注文 | 400 | 0 % | n too small (400 of 1,000) |
      | **all** | **1,412** | **1.79 %** | **9.00 ms** |

      > 2 of 3 routes; --all shows the rest. Totals are of all routes.

      > Errors are 5xx.

      """)
  }

  @Test("colour is added only when allowed")
  func colour() {
    #expect(TextRenderer().render(routes, style: RenderStyle(colour: true)).contains("\u{1B}[1m"))
    #expect(!TextRenderer().render(routes, style: RenderStyle()).contains("\u{1B}"))
  }

  @Test("a cut keeps the total and the number of all rows")
  func cut() {
    let table = routes.tables[0]
    #expect(table.rows.count == 2 && table.rowsInAll == 3)
    #expect(table.total?[1] == .integer(1_412))
  }

  @Test("sorting puts cells without a value last, whichever way")
  func sorting() {
    var table = Table(
      key: "t", columns: [Column("v", "V", .duration)],
      rows: [[.absent], [.duration(Microseconds(2))], [.tooFew(samples: 1, needed: 20)], [.duration(Microseconds(3))]])
    table.sort(by: 0, rises: true)
    #expect(table.rows[0] == [.duration(Microseconds(2))])
    table.sort(by: 0, rises: false)
    #expect(table.rows[0] == [.duration(Microseconds(3))])
    #expect(table.rows[2] == [.absent])
  }

  @Test("wide and combining characters take the columns a terminal gives them")
  func widths() {
    #expect(DisplayWidth.of("日本") == 4)
    #expect(DisplayWidth.of("e\u{301}") == 1)
    #expect(DisplayWidth.of("\u{2068}ab\u{2069}") == 2)
    #expect(DisplayWidth.cut("日本語", to: 5) == "日本…")
    #expect(DisplayWidth.cut("abc", to: 3) == "abc")
  }
}

import Testing
import Traffic

@testable import Reporting

/// Small figures and the whole of what is drawn for them, a line per element. A change here is a change of how
/// reports look: look at it before you record it.
@Suite("Golden charts") struct ChartsGoldenTests {
  private static func us(_ count: Int64) -> Cell { .duration(Microseconds(count)) }
  /// Hours after 2026-11-22 00:00 UTC.
  private static func hour(_ number: Int64) -> Cell { .timestamp(Timestamp(microseconds: (1_795_305_600 + number * 3_600) * 1_000_000)) }
  private static let clock = DisplayClock(name: "+01:00") { _ in 3_600 }

  private static func drawing(_ chart: Chart, _ keys: [(String, Column.Kind)], _ rows: [[Cell]]) -> String {
    let table = Table(key: "t", columns: keys.map { Column($0.0, $0.0.uppercased(), $0.1) }, rows: rows)
    let figure = Figure(
      id: "f", title: "A & B", chart: chart, unit: "unit", first: Timestamp(microseconds: 0), last: Timestamp(microseconds: 60_000_000),
      samples: 12, table: table)
    return lines(FigureDrawing.svg(figure, clock: clock))
  }

  private static func lines(_ svg: String) -> String { svg.replacing("><", with: ">\n<") }

  private static func length(_ cell: Cell?) -> Microseconds? {
    if case .duration(let length) = cell { length } else { nil }
  }

  @Test("a line breaks, a lone point is a dot, a band lies behind")
  func line() {
    let drawn = Self.drawing(
      .line(x: "t", series: ["v"], band: Chart.Band(low: "a", high: "b")), [("t", .timestamp), ("v", .integer), ("a", .integer), ("b", .integer)],
      [
        [Self.hour(0), .integer(5), .integer(2), .integer(8)], [Self.hour(1), .integer(6), .integer(4), .integer(10)], [Self.hour(2), .absent, .absent, .absent],
        [Self.hour(3), .integer(4), .integer(4), .integer(4)],
      ])
    #expect(drawn == """
      <svg class="chart" role="img" viewBox="0 0 640 274" data-chart="line" data-plot="29.2 30 600.8 200" data-x="0" data-v="1 2 3" data-domain="1795305600000000 1795316400000000" data-zone="0:3600" data-clock="+01:00">
      <title>A &amp; B</title>
      <desc>unit, 1970-01-01 01:00:00 +01:00 to 1970-01-01 01:01:00 +01:00, 12 samples, 4 rows. V: highest 6 at 2026-11-22 02:00:00 +01:00, lowest 4 at 2026-11-22 04:00:00 +01:00, 1 missing.</desc>
      <g class="k">
      <text class="u" y="12">unit</text>
      <path class="l s1" d="M44.8 8h20"/>
      <text x="70.8" y="12">V</text>
      <rect class="b" x="98.5" y="2" width="12" height="12"/>
      <text x="118.5" y="12">A – B</text>
      </g>
      <path class="g" d="M29.2 230h600.8M29.2 190h600.8M29.2 150h600.8M29.2 110h600.8M29.2 70h600.8M29.2 30h600.8"/>
      <g class="y" text-anchor="end">
      <text x="23.2" y="234">0</text>
      <text x="23.2" y="194">2</text>
      <text x="23.2" y="154">4</text>
      <text x="23.2" y="114">6</text>
      <text x="23.2" y="74">8</text>
      <text x="23.2" y="34">10</text>
      </g>
      <g class="tx">
      <path class="a" d="M29.2 230v4M129.33 230v4M229.47 230v4M329.6 230v4M429.73 230v4M529.87 230v4M630 230v4"/>
      <g class="x" text-anchor="middle">
      <text x="29.2" y="248">01:00</text>
      <text x="129.33" y="248">01:30</text>
      <text x="229.47" y="248">02:00</text>
      <text x="329.6" y="248">02:30</text>
      <text x="429.73" y="248">03:00</text>
      <text x="529.87" y="248">03:30</text>
      <text x="614" y="248">04:00</text>
      </g>
      <g class="x" text-anchor="middle">
      <text x="52" y="266">Sun 22 Nov</text>
      </g>
      <text class="c" text-anchor="end" x="630" y="266">+01:00</text>
      </g>
      <svg class="plot" x="25.2" y="26" width="608.8" height="208" viewBox="-4 -4 608.8 208" preserveAspectRatio="none">
      <path class="b" d="M0 40l200.27-40v120l-200.27 40zM600.3 120h1 0-1z"/>
      <path class="l s1" d="M0 100l200.27-20M600.8 120h0"/>
      </svg>
      </svg>
      """)
  }

  @Test("areas stand on each other")
  func area() {
    let drawn = Self.drawing(
      .stackedArea(x: "n", series: ["v", "w"]), [("n", .integer), ("v", .integer), ("w", .integer)],
      [[.integer(1), .integer(5), .integer(5)], [.integer(2), .integer(8), .integer(2)]])
    #expect(drawn == """
      <svg class="chart" role="img" viewBox="0 0 640 254" data-chart="area" data-plot="29.2 30 600.8 200" data-x="0" data-v="1 2" data-domain="1.0 2.0">
      <title>A &amp; B</title>
      <desc>unit, 1970-01-01 01:00:00 +01:00 to 1970-01-01 01:01:00 +01:00, 12 samples, 2 rows. V: highest 8 at 2, lowest 5 at 1. W: highest 5 at 1, lowest 2 at 2.</desc>
      <g class="k">
      <text class="u" y="12">unit</text>
      <rect class="f2" x="50.8" y="2" width="12" height="12"/>
      <text x="70.8" y="12">W</text>
      <rect class="f1" x="98.5" y="2" width="12" height="12"/>
      <text x="118.5" y="12">V</text>
      </g>
      <path class="g" d="M29.2 230h600.8M29.2 190h600.8M29.2 150h600.8M29.2 110h600.8M29.2 70h600.8M29.2 30h600.8"/>
      <g class="y" text-anchor="end">
      <text x="23.2" y="234">0</text>
      <text x="23.2" y="194">2</text>
      <text x="23.2" y="154">4</text>
      <text x="23.2" y="114">6</text>
      <text x="23.2" y="74">8</text>
      <text x="23.2" y="34">10</text>
      </g>
      <path class="a" d="M29.2 230v4M630 230v4"/>
      <g class="x" text-anchor="middle">
      <text x="29.2" y="248">1</text>
      <text x="630" y="248">2</text>
      </g>
      <svg class="plot" x="25.2" y="26" width="608.8" height="208" viewBox="-4 -4 608.8 208" preserveAspectRatio="none">
      <path class="e f1" d="M0 100l600.8-60v160h-600.8z"/>
      <path class="e f2" d="M0 0h600.8v40l-600.8 60z"/>
      </svg>
      </svg>
      """)
  }

  @Test("a heat map has a shade per place")
  func heat() {
    let drawn = Self.drawing(
      .heatMap(x: "x", y: "y", value: "v"), [("x", .text), ("y", .text), ("v", .ratio)],
      [[.text("<x>"), .text("1"), .ratio(1, of: 2)], [.text("b"), .text("1"), .ratio(1, of: 1)], [.text("b"), .text("2"), .absent]])
    #expect(drawn == """
      <svg class="chart" role="img" viewBox="0 0 640 118" data-chart="heat" data-plot="19.6 50 610.4 44" data-x="0" data-y="1" data-v="1 2" data-grid="2 2">
      <title>A &amp; B</title>
      <desc>unit, 1970-01-01 01:00:00 +01:00 to 1970-01-01 01:01:00 +01:00, 12 samples, 3 rows. Highest 100 % at 1, b.</desc>
      <g class="k">
      <text class="u" y="12">unit</text>
      <rect class="h0" x="50.8" y="2" width="12" height="12"/>
      <text x="70.8" y="12">50 % – 60 %</text>
      <rect class="h1" x="175.5" y="2" width="12" height="12"/>
      <text x="195.5" y="12">60 % – 70 %</text>
      <rect class="h2" x="300.2" y="2" width="12" height="12"/>
      <text x="320.2" y="12">70 % – 80 %</text>
      <rect class="h3" x="424.9" y="2" width="12" height="12"/>
      <text x="444.9" y="12">80 % – 90 %</text>
      <rect class="h4" x="549.6" y="2" width="12" height="12"/>
      <text x="569.6" y="12">≥ 90 %</text>
      <rect class="hx" x="6" y="22" width="12" height="12"/>
      <text x="26" y="32">no data</text>
      </g>
      <g class="y" text-anchor="end">
      <text x="13.6" y="65">1</text>
      <text x="13.6" y="87">2</text>
      </g>
      <g class="x" text-anchor="middle">
      <text x="172.2" y="112">&lt;x&gt;</text>
      <text x="477.4" y="112">b</text>
      </g>
      <svg class="plot" x="15.6" y="46" width="618.4" height="52" viewBox="-4 -4 618.4 52" preserveAspectRatio="none">
      <path class="h0" d="M.5 .5h304.2v21h-304.2z"/>
      <path class="h4" d="M305.7 .5h304.2v21h-304.2z"/>
      <path class="hx" d="M.5 22.5h304.2v21h-304.2zM305.7 22.5h304.2v21h-304.2z"/>
      </svg>
      </svg>
      """)
  }

  @Test("a histogram has bars on a logarithmic axis")
  func histogram() {
    let drawn = Self.drawing(
      .logHistogram(from: "a", until: "b", series: ["n"]), [("a", .duration), ("b", .duration), ("n", .integer)],
      [[Self.us(0), Self.us(1_000), .integer(3)], [Self.us(1_000), Self.us(2_000), .integer(5)]])
    #expect(drawn == """
      <svg class="chart" role="img" viewBox="0 0 640 254" data-chart="histogram" data-plot="19.6 30 610.4 200" data-x="0" data-u="1" data-v="2" data-scale="log" data-domain="500.0 2000.0">
      <title>A &amp; B</title>
      <desc>unit, 1970-01-01 01:00:00 +01:00 to 1970-01-01 01:01:00 +01:00, 12 samples, 2 rows. N: highest 5 at 1.00 ms, lowest 3 at 0 µs.</desc>
      <g class="k">
      <text class="u" y="12">unit</text>
      <rect class="f1" x="50.8" y="2" width="12" height="12"/>
      <text x="70.8" y="12">N</text>
      </g>
      <path class="g" d="M19.6 230h610.4M19.6 190h610.4M19.6 150h610.4M19.6 110h610.4M19.6 70h610.4M19.6 30h610.4"/>
      <g class="y" text-anchor="end">
      <text x="13.6" y="234">0</text>
      <text x="13.6" y="194">1</text>
      <text x="13.6" y="154">2</text>
      <text x="13.6" y="114">3</text>
      <text x="13.6" y="74">4</text>
      <text x="13.6" y="34">5</text>
      </g>
      <svg class="plot" x="15.6" y="26" width="618.4" height="208" viewBox="-4 -4 618.4 208" preserveAspectRatio="none">
      <path class="f1" d="M.5 200v-120h304.2v120zM305.7 200v-200h304.2v200z"/>
      </svg>
      <path class="a" d="M19.6 230h610.4"/>
      <path class="a" d="M19.6 230v4M324.8 230v4M630 230v4"/>
      <g class="x" text-anchor="middle">
      <text x="31.2" y="248">500 µs</text>
      <text x="324.8" y="248">1 ms</text>
      <text x="619.2" y="248">2 ms</text>
      </g>
      </svg>
      """)
  }

  @Test("a percentile curve ends at the maximum")
  func percentiles() {
    let drawn = Self.drawing(
      .percentileCurve(quantile: "q", series: ["v"]), [("q", .integer), ("v", .duration)],
      [[.real(0.5), Self.us(1_000)], [.real(0.99), Self.us(9_000)], [.real(1), Self.us(12_000)]])
    #expect(drawn == """
      <svg class="chart" role="img" viewBox="0 0 640 274" data-chart="percentiles" data-plot="58 30 572 220" data-x="0" data-v="1" data-domain="0.5 1.0" data-scale="tail" data-ends="0.5 0.9968377223398316">
      <title>A &amp; B</title>
      <desc>unit, 1970-01-01 01:00:00 +01:00 to 1970-01-01 01:01:00 +01:00, 12 samples, 3 rows. V: highest 12.0 ms at 1, lowest 1.00 ms at 0.5.</desc>
      <g class="k">
      <text class="u" y="12">unit</text>
      <path class="l s1" d="M44.8 8h20"/>
      <text x="70.8" y="12">V</text>
      </g>
      <path class="g" d="M58 250h572M58 199.1h572M58 131.81h572M58 80.9h572M58 30h572"/>
      <g class="y" text-anchor="end">
      <text x="52" y="254">1 ms</text>
      <text x="52" y="203.1">2 ms</text>
      <text x="52" y="135.81">5 ms</text>
      <text x="52" y="84.9">10 ms</text>
      <text x="52" y="34">20 ms</text>
      </g>
      <path class="a" d="M58 250v4M136.3 250v4M239.82 250v4M318.12 250v4M499.94 250v4M630 250v4"/>
      <g class="x" text-anchor="middle">
      <text x="58" y="268">p50</text>
      <text x="136.3" y="268">p75</text>
      <text x="239.82" y="268">p90</text>
      <text x="318.12" y="268">p95</text>
      <text x="499.94" y="268">p99</text>
      <text x="624.4" y="268">max</text>
      </g>
      <svg class="plot" x="54" y="26" width="580" height="228" viewBox="-4 -4 580 228" preserveAspectRatio="none">
      <path class="l s1" d="M0 220l441.94-161.36 130.06-21.13"/>
      <path class="o s1" d="M0 220h0M441.94 58.64h0M572 37.51h0"/>
      </svg>
      </svg>
      """)
  }

  @Test("a frontier has a dot per computed point")
  func frontier() {
    let drawn = Self.drawing(
      .frontier(rate: "r", series: ["v"]), [("r", .rate), ("v", .integer)],
      [[.rate(10, over: .second), .integer(40)], [.rate(20, over: .second), .integer(10)]])
    #expect(drawn == """
      <svg class="chart" role="img" viewBox="0 0 640 294" data-chart="frontier" data-plot="29.2 30 600.8 220" data-x="0" data-v="1" data-domain="10.0 20.0">
      <title>A &amp; B</title>
      <desc>unit, 1970-01-01 01:00:00 +01:00 to 1970-01-01 01:01:00 +01:00, 12 samples, 2 rows. V: highest 40 at 10.0/s, lowest 10 at 20.0/s.</desc>
      <g class="k">
      <text class="u" y="12">unit</text>
      <path class="l s1" d="M44.8 8h20"/>
      <text x="70.8" y="12">V</text>
      </g>
      <path class="g" d="M29.2 250h600.8M29.2 195h600.8M29.2 140h600.8M29.2 85h600.8M29.2 30h600.8"/>
      <g class="y" text-anchor="end">
      <text x="23.2" y="254">0</text>
      <text x="23.2" y="199">10</text>
      <text x="23.2" y="144">20</text>
      <text x="23.2" y="89">30</text>
      <text x="23.2" y="34">40</text>
      </g>
      <path class="a" d="M29.2 250v4M149.36 250v4M269.52 250v4M389.68 250v4M509.84 250v4M630 250v4"/>
      <g class="x" text-anchor="middle">
      <text x="29.2" y="268">10/s</text>
      <text x="149.36" y="268">12/s</text>
      <text x="269.52" y="268">14/s</text>
      <text x="389.68" y="268">16/s</text>
      <text x="509.84" y="268">18/s</text>
      <text x="619.2" y="268">20/s</text>
      </g>
      <g class="x" text-anchor="middle">
      <text x="329.6" y="286">R</text>
      </g>
      <svg class="plot" x="25.2" y="26" width="608.8" height="228" viewBox="-4 -4 608.8 228" preserveAspectRatio="none">
      <path class="l s1" d="M0 0l600.8 165"/>
      <path class="o s1" d="M0 0h0M600.8 165h0"/>
      </svg>
      </svg>
      """)
  }

  @Test("a timeline has a lane per name")
  func timeline() {
    let drawn = Self.drawing(
      .timeline(lane: "l", from: "a", until: "b", state: "s"), [("l", .text), ("a", .timestamp), ("b", .timestamp), ("s", .text)],
      [[.text("one"), Self.hour(0), Self.hour(2), .text("up")], [.text("two"), Self.hour(1), Self.hour(3), .text("down")]])
    #expect(drawn == """
      <svg class="chart" role="img" viewBox="0 0 640 142" data-chart="timeline" data-plot="10 30 620 68" data-x="1" data-u="2" data-y="0" data-v="0 3" data-lane="34" data-domain="1795305600000000 1795316400000000" data-zone="0:3600" data-clock="+01:00">
      <title>A &amp; B</title>
      <desc>unit, 1970-01-01 01:00:00 +01:00 to 1970-01-01 01:01:00 +01:00, 12 samples, 2 rows. 2 lanes; states: up, down.</desc>
      <g class="k">
      <text class="u" y="12">unit</text>
      <rect class="f1" x="50.8" y="2" width="12" height="12"/>
      <text x="70.8" y="12">up</text>
      <rect class="f2" x="106.2" y="2" width="12" height="12"/>
      <text x="126.2" y="12">down</text>
      </g>
      <text class="t" x="10" y="44">one</text>
      <text class="t" x="10" y="78">two</text>
      <g class="tx">
      <path class="a" d="M10 98v4M113.33 98v4M216.67 98v4M320 98v4M423.33 98v4M526.67 98v4M630 98v4"/>
      <g class="x" text-anchor="middle">
      <text x="26" y="116">01:00</text>
      <text x="113.33" y="116">01:30</text>
      <text x="216.67" y="116">02:00</text>
      <text x="320" y="116">02:30</text>
      <text x="423.33" y="116">03:00</text>
      <text x="526.67" y="116">03:30</text>
      <text x="614" y="116">04:00</text>
      </g>
      <g class="x" text-anchor="middle">
      <text x="52" y="134">Sun 22 Nov</text>
      </g>
      <text class="c" text-anchor="end" x="630" y="134">+01:00</text>
      </g>
      <svg class="plot" x="6" y="26" width="628" height="76" viewBox="-4 -4 628 76" preserveAspectRatio="none">
      <path class="e f1" d="M0 19h413.33v11h-413.33z"/>
      <path class="e f2" d="M206.67 53h413.33v11h-413.33z"/>
      </svg>
      <path class="a" d="M10 98h620"/>
      </svg>
      """)
  }

  @Test("a waterfall names every span above its bar")
  func waterfall() {
    let drawn = Self.drawing(
      .waterfall(label: "l", depth: "d", start: "s", length: "n"), [("l", .text), ("d", .integer), ("s", .duration), ("n", .duration)],
      [[.text("GET /"), .integer(0), Self.us(0), Self.us(2_000)], [.text("SQL"), .integer(1), Self.us(1_500), Self.us(400)]])
    #expect(drawn == """
      <svg class="chart" role="img" viewBox="0 0 640 108" data-chart="waterfall" data-plot="10 30 620 54" data-x="2" data-u="3" data-v="0 3" data-domain="0.0 2000.0" data-lane="27">
      <title>A &amp; B</title>
      <desc>unit, 1970-01-01 01:00:00 +01:00 to 1970-01-01 01:01:00 +01:00, 12 samples, 2 rows. N: highest 2.00 ms at GET /, lowest 400 µs at SQL.</desc>
      <g class="k">
      <text class="u" y="12">unit</text>
      </g>
      <path class="g" d="M10 30v54M165 30v54M320 30v54M475 30v54M630 30v54"/>
      <text x="10" y="43">
      <tspan class="t">GET /</tspan> 2.00 ms</text>
      <text x="475" y="70">
      <tspan class="t">SQL</tspan> 400 µs</text>
      <svg class="plot" x="6" y="26" width="628" height="62" viewBox="-4 -4 628 62" preserveAspectRatio="none">
      <path class="f1" d="M0 17h620v7h-620z"/>
      <path class="f2" d="M465 44h124v7h-124z"/>
      </svg>
      <path class="a" d="M10 84h620"/>
      <path class="a" d="M10 84v4M165 84v4M320 84v4M475 84v4M630 84v4"/>
      <g class="x" text-anchor="middle">
      <text x="20.8" y="102">0 µs</text>
      <text x="165" y="102">500 µs</text>
      <text x="320" y="102">1 ms</text>
      <text x="475" y="102">1.5 ms</text>
      <text x="619.2" y="102">2 ms</text>
      </g>
      </svg>
      """)
  }

  @Test("a sparkline marks its last point")
  func sparkline() {
    let drawn = Self.lines(CellDrawing.svg(.series([1, 3, .absent, 2]), in: []))
    #expect(drawn == """
      <svg class="spark" role="img" viewBox="0 0 96 22">
      <title>4 values, lowest 1, highest 3, last 2, 1 missing</title>
      <path class="l s1" d="M3 13.67l30-10.67M93 8.33h0"/>
      <path class="o s1" d="M93 8.33h0"/>
      </svg>
      """)
  }

  @Test("a spread shares the axis of its column")
  func spread() {
    let drawn = Self.lines(
      CellDrawing.svg(.spread([Self.us(1_000), Self.us(2_000), nil, Self.us(5_000), nil, Self.us(100_000)].map(Self.length)), in: [.spread([Microseconds(100)]), .spread([Microseconds(100_000)])]))
    #expect(drawn == """
      <svg class="spread" role="img" viewBox="0 0 120 22">
      <title>p50 1.00 ms, p90 2.00 ms, p95 n too small, p99 5.00 ms, p99.9 n too small, max 100 ms</title>
      <path class="g" d="M4 2v18M41.33 2v18M78.67 2v18M116 2v18"/>
      <path class="w" d="M41.33 11h74.67"/>
      <path class="f1" d="M41.33 7h26.1v8h-26.1z"/>
      <path class="p" d="M41.33 4v14"/>
      <path class="o w" d="M116 11h0"/>
      </svg>
      """)
  }
}

import Planning
import Traffic

/// A limit explorer as HTML: sliders over replayed limits, what the limit under them does, and the whole grid.
///
/// Without the script it shows the limit where the sliders start, and the grid. What a test, or a reader's own script, may
/// rely on, inside `div[data-explorer]`:
///
/// - Controls: `select#explorer-dialect` (values are places of products), `select#explorer-key` (`all`, or a place among
///   the named keys), `input#explorer-rate` and `input#explorer-size` (ranges over places of rates and sizes; their
///   `aria-valuetext` says which), and in the grid `td[data-point][data-size] > button`.
/// - `div[data-explorer]` itself: `data-product`, `data-point` (place), `data-label` (`10r/s`), `data-size` (the burst or
///   limit itself), `data-key` (`all`, or the place).
/// - `output[data-role=rejected]` and `output[data-role=keys-hit]`: `data-value` is the number, `data-of` what it is of;
///   `[data-role=who] > [data-value]`: keys by falling rejections, the name as text; `[data-role=share]` as text.
/// - `code[data-role=configuration]`: the configuration that was replayed, whole; `code[data-role=command]`: how to
///   replay it again once it is saved.
/// - `script[type="application/json"]`: all numbers (`LimitExplorerData`).
enum LimitExplorerDrawing {
  static func html(_ explorer: LimitExplorer) -> String {
    guard let grid = explorer.grids.first, !grid.points.isEmpty else { return "" }
    let (point, size) = grid.start
    let shown = grid.points[point]
    return """
      <div class=lab data-explorer data-product="\(HTMLText.attribute(grid.product))" data-point=\(point) \
      data-label="\(HTMLText.attribute(shown.label))" data-size=\(shown.sizes[size]) data-key=all>
      \(knobs(explorer, grid))\(answer(grid, shown, size))\(heat(grid))
      <p class=note>Every point was replayed, request by request; none is interpolated.\
      <span data-role=notes>\(grid.notes.map { " " + HTMLText.content($0) }.joined())</span></p>
      \(configuration(grid, shown, size))<script type="application/json">\(LimitExplorerData.json(explorer))</script>
      </div>

      """
  }

  // MARK: Controls

  /// Hidden until the script is there to listen.
  private static func knobs(_ explorer: LimitExplorer, _ grid: LimitExplorer.Grid) -> String {
    let products = explorer.grids.enumerated().map { "<option value=\($0)>" + HTMLText.content($1.product) + "</option>" }
    let (point, size) = grid.start
    let axis = grid.axis == .rate ? "Rate" : "Window"
    return """
      <div class=knobs hidden>
      <label for=explorer-dialect>Limiter</label><select id=explorer-dialect>\(products.joined())</select><span></span>
      <label for=explorer-key>For</label><select id=explorer-key><option value=all>every key</option></select><span></span>
      <label for=explorer-rate data-role=axis>\(axis)</label><input type=range id=explorer-rate min=0 \
      max=\(grid.points.count - 1) step=1 value=\(point) autocomplete=off><output data-role=rate for=explorer-rate>\
      \(HTMLText.content(grid.points[point].label))</output>
      <label for=explorer-size data-role=size-word>\(HTMLText.content(grid.sizeWord))</label><input type=range \
      id=explorer-size min=0 max=\(grid.points[point].sizes.count - 1) step=1 value=\(size) autocomplete=off>\
      <output data-role=size for=explorer-size>\(UnitText.integer(grid.points[point].sizes[size]))</output>
      </div>

      """
  }

  // MARK: The limit under the sliders

  private static func answer(_ grid: LimitExplorer.Grid, _ point: LimitExplorer.Point, _ size: Int) -> String {
    let (rejected, hit) = (point.rejected[size], point.keysHit[size])
    return """
      <p class=limit><span data-role=limit>\(limit(grid, point, size))</span> for each \(HTMLText.content(grid.keyWord)) \
      would have rejected</p>
      <div class=answer aria-live=polite>
      <p><output class=big data-role=rejected data-value=\(rejected) data-of=\(grid.requests)>\(UnitText.integer(rejected))\
      </output> <span data-role=of>of \(UnitText.integer(grid.requests)) requests</span> \
      (<span data-role=share>\(UnitText.percentage(rejected, of: grid.requests))</span>)</p>
      <p><output class=big data-role=keys-hit data-value=\(hit) data-of=\(grid.keys)>\(UnitText.integer(hit))</output> \
      <span data-role=keys-of>of \(UnitText.integer(grid.keys)) \(HTMLText.content(grid.keyWord))s hit</span></p>
      <ul data-role=who>\(point.worst[size].map { who($0, grid) }.joined())</ul>
      <p data-role=exact>\(exact(grid, point))</p>
      </div>

      """
  }

  private static func limit(_ grid: LimitExplorer.Grid, _ point: LimitExplorer.Point, _ size: Int) -> String {
    let number = UnitText.integer(point.sizes[size])
    return HTMLText.content(
      grid.axis == .rate ? "\(point.label) with \(grid.sizeWord) \(number)" : "\(number) \(point.label)")
  }

  private static func who(_ hit: LimitExplorer.Hit, _ grid: LimitExplorer.Grid) -> String {
    "<li data-value=\(hit.rejected)><b>\(HTMLText.content(grid.names[hit.name]))</b> loses "
      + "\(UnitText.integer(hit.rejected))</li>"
  }

  private static func exact(_ grid: LimitExplorer.Grid, _ point: LimitExplorer.Point) -> String {
    guard let exact = point.exact else { return "" }
    return HTMLText.content(
      "At \(point.label) the smallest \(grid.sizeWord) that rejects nobody is \(UnitText.integer(exact)).")
  }

  private static func configuration(_ grid: LimitExplorer.Grid, _ point: LimitExplorer.Point, _ size: Int) -> String {
    let text = point.configuration?.text(of: point.sizes[size]) ?? ""
    return """
      <div data-role=paste\(text.isEmpty ? " hidden" : "")>
      <h4>To paste</h4>
      <pre class=command><code data-role=configuration>\(HTMLText.lines(text))</code></pre>
      <p class=note>Saved as a file, the same numbers come from</p>
      <pre class=command><code data-role=command>\(HTMLText.lines(grid.command))</code></pre>
      </div>

      """
  }

  // MARK: Grid

  /// Shares of rejected requests, one row per rate or window.
  private static func heat(_ grid: LimitExplorer.Grid) -> String {
    let axis = grid.axis == .rate ? "Rate" : "Window"
    let widest = grid.points.map(\.sizes.count).max() ?? 0
    let sizes =
      grid.sizes.isEmpty
      ? "<th colspan=\(widest)>\(HTMLText.content(grid.sizeWord)), and the share that it rejects</th>"
      : grid.sizes.map { "<th>\(UnitText.integer($0))</th>" }.joined() + "<th>rejects nobody from</th>"
    let rows = grid.points.enumerated().map { index, point in
      "<tr><th scope=row>\(HTMLText.content(point.label))</th>"
        + (grid.sizes.isEmpty ? point.sizes : grid.sizes).map { cell(grid, index, size: $0) }.joined()
        + (grid.sizes.isEmpty ? "" : point.exact.map { cell(grid, index, size: $0, isFrontier: true) } ?? "<td>–</td>")
        + "</tr>\n"
    }
    let corner = grid.axis == .rate ? "\(axis) \\ \(grid.sizeWord)" : axis
    return """
      <div class=wide tabindex=0 role=region aria-label="Rejected by limit">
      <table class=heat data-role=grid><caption>Rejected requests by limit</caption>
      <thead><tr><th>\(HTMLText.content(corner))</th>\(sizes)</tr></thead>
      <tbody>
      \(rows.joined())</tbody></table></div>
      """
  }

  private static func cell(
    _ grid: LimitExplorer.Grid, _ index: Int, size: Int64, isFrontier: Bool = false
  ) -> String {
    let point = grid.points[index]
    guard let place = point.sizes.firstIndex(of: size) else { return "<td>–</td>" }
    let rejected = point.rejected[place]
    let share = UnitText.percentage(rejected, of: grid.requests)
    let isOwn = grid.sizes.isEmpty || isFrontier
    let text = isFrontier ? UnitText.integer(size) : isOwn ? "\(UnitText.integer(size)): \(share)" : share
    return "<td data-point=\(index) data-size=\(place) class=\(heatClass(rejected, of: grid.requests))>\(text)</td>"
  }

  /// Five steps of shares: nothing, up to 0.1 %, 1 %, 10 %, and more.
  static func heatClass(_ rejected: Int64, of requests: Int64) -> String {
    if rejected == 0 { return "h0" }
    if rejected <= requests / 1_000 { return "h1" }
    if rejected <= requests / 100 { return "h2" }
    return rejected <= requests / 10 ? "h3" : "h4"
  }
}

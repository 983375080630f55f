import Planning

/// The grids as JSON for the script, short: names by place, numbers in plain arrays.
///
///     [{"product","axis","sizeWord","keyWord","requests","withoutKey","keys","command","notes":[…],"names":[…],
///       "points":[{"label","sizes":[…],"exact","rejected":[…],"hit":[…],"worst":[[name,count,…],…],
///                  "text":[part,…],"texts":{"0":…}}],
///       "named":[{"name","requests","exact":[…],"rejected":[[…],…]}]}]
enum LimitExplorerData {
  static func json(_ explorer: LimitExplorer) -> String { array(explorer.grids.map(grid)) }

  private static func grid(_ grid: LimitExplorer.Grid) -> String {
    object([
      ("product", text(grid.product)), ("axis", text(grid.axis == .rate ? "rate" : "window")),
      ("sizeWord", text(grid.sizeWord)), ("keyWord", text(grid.keyWord)), ("requests", String(grid.requests)),
      ("withoutKey", String(grid.withoutKey)), ("keys", String(grid.keys)), ("command", text(grid.command)),
      ("notes", array(grid.notes.map(text))), ("names", array(grid.names.map(text))),
      ("sizes", grid.sizes.isEmpty ? "null" : numbers(grid.sizes)), ("start", array([String(grid.start.point), String(grid.start.size)])),
      ("points", array(grid.points.map(point))), ("named", array(grid.named.map(key))),
    ])
  }

  private static func point(_ point: LimitExplorer.Point) -> String {
    var members = [
      ("label", text(point.label)), ("sizes", numbers(point.sizes)), ("exact", optional(point.exact)),
      ("rejected", numbers(point.rejected)), ("hit", numbers(point.keysHit)),
      ("worst", array(point.worst.map { hits in array(hits.flatMap { [String($0.name), String($0.rejected)] }) })),
    ]
    if let configuration = point.configuration {
      members.append(("text", array(configuration.parts.map(text))))
      let exceptions = configuration.exceptions.sorted { $0.key < $1.key }.map { (String($0.key), text($0.value)) }
      if !exceptions.isEmpty { members.append(("texts", object(exceptions))) }
    }
    return object(members)
  }

  private static func key(_ key: LimitExplorer.Key) -> String {
    object([
      ("name", String(key.name)), ("requests", String(key.requests)), ("exact", array(key.exact.map(optional))),
      ("rejected", array(key.rejected.map(numbers))),
    ])
  }

  // MARK: JSON

  private static func text(_ text: String) -> String { JSONText.string(BoundedText.of(text)) }
  private static func optional(_ number: Int64?) -> String { number.map(String.init) ?? "null" }
  private static func numbers(_ numbers: [Int64]) -> String { array(numbers.map(String.init)) }
  private static func array(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }
  private static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { JSONText.string($0.0) + ":" + $0.1 }.joined(separator: ",") + "}"
  }
}

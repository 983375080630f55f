import Traffic

/// The points of a series, in runs that a line may join.
///
/// A run ends at an absent value, and where rows are missing: when most rows are equally far apart, a longer step is
/// a hole. Nothing is drawn across it.
struct PlotPoints {
  struct Point: Hashable, Sendable {
    var x: Double
    var y: Double
  }

  private(set) var runs: [[Point]] = []

  /// - Parameters:
  ///   - xs: in rising order.
  ///   - hole: the step above which nothing is joined, see `hole(_:)`.
  init(_ xs: [Double], _ ys: [Double?], hole: Double) {
    var run: [Point] = []
    var before = -Double.infinity
    for (x, y) in zip(xs, ys) {
      if y == nil || x - before > hole {
        if !run.isEmpty { runs.append(run) }
        run = []
      }
      if let y { run.append(Point(x: x, y: y)) }
      before = x
    }
    if !run.isEmpty { runs.append(run) }
  }

  /// One and a half of the most common step, when at least half of all steps are that long; else no step is a hole.
  static func hole(_ xs: [Double]) -> Double {
    let steps = zip(xs.dropFirst(), xs).map { $0 - $1 }.sorted()
    guard steps.count >= 3 else { return .infinity }
    var (best, most, start) = (0.0, 0, 0)
    for index in steps.indices where index == steps.count - 1 || steps[index + 1] > steps[index] {
      if index - start + 1 > most { (best, most) = (steps[index], index - start + 1) }
      start = index + 1
    }
    return best > 0 && most * 2 >= steps.count ? best * 1.5 : .infinity
  }

  /// The points of a run at their places, at most four in each unit of width: first, lowest, highest and last, which
  /// draw the same line as all of them.
  ///
  /// - Source: Jugel et al., *M4: A Visualization-Oriented Time Series Data Aggregation*, VLDB 2014.
  static func placed(_ run: [Point], _ x: PlotScale, _ y: PlotScale) -> [Point] {
    let points = run.map { Point(x: x.place($0.x), y: y.place($0.y)) }
    guard points.count > 1_500 else { return points }
    var kept: [Point] = []
    var start = 0
    for index in points.indices {
      let isLast = index == points.count - 1
      guard isLast || points[index + 1].x.rounded(.down) != points[index].x.rounded(.down) else { continue }
      kept += extremes(points[start...index])
      start = index + 1
    }
    return kept
  }

  private static func extremes(_ column: ArraySlice<Point>) -> [Point] {
    guard column.count > 4 else { return Array(column) }
    let low = column.indices.min { column[$0].y < column[$1].y } ?? column.startIndex
    let high = column.indices.max { column[$0].y < column[$1].y } ?? column.startIndex
    var kept: [Int] = []
    for index in [column.startIndex, min(low, high), max(low, high), column.endIndex - 1] where kept.last != index {
      kept.append(index)
    }
    return kept.map { column[$0] }
  }
}

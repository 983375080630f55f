import Traffic

/// Dots on a line whose points were computed one by one, while there are few enough to be told apart.
enum PointMarks {
  private static let most = 80

  static func svg(_ points: PlotPoints, _ x: PlotScale, _ y: PlotScale, series: Int) -> String {
    let all = points.runs.joined()
    guard all.count <= most, !all.isEmpty else { return "" }
    var path = PathWriter()
    for point in all { path.dot(x.place(point.x), y.place(point.y)) }
    return "<path class=\"o s\(series % 6 + 1)\" d=\"\(path.text)\"/>"
  }
}

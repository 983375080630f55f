/// Values as block characters.
enum BlockText {
  private static let heights = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
  private static let shades = ["·", "░", "▒", "▓", "█"]

  /// A column per value, from 0 (or the lowest below it) to the highest; a space where there is none.
  static func trend(_ values: [Double?]) -> String {
    let known = values.compactMap { $0 }
    let low = min(0, known.min() ?? 0)
    let range = (known.max() ?? 0) - low
    return values.map { value in
      guard let value else { return " " }
      guard range > 0, range.isFinite else { return heights[0] }
      return heights[Int(min(7, max(0, ((value - low) / range * 7).rounded())))]
    }.joined()
  }

  /// At most `count` values: the highest of each equal part, nil where a part has none.
  static func highest(_ values: [Double?], in count: Int) -> [Double?] {
    guard values.count > count, count > 0 else { return values }
    return (0..<count).map { part in
      values[part * values.count / count..<(part + 1) * values.count / count].compactMap { $0 }.max()
    }
  }

  /// A bar of a share 0…1 in eighths of a column; a share above 0 is never nothing.
  static func bar(_ share: Double, columns: Int) -> String {
    guard share > 0 else { return "" }
    let parts = max(1, Int((min(1, share) * Double(columns * 8)).rounded()))
    return String(repeating: "█", count: parts / 8) + eighths[parts % 8]
  }

  /// A shade 0…4.
  static func shade(_ step: Int) -> String { shades[min(4, max(0, step))] }
}

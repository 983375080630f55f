/// A trend in one line of block characters, for places without pictures.
enum Sparkline {
  /// Characters of one line; longer trends show the largest of neighbours.
  static let widest = 48

  /// `▁▃█▂`: heights are shares of the largest count; a step without any is a space's width of `▁` too, so that the
  /// line keeps its length.
  static func text(_ counts: [Int64]) -> String {
    let steps = folded(counts)
    guard let largest = steps.max() else { return "–" }
    return String(steps.map { blocks[height($0, of: largest)] })
  }

  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  private static func height(_ count: Int64, of largest: Int64) -> Int {
    guard count > 0, largest > 0 else { return 0 }
    return min(7, Int(Double(count) / Double(largest) * 7 + 0.5))
  }

  /// At most `widest` steps, each the largest of the counts that it stands for.
  private static func folded(_ counts: [Int64]) -> [Int64] {
    guard counts.count > widest else { return counts }
    return (0..<widest).map { step in
      counts[(step * counts.count / widest)..<((step + 1) * counts.count / widest)].max() ?? 0
    }
  }
}

/// "Did you mean": the nearest known word, when it is near enough to be meant.
public enum NearestWord {
  public static func nearest(to word: String, among known: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let reach = max(1, word.count / 3)
    let ranked = known.map { (distance: distance(word.lowercased(), $0.lowercased()), word: $0) }
      .filter { $0.distance <= reach }
    if let best = ranked.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) { return best.word }
    return word.count >= 3 ? known.filter { $0.hasPrefix(word) }.min() : nil
  }

  /// Insertions, deletions, replacements and swaps of neighbours.
  /// - Source: Damerau 1964, in the restricted form (optimal string alignment).
  public static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var rows = [Array(0...b.count)]
    for i in 1..<(a.count + 1) {
      var row = [i]
      for j in 1..<(b.count + 1) {
        let change = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        var best = min(rows[i - 1][j] + 1, row[j - 1] + 1, change)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, rows[i - 2][j - 2] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}

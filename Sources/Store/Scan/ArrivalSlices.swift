internal import Traffic

/// Cuts time into slices that hold about equally many rows, judged by the zone maps alone.
enum ArrivalSlices {
  /// Rows a slice should hold: enough that a segment is decoded once or twice, few enough that slices of this many
  /// columns stay small in memory.
  static func rows(columns: Int) -> Int {
    let bytesPerRow = 16 * max(1, columns)
    return min(max((16 << 20) / bytesPerRow, 2 * Limits.batchRows), 8 * Limits.batchRows)
  }

  /// Adjoining ranges of arrival over all segments, in order.
  ///
  /// Between two borders of segments the rate is taken as constant, each segment's rows spread evenly over its span.
  static func cut(_ segments: [SegmentEntry], rows budget: Int) -> [ClosedRange<Int64>] {
    let borders = borders(segments)
    guard let first = borders.first, let last = borders.last else { return [] }
    var slices: [ClosedRange<Int64>] = []
    var start = first.time
    var gathered = 0.0
    var rate = 0.0
    for (border, next) in zip(borders, borders.dropFirst()) {
      rate = max(0, rate + border.rateChange)
      let span = Double(next.time) - Double(border.time)
      var used = 0.0
      while rate > 0, gathered + rate * (span - used) >= Double(budget) {
        used += max(1, (Double(budget) - gathered) / rate)
        gathered = 0
        guard used < span else { break }
        let cut = border.time &+ Int64(used)
        guard cut > start else { continue }
        slices.append(start...(cut - 1))
        start = cut
      }
      gathered += rate * max(0, span - used)
    }
    slices.append(start...last.time)
    return slices
  }

  private struct Border {
    var time: Int64
    var rateChange: Double
  }

  private static func borders(_ segments: [SegmentEntry]) -> [Border] {
    var borders: [Border] = []
    for segment in segments {
      let span = Double(segment.lastArrival) - Double(segment.firstArrival) + 1
      let rate = Double(segment.rows) / max(1, span)
      borders.append(Border(time: segment.firstArrival, rateChange: rate))
      borders.append(Border(time: segment.lastArrival == .max ? .max : segment.lastArrival + 1, rateChange: -rate))
    }
    return borders.sorted { ($0.time, $0.rateChange) < ($1.time, $1.rateChange) }
  }
}

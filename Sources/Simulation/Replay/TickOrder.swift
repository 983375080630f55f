import Traffic

/// Puts requests that arrive in one tick of a fine clock into the order in which their gateway must have met them.
///
/// A line is written when its request ends. Of requests with one arrival those that were rejected ended at once and
/// stand before those that were let in and took their time, though it was these that used up the limit. So inside a
/// tick, what the log says was let in comes first, then what it says was rejected, each in log order. Ticks longer
/// than `longestTick` are left alone: there the order is spread over time, and an interval says what is not known.
struct TickOrder: Sendable {
  /// µs
  static let longestTick: Int64 = 2_000

  private let arrival: Int
  private let source: Int
  private let coarse: Set<Int64>

  /// - Parameters: positions of these columns among those of the replay.
  init(arrival: Int, source: Int, resolutions: [Int64: Int64]) {
    self.arrival = arrival
    self.source = source
    coarse = Set(resolutions.filter { $0.value > Self.longestTick }.keys)
  }

  /// - Parameters:
  ///   - values: columns one after another, `rows` values each, in order of arrival.
  ///   - limits: the logged verdict of every row.
  /// - Complexity: O(rows), and O(columns) for every row of a tick that is out of order.
  func settle(_ values: inout [Int64], rows: Int, limits: UnsafeBufferPointer<Int64>) {
    var start = 0
    while start < rows {
      let moment = values[arrival * rows + start]
      var end = start + 1
      while end < rows, values[arrival * rows + end] == moment { end += 1 }
      if end - start > 1, isOutOfOrder(limits, start..<end), !isCoarse(values, rows, start..<end) {
        settle(&values, rows, limits, start..<end)
      }
      start = end
    }
  }

  @inline(__always)
  private func isRejected(_ limit: Int64) -> Bool {
    limit == LimitVerdict.rejected.rawValue || limit == LimitVerdict.inferredRejected.rawValue
  }

  /// Whether one that was let in stands behind one that was rejected.
  private func isOutOfOrder(_ limits: UnsafeBufferPointer<Int64>, _ tick: Range<Int>) -> Bool {
    guard let first = tick.first(where: { isRejected(limits[$0]) }) else { return false }
    return (first..<tick.upperBound).contains { !isRejected(limits[$0]) }
  }

  private func isCoarse(_ values: [Int64], _ rows: Int, _ tick: Range<Int>) -> Bool {
    !coarse.isEmpty && tick.contains { coarse.contains(values[source * rows + $0]) }
  }

  private func settle(
    _ values: inout [Int64], _ rows: Int, _ limits: UnsafeBufferPointer<Int64>, _ tick: Range<Int>
  ) {
    let order = tick.filter { !isRejected(limits[$0]) } + tick.filter { isRejected(limits[$0]) }
    for column in stride(from: 0, to: values.count, by: rows) {
      let settled = order.map { values[column + $0] }
      for (place, value) in settled.enumerated() { values[column + tick.lowerBound + place] = value }
    }
  }
}

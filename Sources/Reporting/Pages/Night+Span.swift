import Analysis
import Traffic

extension Night {
  /// First to last arrival as the ledger knows them, cut to the report's window; nil where neither says.
  nonisolated var span: Microseconds? {
    let first = Self.later(ledger.compactMap(\.firstArrival).min(), scope.filter.since)
    let last = Self.earlier(ledger.compactMap(\.lastArrival).max(), scope.filter.until)
    guard let first, let last, first < last else { return nil }
    return last - first
  }

  /// A step that gives a chart of the night some hundred points at most: minutes for a night, hours for weeks.
  nonisolated var chartStep: Microseconds {
    guard let span else { return .hour }
    let steps = [10, 60, 360].map { Microseconds($0 * Microseconds.minute.count) }
    return steps.first { span.count / $0.count <= Self.mostPoints } ?? .day
  }

  private static let mostPoints: Int64 = 336

  private static func later(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? {
    guard let a, let b else { return a ?? b }
    return max(a, b)
  }

  private static func earlier(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? {
    guard let a, let b else { return a ?? b }
    return min(a, b)
  }
}

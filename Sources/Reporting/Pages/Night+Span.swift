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

  private static func later(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? {
    guard let a, let b else { return a ?? b }
    return max(a, b)
  }

  private static func earlier(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? {
    guard let a, let b else { return a ?? b }
    return min(a, b)
  }
}

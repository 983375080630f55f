public import Analysis

extension Sentence {
  /// Words and values as people read them, one after another; instants as this clock shows them. Not escaped.
  public func text(clock: DisplayClock) -> String {
    parts.map { part in
      switch part {
      case .words(let words): words
      case .value(let value): ReadableCell.text(value, clock: clock)
      }
    }.joined()
  }
}

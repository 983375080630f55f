public import Analysis

extension Sentence {
  /// One line of text as people read it, nothing cut; not made harmless yet.
  public func text(clock: DisplayClock = .utc) -> String {
    parts.map { part in
      switch part {
      case .words(let words): words
      case .value(let cell): ReadableCell.text(cell, clock: clock)
      }
    }.joined()
  }
}

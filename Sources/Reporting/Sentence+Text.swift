public import Analysis

extension Sentence {
  /// One line of text as people read it, nothing cut; not made harmless yet.
  public func text(clock: DisplayClock = .utc) -> String { SentenceText.plain(self, clock: clock) }
}

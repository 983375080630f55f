extension LimitCase {
  /// The same under more conditions, which come first.
  func limited(to match: RequestMatch) -> LimitCase {
    LimitCase(match: RequestMatch(match.conditions + self.match.conditions), stages: stages)
  }
}

/// Joins rules that only count with rules that only read.
enum HAProxyCounting {
  /// A count and the rule next to it on the same counter and requests, as one; counts between the two may stay, as
  /// they reject nothing.
  static func merged(_ rules: [LimitRule]) -> [LimitRule] {
    var rules = rules
    var index = 0
    while index < rules.count {
      let count = rules[index]
      guard isCount(count) else {
        index += 1
        continue
      }
      if let after = rules[(index + 1)...].firstIndex(where: { !isCount($0) }), joins(count, rules[after]) {
        rules[after].limiter = counting(rules[after].limiter, .beforeJudging)
        rules.remove(at: index)
      } else if let before = rules[..<index].lastIndex(where: { !isCount($0) }), joins(count, rules[before]) {
        rules[before].limiter = counting(rules[before].limiter, .afterPassing)
        rules.remove(at: index)
      } else {
        index += 1
      }
    }
    return rules
  }

  private static func isCount(_ rule: LimitRule) -> Bool {
    if case .frequencyCounter(_, .max, .beforeJudging) = rule.limiter { true } else { false }
  }

  private static func joins(_ count: LimitRule, _ other: LimitRule) -> Bool {
    guard case .frequencyCounter(_, _, .never) = other.limiter else { return false }
    return count.counter == other.counter && count.match == other.match
  }

  private static func counting(_ limiter: LimiterSettings, _ counting: FrequencyCounting) -> LimiterSettings {
    guard case .frequencyCounter(let period, let threshold, _) = limiter else { return limiter }
    return .frequencyCounter(period: period, threshold: threshold, counting: counting)
  }
}

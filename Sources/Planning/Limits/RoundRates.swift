public import Gateways

/// Rates as people write them, from one a minute up.
public enum RoundRates {
  /// Rising; those that a dialect can be told.
  public static func all(for dialect: LimitDialect) -> [LimitRate] {
    let perMinute = RoundNumbers.all.prefix { $0 < 60 }.map { LimitRate.perMinute($0) }
    let perSecond = RoundNumbers.all.prefix { $0 <= 1_000_000_000 }.map { LimitRate.perSecond($0) }
    return (perMinute + perSecond).filter { dialect.allows(.rate($0)) }
  }

  /// At most `count` of them from just below a mean to just above a peak, thinned evenly where there are more.
  /// - Parameters: both in requests per second.
  public static func around(
    mean: Double, peak: Double, for dialect: LimitDialect, count: Int
  ) -> [LimitRate] {
    let all = all(for: dialect)
    let first = all.lastIndex { $0.perSecond <= mean } ?? 0
    let last = max(first, all.firstIndex { $0.perSecond >= peak } ?? all.count - 1)
    let rates = all[first...last]
    guard rates.count > count, count > 1 else { return Array(rates) }
    return (0..<count).map { rates[first + $0 * (rates.count - 1) / (count - 1)] }
  }
}

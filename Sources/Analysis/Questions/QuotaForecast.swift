internal import Glibc  // links the square root
public import Traffic

/// When a quota of a day, a month or a year runs out, if the days to come are like those that were seen.
///
/// A simple and honest forecast: the mean of the full days, and the spread between them. There is no trend in it. The
/// requests of the next h days lie between h·mean ± t·s·√(h + h²/n) with 80 % probability for independent days, t of
/// Student's distribution with n − 1 degrees of freedom.
public struct QuotaForecast: Hashable, Sendable {
  /// Requests of the current window so far.
  public var used: Int64
  public var limit: Int64
  /// When the log ends, and when the current window does.
  public var now: Timestamp
  public var end: Timestamp
  /// Full days the forecast rests on.
  public var days: Int
  /// Requests of a day, and their standard deviation between days; nil for fewer than three full days.
  public var mean: Double?
  public var deviation: Double?
  public var projection: Projection

  public enum Projection: Hashable, Sendable {
    case exhausted
    /// Fewer than three full days: what the window would hold at the pace of its own beginning.
    case paceOnly(atEnd: Double)
    /// The first instants at which the upper end, the middle and the lower end of the forecast reach the limit; nil
    /// where it does not before the window ends.
    case forecast(earliest: Timestamp?, middle: Timestamp?, latest: Timestamp?)
  }

  /// Full days that a forecast needs.
  static let daysNeeded = 3

  /// - Parameters:
  ///   - start: of the current window.
  ///   - days: requests of each full day.
  public init(used: Int64, limit: Int64, start: Timestamp, now: Timestamp, end: Timestamp, days: [Int64]) {
    self.used = used
    self.limit = limit
    self.now = now
    self.end = end
    self.days = days.count
    if used >= limit {
      projection = .exhausted
    } else if days.count < Self.daysNeeded {
      let elapsed = Double(max(1, (now - start).count))
      projection = .paceOnly(atEnd: Double(used) * max(1, Double((end - start).count) / elapsed))
    } else {
      projection = .exhausted  // replaced below: the forecast needs the other fields
    }
    guard days.count >= Self.daysNeeded else { return }
    let count = Double(days.count)
    let mean = Double(days.reduce(0, +)) / count
    let squares = days.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let deviation = (squares / (count - 1)).squareRoot()
    (self.mean, self.deviation) = (mean, deviation)
    guard used < limit else { return }
    let spread = Self.student(degrees: days.count - 1) * deviation
    projection = .forecast(
      earliest: crossing(mean, spread), middle: crossing(mean, 0), latest: crossing(mean, -spread))
  }

  /// The first hour at which used + h·mean + spread·√(h + h²/n) reaches the limit.
  private func crossing(_ mean: Double, _ spread: Double) -> Timestamp? {
    let remaining = Double(limit - used)
    let hours = min(24 * 400, (end - now).count / Microseconds.hour.count + 1)
    for hour in 1...max(1, hours) {
      let length = Double(hour) / 24
      let reached = length * mean + spread * (length + length * length / Double(days)).squareRoot()
      let instant = now + Microseconds(hour * Microseconds.hour.count)
      if reached >= remaining { return instant <= end ? instant : nil }
    }
    return nil
  }

  /// 90 % quantile of Student's distribution: 80 % between both ends.
  static func student(degrees: Int) -> Double {
    let table = [3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372]
    if degrees <= table.count { return table[max(0, degrees - 1)] }
    // Within 0.001 beyond: the normal quantile with its first two corrections (Cornish and Fisher).
    let (z, n) = (1.281_551_6, Double(degrees))
    let (cube, fifth) = (z * z * z, z * z * z * z * z)
    return z + (cube + z) / (4 * n) + (5 * fifth + 16 * cube + 3 * z) / (96 * n * n)
  }
}

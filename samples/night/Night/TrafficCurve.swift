/// How busy each second of the night is, relative to the others: hour of the day, weekend, minute by
/// minute noise, surges on top, nothing where the log is missing.
struct TrafficCurve {
  /// Extra traffic of a few keys for a while.
  struct Surge {
    let seconds: Range<Int>
    /// Added to the weight of each second.
    let weight: Double
    /// Ranks of the consumers that send it; empty for everybody.
    let consumers: [Int]
    /// The route they call; nil for all.
    let route: Int?
  }

  /// Requests at each full hour, per cent of the evening's peak.
  private static let hours: [Double] = [
    30, 22, 17, 14, 13, 15, 22, 38, 58, 74, 82, 86, 88, 86, 84, 85, 88, 93, 100, 104, 100, 86, 66, 45,
  ]
  static let peak = 104.0

  let start: CalendarTime
  let surges: [Surge]
  let missing: [Range<Int>]
  private let noiseSeed: UInt64

  init(start: CalendarTime, surges: [Surge], missing: [Range<Int>], noiseSeed: UInt64) {
    self.start = start
    self.surges = surges
    self.missing = missing
    self.noiseSeed = noiseSeed
  }

  /// Weight of a second without and with its surges.
  func weight(ofSecond second: Int) -> (quiet: Double, total: Double) {
    if missing.contains(where: { $0.contains(second) }) { return (0, 0) }
    let quiet = hourly(start.epoch + second) * noise(minute: second / 60)
    var total = quiet
    for surge in surges where surge.seconds.contains(second) { total += surge.weight }
    return (quiet, total)
  }

  private func hourly(_ epoch: Int) -> Double {
    let hour = epoch / 3_600 % 24
    let inside = Double(epoch % 3_600) / 3_600
    let weekday = (epoch / 86_400 + 4) % 7
    let level = Self.hours[hour] + (Self.hours[(hour + 1) % 24] - Self.hours[hour]) * inside
    return weekday == 0 || weekday == 6 ? level * 0.85 : level
  }

  /// 0.9 … 1.1, so that counts vary more than a Poisson process would.
  private func noise(minute: Int) -> Double {
    0.9 + Double(scrambled(noiseSeed &+ UInt64(minute)) % 1024) * (0.2 / 1024)
  }
}

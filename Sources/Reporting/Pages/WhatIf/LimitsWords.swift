public import Gateways
public import Planning
public import Traffic

/// Limits as people say them.
public enum LimitsWords {
  /// `10r/s`, `5r/m`, or `60 per 7 s`.
  public static func rate(_ rate: LimitRate) -> String {
    switch rate.period {
    case 1_000_000: "\(rate.count)r/s"
    case 60_000_000: "\(rate.count)r/m"
    case 3_600_000_000: "\(rate.count)r/h"
    case 86_400_000_000: "\(rate.count)r/d"
    default: "\(rate.count) per \(UnitText.duration(Microseconds(rate.period)))"
    }
  }

  public static func point(_ point: LimitPoint) -> String {
    switch point {
    case .rate(let rate): Self.rate(rate)
    case .window(let window): "per " + span(window)
    }
  }

  /// `10r/s burst 20`, `600 per 1 minute`.
  public static func limit(_ point: LimitPoint, _ size: Int64, _ dialect: LimitDialect) -> String {
    switch point {
    case .rate(let rate): "\(Self.rate(rate)) with \(dialect.sizeWord) \(UnitText.integer(size))"
    case .window(let window): "\(UnitText.integer(size)) per \(span(window))"
    }
  }

  public static func span(_ window: Microseconds) -> String {
    switch window {
    case .second: "second"
    case .minute: "minute"
    case .hour: "hour"
    case .day: "day"
    default: UnitText.duration(window)
    }
  }

  /// How long a full burst takes to be worked off at the rate.
  public static func drained(_ point: LimitPoint, _ size: Int64) -> Cell {
    guard let rate = point.rate else { return .absent }
    let length = Double(size) * Double(rate.period) / Double(rate.count)
    return length < 9e18 ? .duration(Microseconds(Int64(length.rounded()))) : .absent
  }

  public static func key(_ texts: [String]?) -> String {
    guard let texts else { return "every key" }
    return texts.isEmpty ? "all requests" : texts.joined(separator: " · ")
  }
}

public import Gateways
import Traffic

extension CalendarUnit {
  /// The first µs of the unit of the UTC calendar after the one that holds a time.
  public func end(of time: Int64) -> Int64 {
    switch self {
    case .second: return WindowAlignment.aligned(length: 1_000_000, origin: 0).end(of: time)
    case .minute: return WindowAlignment.aligned(length: 60_000_000, origin: 0).end(of: time)
    case .hour: return WindowAlignment.aligned(length: 3_600_000_000, origin: 0).end(of: time)
    case .day: return WindowAlignment.aligned(length: Self.dayLength, origin: 0).end(of: time)
    // 1970-01-05 was a Monday.
    case .week: return WindowAlignment.aligned(length: 7 * Self.dayLength, origin: 4 * Self.dayLength).end(of: time)
    case .month:
      let date = CivilDate(at: time)
      return CivilDate.daysSince1970(toMonth: date.month + 1, of: date.year).clampedProduct(Self.dayLength)
    case .year:
      return CivilDate.daysSince1970(toMonth: 1, of: CivilDate(at: time).year + 1).clampedProduct(Self.dayLength)
    }
  }

  /// µs
  private static let dayLength: Int64 = 86_400_000_000
}

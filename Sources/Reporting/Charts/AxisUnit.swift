import Traffic

/// What the numbers of an axis are, and how its ticks are written.
enum AxisUnit: Hashable, Sendable {
  /// `count` is whole, `number` is not.
  case count, number, duration, ratio, rate, bytes, time

  /// The unit of a column's first cell that has a value.
  init(_ cells: [Cell]) {
    let units = cells.lazy.compactMap(Self.unit)
    self = units.first ?? .count
  }

  private static func unit(_ cell: Cell) -> AxisUnit? {
    switch cell {
    case .duration: .duration
    case .ratio: .ratio
    case .rate: .rate
    case .bytes: .bytes
    case .timestamp: .time
    case .integer, .flag: .count
    case .real: .number
    case .tooFew, .absent, .series, .spread, .text: nil
    }
  }

  /// The number of a cell in this unit's base: µs, share 0…1, per second, bytes; nil where it has none.
  static func value(_ cell: Cell) -> Double? {
    switch cell {
    case .integer(let value), .bytes(let value): value == .absent ? nil : Double(value)
    case .real(let value): value.isFinite ? value : nil
    case .duration(let length): length.count == .absent ? nil : Double(length.count)
    case .ratio(let part, let whole): whole > 0 ? Double(part) / Double(whole) : nil
    case .rate(let count, let length): length.count > 0 ? Double(count) * 1e6 / Double(length.count) : nil
    case .timestamp(let time): time.microseconds == .absent ? nil : Double(time.microseconds)
    case .flag(let value): value ? 1 : 0
    case .text, .tooFew, .series, .spread, .absent: nil
    }
  }

  /// A tick: units as everywhere else, without zeros at the end.
  func text(_ value: Double) -> String {
    switch self {
    case .count, .number, .time: Self.plain(value)
    case .duration: Self.short(UnitText.duration(Microseconds(Self.whole(value))))
    case .bytes: Self.short(UnitText.bytes(Self.whole(value)))
    case .ratio: Self.decimal(value * 100) + " %"
    case .rate where value.magnitude < 0.01 && value != 0:
      Self.short(UnitText.rate(Self.whole(value * 1e6), over: Microseconds(1_000_000_000_000)))
    case .rate: Self.plain(value) + "/s"
    }
  }

  /// Ticks of this unit on an even axis: 1-2-5, times of 60 for lengths of minutes, powers of two for bytes.
  func ticks(from low: Double, to high: Double, atMost count: Int) -> [Double] {
    LinearTicks.multiples(of: step(high - low, atMost: count), from: low, to: high)
  }

  func step(_ range: Double, atMost count: Int) -> Double {
    switch self {
    case .bytes:
      var unit = 1.0
      while range / unit >= 1_024, unit < 1e15 { unit *= 1_024 }
      return max(1, LinearTicks.step(range / unit, atMost: count) * unit)
    case .duration where range >= 120e6:
      let round = TimeTicks.steps.first { range / (Double($0) * 1e6) <= Double(count) }
      return round.map { Double($0) * 1e6 } ?? LinearTicks.step(range / 86_400e6, atMost: count) * 86_400e6
    case .duration, .count: return max(1, LinearTicks.step(range, atMost: count))
    default: return LinearTicks.step(range, atMost: count)
    }
  }

  static func whole(_ value: Double) -> Int64 {
    value.isNaN ? 0 : Int64(min(max(value.rounded(), -9.2e18), 9.2e18))
  }

  /// The ticks of one axis, all in the same thousands: `0.5 M`, `1 M`.
  func texts(_ ticks: [Double]) -> [String] {
    let highest = ticks.map(\.magnitude).max() ?? 0
    guard self == .count || self == .number || self == .rate, highest >= 1e6, highest < 1e21 else { return ticks.map(text) }
    let (size, name) = Self.thousands.first { highest >= $0.0 } ?? (1, "")
    return ticks.map { $0 == 0 ? text(0) : Self.decimal($0 / size) + " " + name + (self == .rate ? "/s" : "") }
  }

  private static let thousands: [(Double, String)] = [(1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")]

  /// `12,345`, `1.5 M`: what fits beside an axis.
  private static func plain(_ value: Double) -> String {
    let magnitude = value.magnitude
    guard magnitude >= 1e6, let (size, name) = thousands.first(where: { magnitude >= $0.0 }) else { return decimal(value) }
    guard magnitude < 1e21 else { return String(value) }
    return decimal(value / size) + " " + name
  }

  /// Up to six decimals, thousands apart.
  private static func decimal(_ value: Double) -> String {
    guard value.magnitude < 9e15 else { return String(value) }
    if value == value.rounded() { return UnitText.integer(Int64(value)) }
    return DecimalText.number(value)
  }

  /// `5 ms` for `5.00 ms`.
  private static func short(_ text: String) -> String {
    guard let point = text.firstIndex(of: ".") else { return short(minutes: text) }
    let end = text[point...].firstIndex { $0 != "." && !$0.isNumber } ?? text.endIndex
    var kept = text[..<end]
    while kept.last == "0" { kept.removeLast() }
    if kept.last == "." { kept.removeLast() }
    return String(kept) + text[end...]
  }

  /// `5m` for `5m 00s`.
  private static func short(minutes text: String) -> String {
    let parts = text.split(separator: " ")
    guard parts.count == 2, parts[1].hasPrefix("00"), parts[1].count == 3 else { return text }
    return String(parts[0])
  }
}

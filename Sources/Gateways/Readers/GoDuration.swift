/// Go's durations: `1s`, `1m30s`, `1.5h` (KrakenD, Tyk).
enum GoDuration {
  private static let units: [(name: String, microseconds: Int64)] = [
    ("ms", 1_000), ("us", 1), ("µs", 1), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000),
  ]

  /// µs; nil for anything else, for parts of a µs and beyond 64 bits.
  static func microseconds(in text: String) -> Int64? {
    guard text != "0" else { return 0 }
    var (rest, total) = (Substring(text), Int64(0))
    guard !rest.isEmpty, text.utf8.count <= 64 else { return nil }
    while !rest.isEmpty {
      let figures = rest.prefix { $0.isNumber || $0 == "." }
      rest = rest.dropFirst(figures.count)
      guard let number = ExactDecimal(String(figures)),
        let unit = units.first(where: { rest.hasPrefix($0.name) }),
        let length = number.scaled(by: unit.microseconds)
      else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(length)
      guard !overflow else { return nil }
      total = sum
      rest = rest.dropFirst(unit.name.count)
    }
    return total
  }

  /// In the largest unit that is whole: `90s`, `1500ms`.
  static func text(_ microseconds: Int64) -> String {
    for (name, length) in [("h", Int64(3_600_000_000)), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000)]
    where microseconds % length == 0 {
      return "\(microseconds / length)\(name)"
    }
    return "\(microseconds)us"
  }
}

/// Numbers as decimal text, the same on every machine and in every locale.
enum DecimalText {
  /// `1234567` as `1,234,567`.
  static func grouped(_ value: Int64) -> String {
    let digits = String(value.magnitude)
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// `value` with exactly `decimals` digits after the point, half away from zero.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "0" }
    let scale = powersOfTen[decimals]
    let scaled = (value * scale).rounded()
    guard scaled.magnitude < 9e18 else { return String(value) }
    let whole = Int64(scaled)
    let magnitude = String(whole.magnitude)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - magnitude.count)) + magnitude
    let sign = whole < 0 ? "-" : ""
    guard decimals > 0 else { return sign + padded }
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  /// `value` with six digits after the point at most and no zeros at the end, as JSON and CSV have it.
  static func number(_ value: Double) -> String {
    var text = fixed(value, 6)
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// `value` with three significant digits, or all digits before the point when there are more.
  static func threeDigits(_ value: Double) -> String {
    let magnitude = value.magnitude
    if magnitude < 9.995 { return fixed(value, 2) }
    if magnitude < 99.95 { return fixed(value, 1) }
    guard magnitude < 9e18 else { return fixed(value, 0) }
    return grouped(Int64(value.rounded()))
  }

  private static let powersOfTen: [Double] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
}

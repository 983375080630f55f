import Scanning

/// Go's way to print a duration: `1m12s`, `2.000913204s`, `5.412µs`.
enum GoDuration {
  /// µs, truncated; nil when the bytes are none, or longer than 290 years.
  static func micros(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    var total: Int64 = 0  // ns
    var index = start
    guard index < end else { return nil }
    while index < end {
      let number = index
      while index < end, isNumber(bytes[index]) { index += 1 }
      let unit = index
      while index < end, !isNumber(bytes[index]) { index += 1 }
      guard let (digits, factor) = scale(bytes, unit, index - unit),
        let amount = Numbers.scaled(bytes, number, unit, digits: digits)
      else { return nil }
      let (product, overflows) = amount.multipliedReportingOverflow(by: factor)
      let (sum, exceeds) = total.addingReportingOverflow(product)
      guard !overflows, !exceeds else { return nil }
      total = sum
    }
    return total / 1000
  }

  private static func isNumber(_ byte: UInt8) -> Bool { (byte >= 48 && byte <= 57) || byte == UInt8(ascii: ".") }

  /// Decimal digits to ns and a factor, of a unit's bytes; `µ` is written in two ways.
  private static func scale(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> (digits: Int, factor: Int64)? {
    guard count > 0 else { return nil }
    let last = bytes[start + count - 1]
    switch (count, bytes[start]) {
    case (1, UInt8(ascii: "s")): return (9, 1)
    case (1, UInt8(ascii: "m")): return (9, 60)
    case (1, UInt8(ascii: "h")): return (9, 3600)
    case (2, UInt8(ascii: "m")) where last == UInt8(ascii: "s"): return (6, 1)
    case (2, UInt8(ascii: "u")) where last == UInt8(ascii: "s"): return (3, 1)
    case (2, UInt8(ascii: "n")) where last == UInt8(ascii: "s"): return (0, 1)
    case (3, 0xC2) where bytes[start + 1] == 0xB5 && last == UInt8(ascii: "s"): return (3, 1)
    case (3, 0xCE) where bytes[start + 1] == 0xBC && last == UInt8(ascii: "s"): return (3, 1)
    default: return nil
    }
  }
}

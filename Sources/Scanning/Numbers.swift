/// Numbers out of bytes. A function that takes a field, `[start, end)`, takes the whole of it and returns nil when it is
/// not exactly one number of its kind.
public enum Numbers {
  /// An unsigned decimal integer, leading zeros allowed (`009` is 9).
  @inlinable @inline(__always)
  public static func unsigned(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    guard start < end, end &- start <= 18 else { return nil }
    var value: Int64 = 0
    var index = start
    while index < end {
      let digit = Int64(bytes[index]) &- 48
      guard digit >= 0, digit <= 9 else { return nil }
      value = value &* 10 &+ digit
      index &+= 1
    }
    return value
  }

  /// A decimal integer with an optional sign.
  @inlinable
  public static func signed(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    guard start < end else { return nil }
    switch bytes[start] {
    case UInt8(ascii: "-"): return unsigned(bytes, start + 1, end).map { -$0 }
    case UInt8(ascii: "+"): return unsigned(bytes, start + 1, end)
    default: return unsigned(bytes, start, end)
    }
  }

  /// A non-negative decimal fraction times a power of ten, truncated: `scaled("0.0137", digits: 3)` is 13.
  ///
  /// Used to read seconds, milliseconds or nanoseconds as integer µs (`digits` 6, 3, −3). No floating point.
  @inlinable @inline(__always)
  public static func scaled(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, digits: Int
  ) -> Int64? {
    var value: Int64 = 0
    var index = start
    while index < end {
      let digit = Int64(bytes[index]) &- 48
      guard digit >= 0, digit <= 9 else { break }
      guard index &- start < 18 else { return nil }
      value = value &* 10 &+ digit
      index &+= 1
    }
    let wholeDigits = index &- start
    var remaining = digits
    if index < end {
      guard bytes[index] == UInt8(ascii: ".") else { return nil }
      index &+= 1
      guard wholeDigits > 0 || index < end else { return nil }
      while index < end {
        let digit = Int64(bytes[index]) &- 48
        guard digit >= 0, digit <= 9 else { return nil }
        if remaining > 0 {
          guard value < 100_000_000_000_000_000 else { return nil }
          value = value &* 10 &+ digit
          remaining &-= 1
        }
        index &+= 1
      }
    } else if wholeDigits == 0 {
      return nil
    }
    while remaining > 0 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
      remaining &-= 1
    }
    while remaining < 0 {
      value /= 10
      remaining &+= 1
    }
    return value
  }

  /// A Go duration (`1m12s`, `2.000913204s`, `5.412µs`, `13.493581ms`) in µs, truncated.
  public static func goDuration(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    var total: Int64 = 0  // ns
    var index = start
    guard index < end else { return nil }
    while index < end {
      let numberStart = index
      while index < end, (48...57).contains(bytes[index]) || bytes[index] == UInt8(ascii: ".") { index += 1 }
      let unitStart = index
      while index < end, !(48...57).contains(bytes[index]) { index += 1 }
      let unit = String(decoding: UnsafeBufferPointer(start: bytes + unitStart, count: index - unitStart), as: UTF8.self)
      let nanoseconds: Int64? =
        switch unit {
        case "ns": scaled(bytes, numberStart, unitStart, digits: 0)
        case "us", "µs", "μs": scaled(bytes, numberStart, unitStart, digits: 3)
        case "ms": scaled(bytes, numberStart, unitStart, digits: 6)
        case "s": scaled(bytes, numberStart, unitStart, digits: 9)
        case "m": scaled(bytes, numberStart, unitStart, digits: 9).flatMap { product($0, 60) }
        case "h": scaled(bytes, numberStart, unitStart, digits: 9).flatMap { product($0, 3600) }
        default: nil
        }
      guard let nanoseconds, total <= .max - nanoseconds else { return nil }
      total += nanoseconds
    }
    return total / 1000
  }

  /// 0…15 of a hexadecimal digit of either case, or nil.
  @inlinable @inline(__always)
  public static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte &- 48
    case 65...70: byte &- 55
    case 97...102: byte &- 87
    default: nil
    }
  }

  private static func product(_ value: Int64, _ factor: Int64) -> Int64? {
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }
}

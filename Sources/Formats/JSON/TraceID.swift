import Scanning

/// A trace id of 128 bits, out of the several texts for one.
struct TraceID {
  var high: Int64
  var low: Int64

  /// 32 or 16 hexadecimal digits, a `traceparent`, X-Ray's `1-8hex-24hex`, or a path that ends in one of
  /// them.
  init?(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    var start = count
    while start > 0, bytes[start - 1] != UInt8(ascii: "/"), bytes[start - 1] != UInt8(ascii: "=") {
      start -= 1
    }
    var digits = 0
    var high: UInt64 = 0
    var low: UInt64 = 0
    var index = start
    if count - start >= 55, bytes[start + 2] == UInt8(ascii: "-"), bytes[start + 35] == UInt8(ascii: "-") {
      index = start + 3
    } else if count - start == 35, bytes[start] == UInt8(ascii: "1"), bytes[start + 1] == UInt8(ascii: "-") {
      index = start + 2
    }
    while index < count, digits < 32 {
      if let digit = Numbers.hexDigit(bytes[index]) {
        high = high << 4 | low >> 60
        low = low << 4 | UInt64(digit)
        digits += 1
      } else if bytes[index] != UInt8(ascii: "-") {
        return nil
      }
      index += 1
    }
    guard digits == 32 || (digits == 16 && index == count), high | low != 0 else { return nil }
    self.high = Int64(bitPattern: high)
    self.low = Int64(bitPattern: low)
  }
}

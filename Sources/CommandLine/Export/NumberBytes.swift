import Reporting
import Traffic

/// Numbers as ASCII digits, without a text in between.
enum NumberBytes {
  static func append(_ value: Int64, to output: inout [UInt8]) {
    if value < 0 { output.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    var power: UInt64 = 1
    while rest / power >= 10 { power *= 10 }
    while power > 0 {
      output.append(48 + UInt8(truncatingIfNeeded: rest / power))
      rest %= power
      power /= 10
    }
  }

  /// A number below 10 to the `digits`, with leading zeros.
  static func append(_ value: Int64, digits: Int, to output: inout [UInt8]) {
    let start = output.count
    output.append(contentsOf: repeatElement(48, count: digits))
    var rest = value
    for place in stride(from: start + digits - 1, through: start, by: -1) {
      output[place] = 48 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }

  /// 64 bits as 16 hexadecimal digits.
  static func append(word: Int64, to output: inout [UInt8]) {
    let bits = UInt64(bitPattern: word)
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: bits >> UInt64(shift) & 15)
      output.append(digit < 10 ? 48 + digit : 87 + digit)
    }
  }

  /// `10.1.2.3`
  static func append(ipv4 value: Int64, to output: inout [UInt8]) {
    for shift in stride(from: Int64(24), through: 0, by: -8) {
      append(value >> shift & 255, to: &output)
      if shift > 0 { output.append(UInt8(ascii: ".")) }
    }
  }
}

/// Instants as `TimeText.iso` has them; the text of a second is made once for all rows in it.
struct InstantBytes {
  private var second = Int64.min
  private var text: [UInt8] = []

  mutating func append(_ microseconds: Int64, to output: inout [UInt8]) {
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    let start = remainder < 0 ? quotient - 1 : quotient
    if start != second {
      second = start
      // All but the fraction's digits and the Z.
      text = Array(TimeText.iso(Timestamp(microseconds: microseconds)).utf8.dropLast(7))
    }
    output.append(contentsOf: text)
    NumberBytes.append(remainder < 0 ? remainder + 1_000_000 : remainder, digits: 6, to: &output)
    output.append(UInt8(ascii: "Z"))
  }
}

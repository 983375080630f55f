import Reporting

/// How values are written: as CSV fields or as JSON values.
enum FieldEncoding: Sendable {
  case csv, json

  /// Nothing where there is no value.
  var absent: [UInt8] { self == .csv ? [] : Array("null".utf8) }

  /// Appends a text, made harmless: bytes that any reader takes as they are go straight through.
  func append(_ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
    guard isPlain(bytes) else {
      let text = String(decoding: bytes, as: UTF8.self)
      output.append(contentsOf: (self == .csv ? CSVText.field(text) : JSONText.string(text)).utf8)
      return
    }
    if self == .json { output.append(UInt8(ascii: "\"")) }
    output.append(contentsOf: bytes)
    if self == .json { output.append(UInt8(ascii: "\"")) }
  }

  /// The same for text that is known.
  func field(_ text: String) -> [UInt8] {
    var field: [UInt8] = []
    append(Array(text.utf8)[...], to: &field)
    return field
  }

  /// Whether all bytes are printable ASCII that the encoding does not treat specially.
  private func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool {
    switch self {
    case .csv:
      guard let first = bytes.first else { return true }
      // Signs and the space before one: the rule for formulas decides.
      if first == UInt8(ascii: " ") || Self.signs.contains(first) { return false }
      return bytes.allSatisfy {
        $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ";")
      }
    case .json:
      return bytes.allSatisfy {
        $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "<")
      }
    }
  }

  private static let signs: [UInt8] = Array("=+-@|".utf8)
}

/// Encoded texts by number, at most so many: a slot per number modulo their count, the newest text wins.
struct FieldCache {
  private static let slots = 1 << 16
  private static let limit = 8 << 20

  private var numbers = [Int64](repeating: .min, count: slots)
  private var ranges = [Range<Int>](repeating: 0..<0, count: slots)
  private var bytes: [UInt8] = []

  /// Appends the text of a number, encoding it where it is not known.
  mutating func append(_ number: Int64, to output: inout [UInt8], encode: (Int64) -> [UInt8]) {
    let slot = Int(truncatingIfNeeded: number) & (Self.slots - 1)
    if numbers[slot] != number { keep(encode(number), of: number, in: slot) }
    output.append(contentsOf: bytes[ranges[slot]])
  }

  private mutating func keep(_ field: [UInt8], of number: Int64, in slot: Int) {
    if bytes.count + field.count > Self.limit {
      bytes.removeAll(keepingCapacity: true)
      for index in numbers.indices { numbers[index] = .min }
    }
    numbers[slot] = number
    ranges[slot] = bytes.count..<(bytes.count + field.count)
    bytes += field
  }
}

import Scanning
import Traffic

/// A mapped value of the current line.
struct FieldValue {
  var start: Int32 = 0
  var end: Int32 = 0
  var kind: JSONValue.Kind = .absent
  var hasEscapes = false
  var hasHighBytes = false
  var unit: FieldUnit = .automatic
  var rank: UInt8 = 0
}

/// How the strings of a line are escaped.
enum TextEscapes: Sendable {
  /// JSON, `\xHH` included; logfmt quotes the same way.
  case json
  /// Also `#HH`, as HAProxy writes what it captured into a JSON log of one's own.
  case haproxy
}

/// Memory a format keeps from line to line: one value per field and room for decoded text.
struct LineScratch {
  var fields = [FieldValue](repeating: FieldValue(), count: 64)
  var text: [UInt8] = []
}

/// The mapped values of one line: where they are, and how to read them as numbers, times and text.
///
/// Field numbers index `fields`; a bit of `present` says whether the line has the field with a value.
struct LineValues {
  let line: UnsafePointer<UInt8>
  let count: Int
  let fields: UnsafeMutablePointer<FieldValue>
  /// Room for three times the line and a little, see `JSONText.room`.
  let text: UnsafeMutablePointer<UInt8>
  var present: UInt64 = 0
  var isLenient = false
  var oddities: JSONText.Oddities = []
  var escapes: TextEscapes = .json
  /// Gives what stamps leave out.
  var clock = WriterClock()

  @inline(__always)
  func has(_ field: LogField) -> Bool { present >> UInt64(field.rawValue) & 1 != 0 }

  @inline(__always)
  subscript(_ field: LogField) -> FieldValue { fields[Int(field.rawValue)] }

  /// Takes over a value of a key, unless a better key gave the field already.
  @inline(__always)
  mutating func put(_ entry: UnsafePointer<KeyTable.Entry>, _ value: JSONValue) {
    let field = entry.pointee.field
    guard field != KeyTable.Entry.noField, !isAbsent(value) else { return }
    let bit: UInt64 = 1 << UInt64(field)
    if present & bit != 0, fields[Int(field)].rank < entry.pointee.rank { return }
    present |= bit
    fields[Int(field)] = FieldValue(
      start: Int32(truncatingIfNeeded: value.start), end: Int32(truncatingIfNeeded: value.end),
      kind: value.kind,
      hasEscapes: value.hasEscapes, hasHighBytes: value.hasHighBytes, unit: entry.pointee.unit,
      rank: entry.pointee.rank)
  }

  @inline(__always)
  private func isAbsent(_ value: JSONValue) -> Bool {
    switch value.kind {
    case .absent: true
    case .string:
      value.start == value.end || (value.end &- value.start == 1 && line[value.start] == UInt8(ascii: "-"))
    default: false
    }
  }

  /// Replaces an array by its first scalar element; false when it has none.
  @inline(__always)
  mutating func takeFirst(_ field: LogField) -> Bool {
    guard has(field) else { return false }
    guard self[field].kind == .array else { return true }
    return unwrapArray(field)
  }

  @inline(never)
  private mutating func unwrapArray(_ field: LogField) -> Bool {
    let value = self[field]
    var scanner = JSONScanner(line, Int(value.start) + 1, Int(value.end))
    guard scanner.readValue(), scanner.value.kind != .object, scanner.value.kind != .array,
      !isAbsent(scanner.value)
    else {
      present &= ~(1 << UInt64(field.rawValue))
      return false
    }
    fields[Int(field.rawValue)].start = Int32(truncatingIfNeeded: scanner.value.start)
    fields[Int(field.rawValue)].end = Int32(truncatingIfNeeded: scanner.value.end)
    fields[Int(field.rawValue)].kind = scanner.value.kind
    fields[Int(field.rawValue)].hasEscapes = scanner.value.hasEscapes
    fields[Int(field.rawValue)].hasHighBytes = scanner.value.hasHighBytes
    return true
  }

  // MARK: Text

  /// The field's text as its writer meant it: in the line itself where nothing is escaped, else decoded to
  /// `text` from `offset`. Valid until the next call.
  @inline(__always)
  mutating func bytes(_ field: LogField, decodedAt offset: Int = 0) -> UnsafeBufferPointer<UInt8>? {
    guard takeFirst(field) else { return nil }
    let value = self[field]
    if !value.hasEscapes, !value.hasHighBytes, escapes == .json {
      return UnsafeBufferPointer(start: line + Int(value.start), count: Int(value.end &- value.start))
    }
    return decoded(value, at: offset)
  }

  @inline(never)
  private mutating func decoded(_ value: FieldValue, at offset: Int) -> UnsafeBufferPointer<UInt8> {
    let output = text + offset
    var written = JSONText.decode(line, Int(value.start), Int(value.end), into: output, oddities: &oddities)
    if escapes == .haproxy {
      written = Quoting.haproxy.unescape(output, 0, written, into: output)
    }
    return UnsafeBufferPointer(start: UnsafePointer(output), count: written)
  }

  /// The field's bytes as they stand in the line, escapes included.
  @inline(__always)
  mutating func raw(_ field: LogField) -> UnsafeBufferPointer<UInt8>? {
    guard takeFirst(field) else { return nil }
    let value = self[field]
    return UnsafeBufferPointer(start: line + Int(value.start), count: Int(value.end &- value.start))
  }

  /// Whether the field is exactly a word, as it stands in the line.
  @inline(__always)
  mutating func equals(_ field: LogField, _ word: StaticString) -> Bool {
    guard let raw = raw(field), raw.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<raw.count where raw[index] != word.utf8Start[index] { return false }
    return true
  }

  /// Whether the field begins with a word, as it stands in the line.
  mutating func begins(_ field: LogField, _ word: StaticString) -> Bool {
    guard let raw = raw(field), raw.count >= word.utf8CodeUnitCount else { return false }
    for index in 0..<word.utf8CodeUnitCount where raw[index] != word.utf8Start[index] { return false }
    return true
  }

  /// Whether a word occurs in the field, as it stands in the line.
  mutating func contains(_ field: LogField, _ word: StaticString) -> Bool {
    guard has(field) else { return false }
    let value = self[field]
    let length = word.utf8CodeUnitCount
    var index = Int(value.start)
    while index + length <= Int(value.end) {
      var matched = 0
      while matched < length, line[index + matched] == word.utf8Start[matched] { matched += 1 }
      if matched == length { return true }
      index += 1
    }
    return false
  }
}

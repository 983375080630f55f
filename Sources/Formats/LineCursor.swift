import Scanning

/// Bytes `[start, end)` of a line.
struct ByteRange: Hashable, Sendable {
  var start: Int
  var end: Int

  @inline(__always) var count: Int { end &- start }
  @inline(__always) var isEmpty: Bool { start >= end }
}

/// Takes fields off one line from left to right. Every step stays inside the line, whatever its bytes are.
struct LineCursor {
  let bytes: UnsafePointer<UInt8>
  let end: Int
  var index: Int

  @inline(__always)
  init(_ bytes: UnsafePointer<UInt8>, _ count: Int, at index: Int = 0) {
    self.bytes = bytes
    self.end = count
    self.index = index
  }

  @inline(__always) var isAtEnd: Bool { index >= end }

  /// The next byte without taking it, or nil at the end.
  @inline(__always) var peek: UInt8? { index < end ? bytes[index] : nil }

  /// Takes `byte` if it is next.
  @inline(__always)
  mutating func skip(_ byte: UInt8) -> Bool {
    guard index < end, bytes[index] == byte else { return false }
    index &+= 1
    return true
  }

  /// Takes `text` if it is next.
  @inline(__always)
  mutating func skip(_ text: StaticString) -> Bool {
    guard matches(text, at: index) else { return false }
    index &+= text.utf8CodeUnitCount
    return true
  }

  /// Whether `text` stands at a place of the line.
  func matches(_ text: StaticString, at place: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard place >= 0, end &- place >= count else { return false }
    for offset in 0..<count where bytes[place &+ offset] != text.utf8Start[offset] { return false }
    return true
  }

  /// The bytes up to the next `byte`, which is taken but not part of them; nil when it does not come.
  @inline(__always)
  mutating func field(endedBy byte: UInt8) -> ByteRange? {
    let found = WideScan.find(byte, in: bytes, from: index, to: end)
    guard found < end else { return nil }
    let range = ByteRange(start: index, end: found)
    index = found &+ 1
    return range
  }

  /// The bytes up to the next space, which is taken, or to the end; nil at the end.
  @inline(__always)
  mutating func token() -> ByteRange? {
    guard index < end else { return nil }
    let found = WideScan.find(UInt8(ascii: " "), in: bytes, from: index, to: end)
    let range = ByteRange(start: index, end: found)
    index = min(found &+ 1, end)
    return range
  }

  /// A token, or the inside of `"…"` with the space behind it.
  mutating func tokenOrQuoted() -> ByteRange? {
    guard skip(UInt8(ascii: "\"")) else { return token() }
    let found = WideScan.find(UInt8(ascii: "\""), in: bytes, from: index, to: end)
    guard found < end else { return nil }
    let range = ByteRange(start: index, end: found)
    index = found &+ 1
    guard isAtEnd || skip(UInt8(ascii: " ")) else { return nil }
    return range
  }

  // MARK: Looking at a field

  /// Whether a field is `-`, the usual sign for "nothing".
  @inline(__always)
  func isDash(_ range: ByteRange) -> Bool {
    range.count == 1 && bytes[range.start] == UInt8(ascii: "-")
  }

  /// Whether a field is empty or `-`.
  @inline(__always)
  func isAbsent(_ range: ByteRange) -> Bool { range.isEmpty || isDash(range) }

  /// Whether a field is exactly `text`.
  func equals(_ range: ByteRange, _ text: StaticString) -> Bool {
    range.count == text.utf8CodeUnitCount && matches(text, at: range.start)
  }

  /// Where `text` first stands in a field, or nil.
  func find(_ text: StaticString, in range: ByteRange) -> Int? {
    let count = text.utf8CodeUnitCount
    guard count > 0 else { return nil }
    var place = range.start
    while place &+ count <= range.end {
      place = WideScan.find(text.utf8Start[0], in: bytes, from: place, to: range.end)
      guard place &+ count <= range.end else { return nil }
      if matches(text, at: place) { return place }
      place &+= 1
    }
    return nil
  }

  /// Where `text` last stands in a field, or nil.
  func findLast(_ text: StaticString, in range: ByteRange) -> Int? {
    let count = text.utf8CodeUnitCount
    var place = range.end &- count
    while place >= range.start {
      if matches(text, at: place) { return place }
      place &-= 1
    }
    return nil
  }

  /// The last `byte` of a field, or nil.
  @inline(__always)
  func findLast(_ byte: UInt8, in range: ByteRange) -> Int? {
    var place = range.end &- 1
    while place >= range.start {
      if bytes[place] == byte { return place }
      place &-= 1
    }
    return nil
  }

  /// Where a run of digits that starts at `place` ends.
  @inline(__always)
  func digitsEnd(from place: Int) -> Int {
    var place = place
    while place < end, bytes[place] &- 48 <= 9 { place &+= 1 }
    return place
  }

  /// Host and port of `host:port`, split at the last colon as some write IPv6 addresses without brackets; brackets
  /// are taken off. Without a colon, or where a bracket ends the field, the port is empty.
  func address(_ range: ByteRange) -> (host: ByteRange, port: ByteRange) {
    var colon = range.end
    if !range.isEmpty, bytes[range.end - 1] != UInt8(ascii: "]") {
      colon = findLast(UInt8(ascii: ":"), in: range) ?? range.end
    }
    var host = ByteRange(start: range.start, end: colon)
    if host.count >= 2, bytes[host.start] == UInt8(ascii: "["), bytes[host.end - 1] == UInt8(ascii: "]") {
      host = ByteRange(start: host.start + 1, end: host.end - 1)
    }
    return (host, ByteRange(start: min(colon + 1, range.end), end: range.end))
  }

  /// The text of a field, for notes.
  func text(_ range: ByteRange) -> String {
    String(decoding: UnsafeBufferPointer(start: bytes + range.start, count: max(0, range.count)), as: UTF8.self)
  }
}

/// Pulls keys and values out of the JSON that gateways really write, without allocating.
///
/// Stricter parsers turn down a tenth of some real logs. This one reads leading zeros (`009`), empty values
/// (`"a":,`), bare dashes, words and lists (`"a":0.000, 0.001` and `502 : 200`), any escape, raw control
/// bytes and bytes that are not UTF-8; `isLenient` tells that a line needed it. It gives up on unbalanced
/// or endless structure.
///
///     var scanner = JSONScanner(line, 0, count)
///     guard scanner.enterObject() else { … }
///     while scanner.nextKey() == .key { guard scanner.readValue() else { … } }
///
/// An object value is left at its brace: call `enterObject` to go in (keys then come from inside, until
/// `.objectEnd`) or `skipObject` to pass over it.
public struct JSONScanner {
  /// What `nextKey` found.
  public enum Step: Sendable {
    case key
    case objectEnd
    /// Not an object any more, or cut off; `position` tells where, `endsEarly` which.
    case broken
  }

  /// Deeper structure is broken.
  public static let depthLimit = 64

  @usableFromInline let bytes: UnsafePointer<UInt8>
  @usableFromInline let end: Int
  /// Index of the next byte to read.
  public var position: Int
  /// A deviation from JSON was read over.
  public var isLenient = false
  /// The last key's bytes, `[keyStart, keyEnd)`, without quotes.
  public var keyStart = 0
  public var keyEnd = 0
  /// What `readValue` read last.
  public var value = JSONValue(.absent, 0, 0)

  /// - Parameter bytes: read in `[start, end)` only.
  @inlinable @inline(__always)
  public init(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) {
    self.bytes = bytes
    self.end = end
    position = start
  }

  /// The text stopped where it should have gone on.
  @inlinable public var endsEarly: Bool { position >= end }

  @inlinable @inline(__always)
  /// Passes over spaces, tabs and line ends.
  public mutating func skipBlanks() {
    while position < end, bytes[position] <= 32 { position &+= 1 }
  }

  /// Goes past the `{` at the position; false when there is none.
  @inlinable @inline(__always)
  public mutating func enterObject() -> Bool {
    skipBlanks()
    guard position < end, bytes[position] == UInt8(ascii: "{") else { return false }
    position &+= 1
    return true
  }

  /// Reads up to and past the colon of the next key, or past the end of the object.
  @inlinable @inline(__always)
  public mutating func nextKey() -> Step {
    while position < end {
      let byte = bytes[position]
      position &+= 1
      if byte == UInt8(ascii: "\"") {
        keyStart = position
        guard passString() else { return .broken }
        keyEnd = value.end
        skipBlanks()
        guard position < end, bytes[position] == UInt8(ascii: ":") else { return .broken }
        position &+= 1
        return .key
      }
      if byte == UInt8(ascii: "}") { return .objectEnd }
      guard byte == UInt8(ascii: ",") || byte <= 32 else {
        position &-= 1
        return .broken
      }
    }
    return .broken
  }

  /// Reads the value at the position into `value`. An object is only noted, see above; an array is passed
  /// over whole.
  @inlinable @inline(__always)
  public mutating func readValue() -> Bool {
    skipBlanks()
    guard position < end else { return false }
    switch bytes[position] {
    case UInt8(ascii: "\""):
      position &+= 1
      return passString()
    case UInt8(ascii: "{"):
      value = JSONValue(.object, position, position)
      return true
    case UInt8(ascii: "["):
      let start = position
      guard passNested() else { return false }
      value = JSONValue(.array, start, position)
      return true
    default:
      return passBare()
    }
  }

  /// Passes over the object at the position.
  @inlinable
  public mutating func skipObject() -> Bool {
    let start = position
    guard passNested() else { return false }
    value = JSONValue(.object, start, position)
    return true
  }

  // MARK: Inside

  /// Passes the rest of a string whose opening quote is behind the position.
  @inlinable @inline(__always)
  mutating func passString() -> Bool {
    let raw = UnsafeRawPointer(bytes)
    let start = position
    var index = position
    var high: UInt64 = 0
    var escapes = false
    while true {
      let special: UInt8
      if index &+ 8 <= end {
        // Safe: eight bytes from `index` lie before `end`.
        let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
        let quote = word ^ 0x2222_2222_2222_2222
        let slash = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let quotes = (quote &- 0x0101_0101_0101_0101) & ~quote
        let slashes = (slash &- 0x0101_0101_0101_0101) & ~slash
        let match = (quotes | slashes) & 0x8080_8080_8080_8080
        if match == 0 {
          high |= word
          index &+= 8
          continue
        }
        let bit = UInt64(match.trailingZeroBitCount)
        high |= word & ((1 << bit) &- 1)
        index &+= Int(bit >> 3)
        special = bytes[index]
      } else {
        guard index < end else {
          position = end
          return false
        }
        special = bytes[index]
        if special != UInt8(ascii: "\""), special != UInt8(ascii: "\\") {
          high |= UInt64(special)
          index &+= 1
          continue
        }
      }
      if special == UInt8(ascii: "\"") { break }
      escapes = true
      index &+= 2
    }
    value = JSONValue(
      .string, start, index, hasEscapes: escapes, hasHighBytes: high & 0x8080_8080_8080_8080 != 0)
    position = index &+ 1
    return true
  }

  /// Passes a balanced `{…}` or `[…]`; brackets of both kinds only have to balance in number.
  @inlinable
  mutating func passNested() -> Bool {
    var depth = 0
    while position < end {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position &+= 1
        guard passString() else { return false }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth &+= 1
        guard depth <= Self.depthLimit else { return false }
        position &+= 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth &-= 1
        position &+= 1
        if depth == 0 { return true }
      default:
        position &+= 1
      }
    }
    return false
  }

  /// Reads an unquoted value up to its `,`, `}` or `]`.
  @inlinable
  mutating func passBare() -> Bool {
    let start = position
    while position < end {
      let byte = bytes[position]
      if byte == UInt8(ascii: ",") {
        guard continuesList else { break }
        isLenient = true
        position &+= 2
        continue
      }
      if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { break }
      if byte == UInt8(ascii: "\"") { return false }
      position &+= 1
    }
    guard position < end else { return false }
    var stop = position
    while stop > start, bytes[stop &- 1] <= 32 { stop &-= 1 }
    classify(start, stop)
    return true
  }

  /// At a comma: `, 0.1` goes on with a bare list, `,"next"` and `, "next"` do not.
  @inlinable
  var continuesList: Bool {
    guard position &+ 2 < end, bytes[position &+ 1] == UInt8(ascii: " ") else { return false }
    let next = bytes[position &+ 2]
    return next == UInt8(ascii: "-") || (next >= 48 && next <= 57)
  }

  @inlinable
  mutating func classify(_ start: Int, _ stop: Int) {
    let count = stop &- start
    value = JSONValue(.bare, start, stop)
    if count == 0 || (count == 1 && bytes[start] == UInt8(ascii: "-")) {
      value.kind = .absent
      isLenient = true
      return
    }
    let first = bytes[start]
    if first >= 48 && first <= 57 {
      if first == 48, count > 1, bytes[start &+ 1] >= 48, bytes[start &+ 1] <= 57 { isLenient = true }
    } else if count == 4, first == UInt8(ascii: "n"), matches(start, 0x6C6C_756E) {
      value.kind = .absent
    } else if count == 4, first == UInt8(ascii: "t"), matches(start, 0x6575_7274) {
      value.kind = .true
    } else if count == 5, first == UInt8(ascii: "f"), matches(start &+ 1, 0x6573_6C61) {
      value.kind = .false
    } else if first != UInt8(ascii: "-") {
      isLenient = true
    }
  }

  /// Whether the four bytes at `index` are a word's, least significant first.
  @inlinable
  func matches(_ index: Int, _ word: UInt32) -> Bool {
    UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt32.self).littleEndian == word
  }
}

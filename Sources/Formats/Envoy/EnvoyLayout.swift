import Scanning

/// Where the fields of one Envoy text line stand.
struct EnvoyLayout {
  var request: ByteRange
  var status: ByteRange
  var flags: ByteRange
  /// Response code details; empty where the line has none.
  var details: ByteRange
  /// Start of `in out duration service-time`.
  var numbers: Int
  var forwardedFor: ByteRange
  var agent: ByteRange
  var requestID: ByteRange
  var authority: ByteRange
  var upstream: ByteRange
  /// What follows the last quoted field; empty in Envoy's default format.
  var tail: ByteRange

  /// Something stands between flags and numbers or behind the last quote, as in every Istio release.
  var isIstio: Bool

  /// - Parameter start: the first byte of the request, behind its quote.
  init?(_ cursor: LineCursor, from start: Int) {
    guard let head = Self.head(cursor, from: start) else { return nil }
    (request, status, flags) = head
    guard let numbers = Self.numbers(cursor, from: flags.end) else { return nil }
    self.numbers = numbers.start
    details = Self.details(cursor, ByteRange(start: flags.end + 1, end: numbers.start - 1))
    // From the right: the last quoted fields never hold `" "`.
    let end = cursor.end
    guard let lastQuote = cursor.findLast(UInt8(ascii: "\""), in: ByteRange(start: numbers.end, end: end)) else {
      return nil
    }
    let quoted = ByteRange(start: numbers.end, end: lastQuote)
    guard let third = Self.lastBreak(cursor, quoted),
      let second = Self.lastBreak(cursor, ByteRange(start: quoted.start, end: third + 1)),
      let first = Self.lastBreak(cursor, ByteRange(start: quoted.start, end: second + 1)),
      let zeroth = cursor.find("\" \"", in: ByteRange(start: quoted.start, end: first + 1))
    else { return nil }
    upstream = ByteRange(start: third + 3, end: lastQuote)
    authority = ByteRange(start: second + 3, end: third)
    requestID = ByteRange(start: first + 3, end: second)
    forwardedFor = ByteRange(start: quoted.start, end: zeroth)
    agent = ByteRange(start: zeroth + 3, end: first)
    tail = ByteRange(start: min(lastQuote + 2, end), end: end)
    if lastQuote + 1 < end, cursor.bytes[lastQuote + 1] != UInt8(ascii: " ") { return nil }
    isIstio = numbers.start > flags.end + 1 || !tail.isEmpty
  }

  /// The last `" "` of a field.
  private static func lastBreak(_ cursor: LineCursor, _ range: ByteRange) -> Int? {
    cursor.findLast("\" \"", in: range)
  }

  /// Request, status and flags: the first `" ` that one to three digits, a space, flags and a space follow.
  private static func head(
    _ cursor: LineCursor, from start: Int
  ) -> (request: ByteRange, status: ByteRange, flags: ByteRange)? {
    var place = start
    while true {
      place = WideScan.find(UInt8(ascii: "\""), in: cursor.bytes, from: place, to: cursor.end)
      guard place &+ 2 < cursor.end else { return nil }
      let digits = place &+ 2
      let digitsEnd = cursor.digitsEnd(from: digits)
      if cursor.bytes[place &+ 1] == UInt8(ascii: " "), (1...3).contains(digitsEnd - digits),
        cursor.matches(" ", at: digitsEnd), let flagsEnd = flagsEnd(cursor, from: digitsEnd &+ 1)
      {
        return (
          ByteRange(start: start, end: place), ByteRange(start: digits, end: digitsEnd),
          ByteRange(start: digitsEnd &+ 1, end: flagsEnd)
        )
      }
      place &+= 1
    }
  }

  /// Where `-` or `[A-Z,]+` ends before a space, or nil.
  private static func flagsEnd(_ cursor: LineCursor, from start: Int) -> Int? {
    if cursor.matches("- ", at: start) { return start &+ 1 }
    var place = start
    while place < cursor.end, cursor.bytes[place] &- 65 < 26 || cursor.bytes[place] == UInt8(ascii: ",") {
      place &+= 1
    }
    return place > start && cursor.matches(" ", at: place) ? place : nil
  }

  /// The first place behind a space where `number number number|- number|- "` stands; `end` is behind the quote.
  private static func numbers(_ cursor: LineCursor, from start: Int) -> ByteRange? {
    var place = start
    while place < cursor.end {
      place = WideScan.find(UInt8(ascii: " "), in: cursor.bytes, from: place, to: cursor.end) &+ 1
      if place < cursor.end, cursor.bytes[place] &- 48 <= 9, let end = numbersEnd(cursor, from: place) {
        return ByteRange(start: place, end: end)
      }
    }
    return nil
  }

  private static func numbersEnd(_ cursor: LineCursor, from start: Int) -> Int? {
    var place = start
    for index in 0..<4 {
      let end = cursor.digitsEnd(from: place)
      if end > place {
        place = end
      } else if index >= 2, cursor.matches("-", at: place) {
        place &+= 1
      } else {
        return nil
      }
      guard cursor.matches(" ", at: place) else { return nil }
      place &+= 1
    }
    return cursor.matches("\"", at: place) ? place &+ 1 : nil
  }

  /// The first bare word between flags and numbers; Istio before 1.9 has only quoted ones there.
  private static func details(_ cursor: LineCursor, _ middle: ByteRange) -> ByteRange {
    let none = ByteRange(start: middle.start, end: middle.start)
    guard middle.count > 0, cursor.bytes[middle.start] != UInt8(ascii: "\"") else { return none }
    let space = WideScan.find(UInt8(ascii: " "), in: cursor.bytes, from: middle.start, to: middle.end)
    return ByteRange(start: middle.start, end: space)
  }

  /// The endpoint; releases before 1.2 wrote `tcp://` before it.
  func upstreamAddress(_ cursor: LineCursor) -> ByteRange {
    guard cursor.matches("tcp://", at: upstream.start), upstream.count > 6 else { return upstream }
    return ByteRange(start: upstream.start + 6, end: upstream.end)
  }
}

import Scanning

/// What a syslog daemon or sender put before a line.
///
///     <190>Nov 22 07:26:24 gw1 nginx[812]: MSG          RFC 3164; priority and host may be missing
///     2026-11-22T07:26:24.177+00:00 gw1 nginx[812]: MSG  rsyslog's file format and journalctl -o short-iso
///     <190>1 2026-11-22T07:26:24.177Z gw1 nginx 812 ACC [id k="v"] MSG   RFC 5424
///     <6>MSG                                              priority only
public struct SyslogHeader: Hashable, Sendable {
  /// Which of the shapes above, with a host or without.
  public enum Kind: String, Sendable {
    case rfc3164, rfc3164NoHost = "rfc3164-nohost", iso, isoNoHost = "iso-nohost", rfc5424, priority
  }

  public var kind: Kind
  /// The program's name, without process number; empty where there is none.
  public var tag: Range<Int>
  /// Where the message starts.
  public var message: Int

  /// The header of a line, or nil when it has none.
  @inline(__always)
  public init?(_ line: UnsafePointer<UInt8>, _ count: Int) {
    var index = 0
    var hasPriority = false
    if count > 2, line[0] == UInt8(ascii: "<") {
      guard let end = Self.priorityEnd(line, count) else { return nil }
      index = end
      hasPriority = true
    }
    if hasPriority, index + 1 < count, line[index] == UInt8(ascii: "1"), line[index + 1] == UInt8(ascii: " "),
      let header = Self.structured(line, count, from: index + 2)
    {
      self = header
      return
    }
    let isISO: Bool
    if let end = Self.stampEnd(line, count, from: index) {
      isISO = false
      index = end
    } else if let end = Self.isoStampEnd(line, count, from: index) {
      isISO = true
      index = end
    } else {
      guard hasPriority else { return nil }
      self.init(kind: .priority, tag: index..<index, message: index)
      return
    }
    guard let header = Self.tagged(line, count, from: index, isISO: isISO) else { return nil }
    self = header
  }

  private init(kind: Kind, tag: Range<Int>, message: Int) {
    self.kind = kind
    self.tag = tag
    self.message = message
  }

  /// Index after `<190>`, or nil.
  private static func priorityEnd(_ line: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    var index = 1
    while index < min(count, 4), isDigit(line[index]) { index += 1 }
    guard index > 1, index < count, line[index] == UInt8(ascii: ">") else { return nil }
    return index + 1
  }

  /// Index after `Nov 22 07:26:24 `, or nil.
  @inline(__always)
  private static func stampEnd(_ line: UnsafePointer<UInt8>, _ count: Int, from start: Int) -> Int? {
    guard start + 16 <= count, line[start + 15] == UInt8(ascii: " "),
      line[start + 9] == UInt8(ascii: ":"), line[start + 12] == UInt8(ascii: ":"),
      Timestamps.syslog(line, start, start + 15, clock: WriterClock(year: 2000)) != nil
    else { return nil }
    return start + 16
  }

  /// Index after an RFC 3339 stamp and its blank, or nil.
  private static func isoStampEnd(_ line: UnsafePointer<UInt8>, _ count: Int, from start: Int) -> Int? {
    guard start + 21 <= count, line[start + 4] == UInt8(ascii: "-"), line[start + 10] == UInt8(ascii: "T")
    else {
      return nil
    }
    let end = WideScan.find(UInt8(ascii: " "), in: line, from: start, to: min(count, start + 48))
    guard end < count, line[end] == UInt8(ascii: " "), Timestamps.iso8601(line, start, end) != nil else {
      return nil
    }
    return end + 1
  }

  /// Host and tag, or the tag alone; the tag ends in a colon.
  @inline(__always)
  private static func tagged(
    _ line: UnsafePointer<UInt8>, _ count: Int, from start: Int, isISO: Bool
  ) -> SyslogHeader? {
    var from = start
    for hasHost in [false, true] {
      let end = WideScan.find(UInt8(ascii: " "), in: line, from: from, to: count)
      guard end > from, end - from <= 256 else { return nil }
      if line[end - 1] == UInt8(ascii: ":"), let name = name(line, from, end - 1) {
        let kind: Kind = hasHost ? (isISO ? .iso : .rfc3164) : (isISO ? .isoNoHost : .rfc3164NoHost)
        return SyslogHeader(kind: kind, tag: name, message: min(end + 1, count))
      }
      from = min(end + 1, count)
    }
    return nil
  }

  /// The program's name in `name[pid]`; nil where other bytes show that it is no tag.
  @inline(__always)
  private static func name(_ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Range<Int>? {
    var stop = end
    for index in start..<end {
      let byte = line[index]
      let letter = byte | 0x20
      if byte == UInt8(ascii: "["), stop == end { stop = index }
      guard
        (letter >= 97 && letter <= 122) || isDigit(byte) || (byte >= 40 && byte <= 47) || byte == 95
          || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "@")
      else { return nil }
    }
    return stop > start ? start..<stop : nil
  }

  // MARK: RFC 5424

  /// After the version: stamp, host, app, process, message id, structured data, message.
  private static func structured(_ line: UnsafePointer<UInt8>, _ count: Int, from start: Int) -> SyslogHeader?
  {
    var index = start
    var app = start..<start
    for field in 0..<5 {
      let end = WideScan.find(UInt8(ascii: " "), in: line, from: index, to: count)
      guard end > index, end < count else { return nil }
      if field == 0, !(end - index == 1 && line[index] == UInt8(ascii: "-")),
        Timestamps.iso8601(line, index, end) == nil
      {
        return nil
      }
      if field == 2 { app = index..<end }
      index = end + 1
    }
    guard let end = dataEnd(line, count, from: index) else { return nil }
    index = end
    if index < count, line[index] == UInt8(ascii: " ") { index += 1 }
    if index + 3 <= count, line[index] == 0xEF, line[index + 1] == 0xBB, line[index + 2] == 0xBF {
      index += 3
    }
    return SyslogHeader(kind: .rfc5424, tag: app, message: index)
  }

  /// Index after `-` or `[id k="v"][…]`, in whose values `\"`, `\\` and `\]` are escaped.
  private static func dataEnd(_ line: UnsafePointer<UInt8>, _ count: Int, from start: Int) -> Int? {
    guard start < count else { return nil }
    if line[start] == UInt8(ascii: "-") { return start + 1 }
    var index = start
    while index < count, line[index] == UInt8(ascii: "[") {
      var isQuoted = false
      index += 1
      while index < count, isQuoted || line[index] != UInt8(ascii: "]") {
        if isQuoted, line[index] == UInt8(ascii: "\\") {
          index += 1
        } else if line[index] == UInt8(ascii: "\"") {
          isQuoted.toggle()
        }
        index += 1
      }
      guard index < count else { return nil }
      index += 1
    }
    return index > start ? index : nil
  }

  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}

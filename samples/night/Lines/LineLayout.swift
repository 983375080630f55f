/// A log format to write requests in.
protocol LineLayout: Sendable {
  /// What follows `--format`.
  static var name: String { get }
  /// The nginx directive that makes nginx write the same lines.
  static var directive: String { get }

  init(start: CalendarTime)

  /// Appends one request without its line end.
  mutating func write(_ request: borrowing Request, _ names: borrowing LogNames, to line: inout LineWriter)
}

/// All formats; the first is the default.
let lineLayouts: [any LineLayout.Type] = [
  GatewayLine.self, CombinedLine.self, TimedLine.self, JSONLine.self,
]

// MARK: Fields that several formats share

extension LineWriter {
  @inline(__always)
  mutating func target(_ request: borrowing Request, _ names: borrowing LogNames) {
    for piece in names.paths[Int(request.route)].pieces {
      let value = piece.isSecond ? request.second : request.first
      switch piece.kind {
      case .literal: text(piece.text, of: names.texts)
      case .integer: integer(value)
      case .uuid: uuid(scrambled(UInt64(value)))
      case .hash: hash(scrambled(UInt64(value) &+ 77))
      case .date: text(value, of: names.dates)
      case .word: text(value, of: names.words)
      case .words:
        text(value >> 16, of: names.words)
        byte(UInt8(ascii: "+"))
        text(value & 0xFFFF, of: names.words)
      case .probe: text(value, of: names.probes)
      }
    }
  }

  /// Twelve hexadecimal digits, the last of them decimal, so that no hash reads as a word.
  @inline(__always)
  private mutating func hash(_ word: UInt64) {
    hexadecimal(word, digits: 11)
    integer(Int(word % 10))
  }

  @inline(__always)
  private mutating func uuid(_ word: UInt64) {
    let other = scrambled(word)
    hexadecimal(word, digits: 8)
    byte(UInt8(ascii: "-"))
    hexadecimal(word &<< 32, digits: 4)
    text("-4")
    hexadecimal(word &<< 48, digits: 3)
    text("-a")
    hexadecimal(other, digits: 3)
    byte(UInt8(ascii: "-"))
    hexadecimal(other &<< 12, digits: 12)
  }

  @inline(__always)
  mutating func protocolName(_ request: borrowing Request, _ names: borrowing LogNames) {
    if names.speaksHTTP2[Int(request.userAgent)] { text("HTTP/2.0") } else { text("HTTP/1.1") }
  }

  /// `$request`: method, target, protocol.
  @inline(__always)
  mutating func requestLine(_ request: borrowing Request, _ names: borrowing LogNames) {
    text(Int(request.route), of: names.methods)
    byte(UInt8(ascii: " "))
    target(request, names)
    byte(UInt8(ascii: " "))
    protocolName(request, names)
  }

  /// `$upstream_response_time`, one number per attempt. Writes `absent` without an upstream.
  @inline(__always)
  mutating func upstreamTimes(_ request: borrowing Request, absent: StaticString) {
    guard request.attempts > 0 else { return text(absent) }
    if request.attempts > 1 {
      seconds(Int(request.failed.milliseconds))
      text(", ")
    }
    seconds(Int(request.last.milliseconds))
  }

  /// `$upstream_addr`.
  @inline(__always)
  mutating func upstreamAddresses(
    _ request: borrowing Request, _ names: borrowing LogNames, absent: StaticString
  ) {
    guard request.attempts > 0 else { return text(absent) }
    if request.attempts > 1 {
      text(Int(request.failed.endpoint), of: names.endpoints)
      text(", ")
    }
    text(Int(request.last.endpoint), of: names.endpoints)
  }

  /// `$upstream_status`; `-` for an attempt that the client did not wait for.
  @inline(__always)
  mutating func upstreamStatuses(_ request: borrowing Request, absent: StaticString) {
    guard request.attempts > 0 else { return text(absent) }
    if request.attempts > 1 {
      triple(Int(request.failed.status))
      text(", ")
    }
    if request.last.status == 0 { text("-") } else { triple(Int(request.last.status)) }
  }
}

import Scanning
import Traffic

/// The loop over a line's fields. Everything here is inlined into `read`; what is rare is kept out of line.
extension FormatTemplate {
  /// Reads every field of a line.
  /// - Parameter located: the ends of the fields are in `scratch.ends`, found by `locate`; else each field ends where
  ///   the literal behind it first fits.
  @inline(__always)
  func run(
    _ line: UnsafePointer<UInt8>, _ count: Int, located: Bool, _ facts: inout LineFacts,
    _ scratch: inout TemplateScratch, _ batch: inout RequestBatch
  ) -> LineFailure? {
    let steps = scratch.steps
    let stepCount = scratch.stepCount
    guard startsWithPrefix(line, count) else { return LineFailure(.notInFormat, at: 0) }
    var index = prefix.count
    var number = 0
    while number < stepCount {
      let step = steps + number
      let start = index
      let end: Int
      var isEscaped = false
      if located {
        end = scratch.ends[number]
        isEscaped = step.pointee.ending == .escapedByte
          && WideScan.find(step.pointee.quoting.escape, in: line, from: start, to: end) < end
      } else {
        end = Self.fieldEnd(step, scratch.literals, line, start, count, &isEscaped)
        if end < 0 { return LineFailure(.endsEarly, field: Self.column(of: step.pointee), at: count) }
      }
      index = end &+ Int(step.pointee.literalCount)
      if end == start || (end &- start == 1 && line[start] == UInt8(ascii: "-")) {
        noteAbsent(step.pointee, isEmpty: end == start, &facts)
      } else if let reason = readField(step, line, start, end, isEscaped, &facts, &scratch, &batch) {
        return LineFailure(reason, field: Self.column(of: step.pointee), at: start)
      }
      number &+= 1
    }
    if index < count, line[index] != UInt8(ascii: " "), line[index] != 9 {
      return LineFailure(.notInFormat, at: index)
    }
    return nil
  }

  @inline(__always)
  private func startsWithPrefix(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if prefix.isEmpty { return true }
    guard prefix.count <= count else { return false }
    for index in 0..<prefix.count where prefix[index] != line[index] { return false }
    return true
  }

  // MARK: Where a field ends

  /// The end of the field that starts at `start`, or −1 where the line ends without what must follow it.
  @inline(__always)
  private static func fieldEnd(
    _ step: UnsafePointer<TemplateStep>, _ literals: UnsafePointer<UInt8>, _ line: UnsafePointer<UInt8>, _ start: Int,
    _ count: Int, _ isEscaped: inout Bool
  ) -> Int {
    let stop = step.pointee.stop
    switch step.pointee.ending {
    case .byte:
      let end = WideScan.find(stop, in: line, from: start, to: count)
      if literalFits(step, literals, line, end, count) { return end }
      return nextEnd(step, literals, line, end &+ 1, count)
    case .escapedByte:
      let end = WideScan.find(stop, or: step.pointee.quoting.escape, in: line, from: start, to: count)
      if end < count, line[end] == stop, literalFits(step, literals, line, end, count) { return end }
      return nextEscapedEnd(step, literals, line, start, end, count, &isEscaped)
    case .list:
      let end = listEnd(line, start, count)
      if literalFits(step, literals, line, end, count) { return end }
      return -1
    case .lineEnd:
      return step.pointee.kind.isFreeText ? count : WideScan.find(UInt8(ascii: " "), in: line, from: start, to: count)
    }
  }

  /// Whether the literal behind the field stands at `end`.
  @inline(__always)
  static func literalFits(
    _ step: UnsafePointer<TemplateStep>, _ literals: UnsafePointer<UInt8>, _ line: UnsafePointer<UInt8>, _ end: Int,
    _ count: Int
  ) -> Bool {
    let length = Int(step.pointee.literalCount)
    if end &+ 8 <= count, length <= 8 {
      // Safe: eight bytes from `end` lie before `count`.
      let word = UnsafeRawPointer(line).loadUnaligned(fromByteOffset: end, as: UInt64.self).littleEndian
      return (word ^ step.pointee.literalWord) & step.pointee.literalMask == 0
    }
    return longLiteralFits(literals + Int(step.pointee.literalOffset), length, line, end, count)
  }

  @inline(never)
  private static func longLiteralFits(
    _ literal: UnsafePointer<UInt8>, _ length: Int, _ line: UnsafePointer<UInt8>, _ end: Int, _ count: Int
  ) -> Bool {
    guard end + length <= count else { return false }
    for place in 0..<length where literal[place] != line[end + place] { return false }
    return true
  }

  /// The first place from `from` on where the literal fits, or −1.
  @inline(never)
  static func nextEnd(
    _ step: UnsafePointer<TemplateStep>, _ literals: UnsafePointer<UInt8>, _ line: UnsafePointer<UInt8>, _ from: Int,
    _ count: Int
  ) -> Int {
    var from = from
    while from < count {
      let end = WideScan.find(step.pointee.stop, in: line, from: from, to: count)
      if end < count, literalFits(step, literals, line, end, count) { return end }
      from = end + 1
    }
    return -1
  }

  /// The same from `at` on, where either an escape or an unfitting `stop` was met.
  @inline(never)
  private static func nextEscapedEnd(
    _ step: UnsafePointer<TemplateStep>, _ literals: UnsafePointer<UInt8>, _ line: UnsafePointer<UInt8>, _ start: Int,
    _ at: Int, _ count: Int, _ isEscaped: inout Bool
  ) -> Int {
    let stop = step.pointee.stop
    let escape = step.pointee.quoting.escape
    var at = at
    while at < count {
      if line[at] == escape, escape != stop {
        isEscaped = true
        // Only a quote can itself be escaped; `\xHH` and `#HH` never hold one.
        at += stop == UInt8(ascii: "\"") && escape == UInt8(ascii: "\\") ? 2 : 1
      } else if literalFits(step, literals, line, at, count) {
        return at
      } else {
        at += 1
      }
      guard at < count else { break }
      at = WideScan.find(stop, or: escape, in: line, from: at, to: count)
    }
    return -1
  }

  /// The end of an unquoted list: a space ends it unless it stands after `,` or beside `:`.
  @inline(__always)
  static func listEnd(_ line: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
    let space = UInt8(ascii: " ")
    let end = WideScan.find(space, in: line, from: start, to: count)
    if end &+ 1 < count, end > start, line[end &- 1] == UInt8(ascii: ",") || line[end &+ 1] == UInt8(ascii: ":") {
      return longListEnd(line, end, count)
    }
    return end
  }

  @inline(never)
  private static func longListEnd(_ line: UnsafePointer<UInt8>, _ firstSpace: Int, _ count: Int) -> Int {
    let space = UInt8(ascii: " ")
    var end = firstSpace
    while end < count {
      if line[end - 1] == UInt8(ascii: ",") {
        end = WideScan.find(space, in: line, from: end + 1, to: count)
      } else if end + 2 < count, line[end + 1] == UInt8(ascii: ":"), line[end + 2] == space {
        end = WideScan.find(space, in: line, from: end + 3, to: count)
      } else {
        break
      }
    }
    return end
  }

  static func column(of step: TemplateStep) -> RequestColumn? {
    switch step.kind {
    case .commonLogStamp, .isoStamp, .epochStamp: .arrival
    case .status: .status
    case .request, .target, .path, .query: .path
    case .method: .method
    case .client, .clientAndPort: .client
    case .upstreamStatuses: .upstreamStatus
    case .upstreamTimes: .upstreamDuration
    case .connectTimes: .connect
    case .upstreamAddresses: .upstream
    case .number, .duration, .goDuration, .text: step.column
    default: nil
    }
  }

  // MARK: What a field means

  /// A field that is empty or a lone dash.
  @inline(__always)
  private func noteAbsent(_ step: TemplateStep, isEmpty: Bool, _ facts: inout LineFacts) {
    switch step.kind {
    case .request: facts.request = .absent
    case .number where step.column == .bytesOut: facts.bytesDashed = true
    case .completion: facts.completed = false
    default: break
    }
  }

  /// Writes one present field; returns why it cannot be read.
  @inline(__always)
  private func readField(
    _ step: UnsafePointer<TemplateStep>, _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ isEscaped: Bool,
    _ facts: inout LineFacts, _ scratch: inout TemplateScratch, _ batch: inout RequestBatch
  ) -> RejectReason? {
    let bytes = line + start
    let count = end &- start
    switch step.pointee.kind {
    case .skip, .skippedList: break

    case .commonLogStamp, .isoStamp, .epochStamp:
      guard let value = cachedStamp(step.pointee.kind, line, start, end, &scratch) else { return .badTimestamp }
      facts.stamp = value

    case .status:
      guard let status = ShortNumbers.unsigned(line, start, end), status <= 999 else { return .badStatus }
      facts.status = status
      batch.set(.status, status)

    case .number:
      guard let value = ShortNumbers.unsigned(line, start, end) ?? Self.oddNumber(line, start, end, scale: 0) else {
        return .badNumber
      }
      if step.pointee.column == .bytesOut { facts.bytesOut = value }
      if value != .absent { batch.set(step.pointee.column, value) }

    case .duration:
      guard let value = ShortNumbers.scaled(line, start, end, digits: Int(step.pointee.scale))
        ?? Self.oddNumber(line, start, end, scale: Int(step.pointee.scale))
      else { return .badNumber }
      if value != .absent {
        if step.pointee.column == .duration { facts.duration = value }
        batch.set(step.pointee.column, value)
      }

    case .goDuration:
      guard let value = Numbers.goDuration(line, start, end) else { return .badNumber }
      if step.pointee.column == .duration { facts.duration = value }
      batch.set(step.pointee.column, value)

    case .request:
      if isEscaped {
        readEscapedRequest(step.pointee.quoting, line, start, end, &facts, &scratch, &batch)
      } else {
        let request = RequestLine(bytes, count)
        facts.request = request.shape
        request.write(bytes, into: &batch)
      }

    case .text:
      // Only JSON is meant to be UTF-8; nginx passes a client's Latin-1 through as it came.
      if isEscaped || (step.pointee.quoting == .json && ClientText.hasHighBytes(bytes, count)) {
        readEscaped(step, line, start, end, &facts, &scratch, &batch)
      } else {
        batch.setSymbol(step.pointee.column, bytes, count)
      }

    case .consumer where !isEscaped:
      if step.pointee.rank < facts.consumerRank {
        facts.consumerRank = step.pointee.rank
        batch.setSymbol(.consumer, bytes, count)
      }

    case .cacheWord:
      if let cache = NginxWords.cache(bytes, count) {
        facts.cache = cache
        batch.set(.cache, cache.rawValue)
      }

    case .host:
      Authority.write(bytes, count, into: &batch)

    case .client:
      batch.setClient(bytes, count)

    default:
      return readUpstreamField(step, line, start, end, isEscaped, &facts, &scratch, &batch)
    }
    return nil
  }

  /// Writes a field that may be a list with an item per upstream attempt, or one of the rarer fields.
  @inline(__always)
  private func readUpstreamField(
    _ step: UnsafePointer<TemplateStep>, _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ isEscaped: Bool,
    _ facts: inout LineFacts, _ scratch: inout TemplateScratch, _ batch: inout RequestBatch
  ) -> RejectReason? {
    let bytes = line + start
    let count = end &- start
    switch step.pointee.kind {
    case .upstreamAddresses:
      facts.addresses = LineFacts.Range(start: start, end: end)
      if Self.isOneAddress(bytes, count) { batch.setSymbol(.upstream, bytes, count) } else { facts.needsLists = true }

    case .upstreamStatuses:
      facts.statuses = LineFacts.Range(start: start, end: end)
      if let status = ShortNumbers.unsigned(line, start, end), status <= 999 {
        facts.upstreamStatus = status
        batch.set(.upstreamStatus, status)
      } else {
        facts.needsLists = true
      }

    case .upstreamTimes:
      facts.times = LineFacts.Range(start: start, end: end)
      if let time = ShortNumbers.scaled(line, start, end, digits: 6) {
        facts.upstreamDuration = time
        batch.set(.upstreamDuration, time)
      } else {
        facts.needsLists = true
      }

    case .connectTimes, .queueTimes:
      let column = step.pointee.kind == .connectTimes ? RequestColumn.connect : .queueWait
      if step.pointee.kind == .connectTimes { facts.connects = LineFacts.Range(start: start, end: end) }
      guard let time = ShortNumbers.scaled(line, start, end, digits: 6) ?? UpstreamList(line, start, end).sumOfTimes() else {
        return .badNumber
      }
      if time != .absent { batch.set(column, time) }

    case .headerTimes:
      facts.headers = LineFacts.Range(start: start, end: end)

    default:
      return readRare(step, line, start, end, isEscaped, &facts, &scratch, &batch)
    }
    return nil
  }

  /// The stamp of a field, which is often that of the line before.
  @inline(__always)
  private func cachedStamp(
    _ kind: FieldKind, _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ scratch: inout TemplateScratch
  ) -> Int64? {
    if let known = scratch.stamp, scratch.stampCount == end &- start, bytesEqual(known, line + start, end &- start) {
      return scratch.stampValue
    }
    guard let value = stamp(kind, line, start, end) else { return nil }
    scratch.stamp = line + start
    scratch.stampCount = end &- start
    scratch.stampValue = value
    return value
  }

  private func stamp(_ kind: FieldKind, _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int64? {
    let value: Int64? =
      switch kind {
      case .commonLogStamp: Timestamps.commonLog(line, start, end, localOffset: clock.utcOffset)
      case .isoStamp: Timestamps.iso8601(line, start, end, localOffset: clock.utcOffset)
      default: ShortNumbers.epochMilliseconds(line, start, end) ?? Timestamps.epochByDigits(line, start, end)
      }
    // 0001-01-01 to 9999-12-31, so that differences of stamps cannot overflow.
    guard let value, value > -62_135_596_800_000_000, value < 253_402_300_800_000_000 else { return nil }
    return value
  }

  /// `-1` as absent and `+12` as 12; nil for anything else.
  @inline(never)
  private static func oddNumber(_ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int, scale: Int) -> Int64? {
    switch line[start] {
    case UInt8(ascii: "-"): Numbers.scaled(line, start + 1, end, digits: 0) == nil ? nil : .absent
    case UInt8(ascii: "+"): Numbers.scaled(line, start + 1, end, digits: scale)
    default: nil
    }
  }

  /// One item that is a server's address, not a group's name: it has a port, or is a socket's path.
  @inline(__always)
  private static func isOneAddress(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let end = WideScan.find(UInt8(ascii: " "), or: UInt8(ascii: ":"), in: bytes, from: 0, to: count)
    guard end < count, bytes[end] == UInt8(ascii: ":") else { return false }
    return WideScan.find(UInt8(ascii: " "), in: bytes, from: end, to: count) == count
  }
}

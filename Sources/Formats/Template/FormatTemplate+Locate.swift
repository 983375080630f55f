import Scanning
import Traffic

/// Finding the fields of a line whose values hold the format's own separators.
///
/// The plain loop ends a field where the literal behind it first fits. Where a gateway does not escape (nginx
/// `escape=none`, Envoy, Traefik) that may be too early; the fields behind it then make no sense. So the ends are
/// searched with steps back: a field of free text is made longer until everything behind it fits.
extension FormatTemplate {
  /// Steps tried, and bytes looked at beyond a few times the line's own, before giving up: a line that needs more is
  /// rejected. Without a bound a line of separators would cost the square of its length.
  private static var patience: (steps: Int, bytes: Int) { (512, 1 << 16) }

  /// Fills `scratch.starts` and `scratch.ends`.
  /// - Returns: whether the whole line fits.
  @inline(never)
  func locate(_ line: UnsafePointer<UInt8>, _ count: Int, _ scratch: inout TemplateScratch) -> Bool {
    guard count >= prefix.count, (0..<prefix.count).allSatisfy({ prefix[$0] == line[$0] }) else { return false }
    var number = 0
    var from = prefix.count
    scratch.starts[0] = from
    var bytesLeft = Self.patience.bytes + 4 * count
    for _ in 0..<Self.patience.steps {
      if number == scratch.stepCount {
        if fitsTail(line, scratch.ends[number - 1], scratch.steps[number - 1], count) { return true }
        number -= 1
        from = scratch.ends[number] + 1
        continue
      }
      let step = scratch.steps + number
      let start = scratch.starts[number]
      let end = candidate(step, scratch.literals, line, start, from, count)
      bytesLeft -= end < 0 ? count - from : 2 * (end - start)
      if bytesLeft < 0 { return false }
      if end < 0 {
        if number == 0 { return false }
        number -= 1
        from = scratch.ends[number] + 1
      } else if isPlausible(step, line, start, end) {
        scratch.ends[number] = end
        from = end + Int(step.pointee.literalCount)
        number += 1
        scratch.starts[number] = from
      } else {
        from = end + 1
      }
    }
    return false
  }

  private func fitsTail(_ line: UnsafePointer<UInt8>, _ end: Int, _ step: TemplateStep, _ count: Int) -> Bool {
    let index = end + Int(step.literalCount)
    return index >= count || line[index] == UInt8(ascii: " ") || line[index] == 9
  }

  /// The next place from `from` on where the field may end, or −1.
  private func candidate(
    _ step: UnsafePointer<TemplateStep>, _ literals: UnsafePointer<UInt8>, _ line: UnsafePointer<UInt8>, _ start: Int,
    _ from: Int, _ count: Int
  ) -> Int {
    switch step.pointee.ending {
    case .byte, .escapedByte:
      return Self.nextEnd(step, literals, line, from, count)
    case .list:
      let end = Self.listEnd(line, start, count)
      return end >= from && Self.literalFits(step, literals, line, end, count) ? end : -1
    case .lineEnd:
      let end = step.pointee.kind.isFreeText
        ? count : WideScan.find(UInt8(ascii: " "), in: line, from: start, to: count)
      return end >= from ? end : -1
    }
  }

  /// Whether bytes can be a value of the field at all.
  private func isPlausible(
    _ step: UnsafePointer<TemplateStep>, _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int
  ) -> Bool {
    let count = end - start
    if count == 0 || (count == 1 && line[start] == UInt8(ascii: "-")) { return true }
    switch step.pointee.kind {
    case .status: return count <= 3 && Numbers.unsigned(line, start, end) != nil
    case .number, .duration:
      return Numbers.scaled(line, start, end, digits: 0) != nil
        || (count > 1 && Numbers.scaled(line, start + 1, end, digits: 0) != nil)
    case .goDuration: return line[start] >= 48 && line[start] <= 57
    case .commonLogStamp: return Timestamps.commonLog(line, start, end) != nil
    case .isoStamp: return Timestamps.iso8601(line, start, end) != nil
    case .epochStamp: return Timestamps.epochByDigits(line, start, end) != nil
    case .upstreamTimes, .connectTimes, .headerTimes, .queueTimes:
      return UpstreamList(line, start, end).sumOfTimes() != nil
    case .upstreamStatuses: return line[start] == UInt8(ascii: "-") || (line[start] >= 48 && line[start] <= 57)
    case .client, .clientAndPort, .host, .method, .wireProtocol, .cacheWord, .requestLimitWord, .connectionLimitWord:
      return WideScan.find(UInt8(ascii: " "), in: line, from: start, to: end) == end
    default: return true
    }
  }
}

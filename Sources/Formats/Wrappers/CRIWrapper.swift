import Scanning

/// Kubernetes container logs: `2026-11-22T07:34:43.084100001Z stdout F content`.
///
/// `P` marks a part of a line that the runtime cut at 16 KiB; parts of one stream are joined until its `F`.
/// Lines of standard error are unwrapped too: what is no access line there, its format rejects and counts.
/// - Source: Kubernetes, *CRI log format*.
public struct CRIWrapper: ProbedWrapper {
  public let name = "cri"

  public init() {}

  public func endsRecord(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    !(CRIPrefix(line, count)?.isPartial ?? false)
  }

  public func recognises(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool { CRIPrefix(line, count) != nil }

  public func unwrap(_ block: UnsafeBufferPointer<UInt8>, into inner: inout UnwrappedBlock) {
    guard let base = block.baseAddress else { return }
    var joiner = RecordJoiner(into: inner, reserving: block.count)
    var offset = 0
    while offset < block.count {
      let end = WideScan.lineEnd(in: base, from: offset, to: block.count)
      if let prefix = CRIPrefix(base + offset, end - offset) {
        var stop = end
        if !prefix.isPartial, stop > offset + prefix.content, base[stop - 1] == 13 { stop -= 1 }
        joiner.add(
          UnsafeBufferPointer(start: base + offset + prefix.content, count: stop - offset - prefix.content),
          isError: prefix.isError, endsRecord: !prefix.isPartial)
      } else {
        joiner.add(
          UnsafeBufferPointer(start: base + offset, count: end - offset), isError: nil, endsRecord: true)
      }
      offset = end + 1
    }
    inner = joiner.finish()
  }
}

/// The fixed shape before a line of a container's log.
struct CRIPrefix {
  var isError: Bool
  var isPartial = false
  /// Where the content starts.
  var content: Int

  @inline(__always)
  init?(_ line: UnsafePointer<UInt8>, _ count: Int) {
    // `2026-11-22T07:34:43Z stdout ` at least.
    guard count >= 27, line[4] == UInt8(ascii: "-"), line[10] == UInt8(ascii: "T"),
      line[13] == UInt8(ascii: ":")
    else {
      return nil
    }
    let blank = WideScan.find(UInt8(ascii: " "), in: line, from: 19, to: min(count, 48))
    guard blank < count, blank + 7 <= count, line[blank] == UInt8(ascii: " ") else { return nil }
    let isOutput = Self.matches(line + blank + 1, "stdout")
    guard isOutput || Self.matches(line + blank + 1, "stderr") else { return nil }
    isError = !isOutput
    content = blank + 7
    guard content < count else { return }
    guard line[content] == UInt8(ascii: " ") else { return nil }
    content += 1
    readTag(line, count)
  }

  /// `F`, `P` or `F:more`; the form before 2017 has none, and then the content starts here.
  @inline(__always)
  private mutating func readTag(_ line: UnsafePointer<UInt8>, _ count: Int) {
    guard content < count, line[content] == UInt8(ascii: "F") || line[content] == UInt8(ascii: "P") else {
      return
    }
    var end = content + 1
    if end < count, line[end] == UInt8(ascii: ":") {
      end = WideScan.find(UInt8(ascii: " "), in: line, from: end, to: count)
    }
    guard end >= count || line[end] == UInt8(ascii: " ") else { return }
    isPartial = line[content] == UInt8(ascii: "P")
    content = min(end + 1, count)
  }

  @inline(__always)
  private static func matches(_ bytes: UnsafePointer<UInt8>, _ word: StaticString) -> Bool {
    for index in 0..<6 where bytes[index] != word.utf8Start[index] { return false }
    return true
  }
}

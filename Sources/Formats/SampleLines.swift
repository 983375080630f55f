import Scanning

/// The whole lines of a sample of a file.
struct SampleLines: Sendable {
  /// Lines looked at from the start, and again from the middle.
  static let window = 100

  var bytes: [UInt8]
  /// Lines that are not blank, without their ends.
  var lines: [Range<Int>]

  /// - Parameter sample: a byte order mark is skipped; a last line without its end counts only where it is the only one.
  init(_ sample: [UInt8]) {
    bytes = sample
    lines = []
    var start = sample.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < sample.count {
      let feed = sample[start...].firstIndex(of: 10)
      if feed == nil, !lines.isEmpty, sample.count > 1 << 16 { break }
      var end = feed ?? sample.count
      let next = end + 1
      while end > start, sample[end - 1] == 13 || sample[end - 1] == 32 { end -= 1 }
      if end > start { lines.append(start..<(feed ?? sample.count)) }
      start = next
    }
  }

  /// Up to a window from the start and one from the middle.
  var spread: [Range<Int>] {
    guard lines.count > 2 * Self.window else { return lines }
    let middle = lines.count / 2
    return Array(lines[..<Self.window] + lines[middle..<(middle + Self.window)])
  }

  /// The same lines where they are.
  func withSpread<R>(_ body: ([UnsafeBufferPointer<UInt8>]) -> R) -> R {
    let chosen = spread
    return bytes.withUnsafeBufferPointer { bytes in body(chosen.map { UnsafeBufferPointer(rebasing: bytes[$0]) }) }
  }

  /// Some lines as a block that formats read.
  func block(_ chosen: [Range<Int>]) -> [UInt8] {
    var block: [UInt8] = []
    for line in chosen {
      block += bytes[line]
      block.append(10)
    }
    return block
  }

  func unwrapped(by wrapper: any LineWrapper) -> SampleLines {
    var inner = UnwrappedBlock()
    block(lines).withUnsafeBufferPointer { wrapper.unwrap($0, into: &inner) }
    return SampleLines(inner.bytes)
  }
}

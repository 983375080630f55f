import Scanning

/// What `docker compose logs` puts before each line: `gateway-1  | line`.
public struct ComposeWrapper: ProbedWrapper {
  public let name = "compose"

  public init() {}

  public func endsRecord(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool { true }

  public func recognises(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    Self.content(line, count) != nil
  }

  public func unwrap(_ block: UnsafeBufferPointer<UInt8>, into inner: inout UnwrappedBlock) {
    guard let base = block.baseAddress else { return }
    inner.bytes.reserveCapacity(inner.bytes.count + block.count + 1)
    var offset = 0
    while offset < block.count {
      let end = WideScan.lineEnd(in: base, from: offset, to: block.count)
      let start = offset + (Self.content(base + offset, end - offset) ?? 0)
      inner.bytes.append(contentsOf: UnsafeBufferPointer(start: base + start, count: end - start))
      inner.bytes.append(10)
      offset = end + 1
    }
  }

  /// Where the line starts after a service's name, blanks, a bar and a blank.
  private static func content(_ line: UnsafePointer<UInt8>, _ count: Int) -> Int? {
    var index = 0
    while index < count, isName(line[index]) { index += 1 }
    guard index > 0, index < count, line[index] == UInt8(ascii: " ") else { return nil }
    while index < count, line[index] == UInt8(ascii: " ") { index += 1 }
    guard index < count, line[index] == UInt8(ascii: "|") else { return nil }
    index += 1
    return index < count && line[index] == UInt8(ascii: " ") ? index + 1 : index
  }

  private static func isName(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return (letter >= 97 && letter <= 122) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 46
      || byte == 95
  }
}

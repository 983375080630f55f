/// A reader over the bytes of one blob. Every read is checked; running out is `CorruptSegment`.
///
/// Holds a pointer: lives only inside the call that was given the bytes.
struct ByteSource {
  let base: UnsafePointer<UInt8>
  /// All bytes of the blob; kernels may load whole words anywhere inside it.
  let count: Int
  private(set) var position = 0
  private var depth = 0

  /// - Precondition: the bytes stay valid while the source is used.
  init(_ bytes: UnsafeRawBufferPointer) throws(CorruptSegment) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { throw CorruptSegment(.truncated) }
    base = start.assumingMemoryBound(to: UInt8.self)
    count = bytes.count
  }

  var remaining: Int { count - position }

  mutating func byte() throws(CorruptSegment) -> UInt8 {
    guard position < count else { throw CorruptSegment(.truncated) }
    defer { position += 1 }
    return base[position]
  }

  mutating func varint() throws(CorruptSegment) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      let next = try byte()
      let bits = UInt64(next & 0x7F)
      guard shift < 63 || bits <= 1 else { throw CorruptSegment(.header("varint")) }
      value |= bits << shift
      if next < 0x80 { return value }
      shift += 7
    }
    throw CorruptSegment(.header("varint"))
  }

  mutating func signed() throws(CorruptSegment) -> Int64 { unZigZag(try varint()) }

  /// A number that counts something of which there are at most `limit`.
  mutating func count(upTo limit: Int, _ what: String) throws(CorruptSegment) -> Int {
    let value = try varint()
    guard value <= UInt64(limit) else { throw CorruptSegment(.header(what)) }
    return Int(value)
  }

  /// Steps over `bytes` and gives where they start.
  mutating func skip(_ bytes: Int) throws(CorruptSegment) -> Int {
    guard bytes >= 0, bytes <= remaining else { throw CorruptSegment(.truncated) }
    defer { position += bytes }
    return position
  }

  mutating func requireEnd() throws(CorruptSegment) {
    guard position == count else { throw CorruptSegment(.trailingBytes) }
  }

  mutating func enter() throws(CorruptSegment) {
    depth += 1
    guard depth <= 6 else { throw CorruptSegment(.nesting) }
  }

  mutating func leave() { depth -= 1 }
}

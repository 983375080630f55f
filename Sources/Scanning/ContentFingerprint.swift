/// A 128-bit fingerprint of a growing run of bytes, independent of how the run was cut into reads.
///
/// Part of the import ledger on disk: the function never changes. It tells files apart; it is no defence against
/// somebody who forges one.
///
/// Four lanes each take every fourth 8-byte word of full 32-byte stripes; the rest of less than 32 bytes and the length
/// enter at the end. `value` may be asked at any point and the run goes on.
/// - Source: lane mixing by folded 64×64→128 multiplication as in Wang Yi's *wyhash*; layout and constants are ours.
public struct ContentFingerprint: Sendable {
  /// The fingerprint proper.
  public struct Value: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64
    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }
  }

  /// Bytes taken in so far.
  public private(set) var byteCount: Int64 = 0
  private var a: UInt64 = 0x243F_6A88_85A3_08D3
  private var b: UInt64 = 0x1319_8A2E_0370_7344
  private var c: UInt64 = 0xA409_3822_299F_31D0
  private var d: UInt64 = 0x082E_FA98_EC4E_6C89
  private var rest: [UInt8] = []
  /// Values at the marks passed so far, from 1 KiB, each an eighth further: they tell an earlier state of the same run.
  public private(set) var marks: [(byteCount: Int64, value: Value)] = []
  private var nextMark: Int64 = 1024

  public init() {}

  /// Takes in the next bytes; how a run is cut into calls makes no difference.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var bytes = bytes
    while byteCount + Int64(bytes.count) >= nextMark {
      let take = Int(nextMark - byteCount)
      takeIn(UnsafeRawBufferPointer(rebasing: bytes[0..<take]))
      bytes = UnsafeRawBufferPointer(rebasing: bytes[take...])
      marks.append((nextMark, value))
      nextMark += nextMark / 8
    }
    takeIn(bytes)
  }

  private mutating func takeIn(_ bytes: UnsafeRawBufferPointer) {
    byteCount += Int64(bytes.count)
    var offset = 0
    if !rest.isEmpty {
      offset = min(32 - rest.count, bytes.count)
      rest.append(contentsOf: bytes[0..<offset])
      guard rest.count == 32 else { return }
      rest.withUnsafeBytes { takeStripes($0) }
      rest.removeAll(keepingCapacity: true)
    }
    let whole = (bytes.count - offset) & ~31
    takeStripes(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + whole)]))
    rest.append(contentsOf: bytes[(offset + whole)...])
  }

  private mutating func takeStripes(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    var (a, b, c, d) = (a, b, c, d)
    var offset = 0
    while offset < bytes.count {
      a = Self.mix(a ^ Self.word(start, offset), 0x9E37_79B9_7F4A_7C15)
      b = Self.mix(b ^ Self.word(start, offset + 8), 0xD6E8_FEB8_6659_FD93)
      c = Self.mix(c ^ Self.word(start, offset + 16), 0xA076_1D64_78BD_642F)
      d = Self.mix(d ^ Self.word(start, offset + 24), 0xE703_7ED1_A0B4_28DB)
      offset &+= 32
    }
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
  }

  /// Never zero for a zero operand: adding the operands back keeps their entropy where the product loses it.
  @inline(__always)
  private static func mix(_ x: UInt64, _ y: UInt64) -> UInt64 {
    let (high, low) = x.multipliedFullWidth(by: y)
    return (high ^ low) &+ x.byteSwapped
  }

  /// The fingerprint of all bytes so far.
  public var value: Value {
    var last = self
    let count = UInt64(bitPattern: byteCount)
    last.rest.append(contentsOf: repeatElement(0, count: 32 - rest.count))
    last.rest.withUnsafeBytes { last.takeStripes($0) }
    let left = Self.mix(last.a ^ count, last.c | 1)
    let right = Self.mix(last.b ^ count.byteSwapped, last.d | 1)
    return Value(
      high: Self.mix(left ^ last.d, 0xE703_7ED1_A0B4_28DB), low: Self.mix(right ^ last.a, 0x9E37_79B9_7F4A_7C15))
  }
}

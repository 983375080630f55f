/// Frame of reference: distance from the minimum, divided by the common divisor, in the fewest bits that hold all.
///
///     | frame | width: UInt8, 0…56 | count × width bits, low bits first |
///
/// - Complexity: O(count); decoding is one unaligned load, a shift and a mask per value.
/// - Source: Goldstein, Ramakrishnan, Shaft, *Compressing Relations and Indexes*, ICDE 1998.
enum PackedEncoding: ColumnEncoding {
  static let number: UInt8 = 2
  static let name = "packed"
  /// An unaligned 64-bit load holds 57 bits from any bit on.
  static let widest = 56

  static func estimate(_ values: ProfiledValues, _: inout EncodingScratch) -> Int? {
    let width = bitWidth(values.span)
    return width <= widest ? 40 + values.count * width : nil
  }

  static func encode(_ values: ProfiledValues, into sink: inout ByteSink, _ scratch: inout EncodingScratch) {
    let frame = Frame(offsetting: values)
    frame.write(into: &sink)
    let codes = scratch.codes(count: values.count)
    if values.count > 0 { _ = frame.codes(of: values, into: codes) }
    let width = bitWidth(values.span)
    sink.append(UInt8(width))
    pack(codes, values.count, width: width, into: &sink)
  }

  static func decode(
    _ source: inout ByteSource, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    let frame = try Frame(from: &source)
    let width = Int(try source.byte())
    guard width <= widest else { throw CorruptSegment(.header("packed width")) }
    try unpack(&source, width: width, into: values)
    frame.restore(values)
  }

  /// Bits that hold every number up to `largest`.
  static func bitWidth(_ largest: UInt64) -> Int { 64 - largest.leadingZeroBitCount }

  static func pack(
    _ codes: UnsafePointer<UInt64>, _ count: Int, width: Int, into sink: inout ByteSink
  ) {
    let bytes = (count * width + 7) / 8
    sink.reserve(bytes)
    var writer = BitWriter(at: sink.base + sink.count)
    for index in 0..<count { writer.write(codes[index], width) }
    writer.finish()
    sink.advance(bytes)
  }

  static func unpack(
    _ source: inout ByteSource, width: Int, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    let count = values.count
    let start = try source.skip((count * width + 7) / 8)
    guard let output = values.baseAddress, width > 0 else { return values.update(repeating: 0) }
    let raw = UnsafeRawPointer(source.base)
    let mask: UInt64 = (1 &<< UInt64(width)) &- 1
    // Values whose eight bytes lie inside the blob; the few after them are read byte by byte.
    let loadable = max(0, (source.count - 8 - start) * 8)
    let whole = source.count < 8 ? 0 : min(count, loadable / width)
    var bit = start &* 8
    for index in 0..<whole {
      let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self))
      output[index] = Int64(bitPattern: (word &>> UInt64(bit & 7)) & mask)
      bit &+= width
    }
    for index in whole..<count {
      var value: UInt64 = 0
      for offset in 0..<width where source.base[(bit + offset) >> 3] >> UInt8((bit + offset) & 7) & 1 != 0 {
        value |= 1 << UInt64(offset)
      }
      output[index] = Int64(bitPattern: value)
      bit += width
    }
  }
}

/// Appends bit fields, low bits first. Stores whole words: eight bytes past the end must be writable.
struct BitWriter {
  private(set) var end: UnsafeMutablePointer<UInt8>
  private var word: UInt64 = 0
  private var filled: UInt64 = 0

  init(at start: UnsafeMutablePointer<UInt8>) { end = start }

  /// - Precondition: `bits` ≤ 56 and `value` < 2^bits.
  @inline(__always)
  mutating func write(_ value: UInt64, _ bits: Int) {
    word |= value &<< filled
    filled &+= UInt64(truncatingIfNeeded: bits)
    UnsafeMutableRawPointer(end).storeBytes(of: word.littleEndian, as: UInt64.self)
    end += Int(truncatingIfNeeded: filled &>> 3)
    word &>>= filled & 56
    filled &= 7
  }

  /// Closes the last byte.
  mutating func finish() {
    if filled > 0 {
      end.pointee = UInt8(truncatingIfNeeded: word)
      end += 1
    }
  }
}

/// Reads the streams of a prefix code.
///
/// Per value: an unaligned 64-bit load, a table look-up, a shift and a mask. Loads are clamped to the last eight bytes of
/// the blob, so no content can make one leave it; a stream that ran past its end is found afterwards.
enum PrefixStreams {
  static func decode(
    _ source: inout ByteSource, _ table: borrowing PrefixTable, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    let parts = PrefixEncoding.partition(values.count)
    var sizes: [Int] = []
    for _ in parts { sizes.append(try source.count(upTo: source.count, "stream size")) }
    var starts: [Int] = []
    for size in sizes { starts.append(try source.skip(size)) }
    guard values.count > 0 else { return }
    guard source.count >= 8 else { return try decodeTiny(source, table, starts[0], sizes[0], into: values) }
    let reader = Reader(base: UnsafeRawPointer(source.base), lastLoad: source.count - 8, table: table)
    var ends = starts.map { $0 * 8 }
    if parts.count == 4 { ends = sideBySide(reader, ends, parts[3].count, parts[0].count, values.baseAddress!) }
    for (part, rows) in parts.enumerated() {
      let done = parts.count == 4 ? parts[3].count : 0
      for row in (rows.lowerBound + done)..<max(rows.upperBound, rows.lowerBound + done) {
        ends[part] = reader.next(ends[part], values.baseAddress! + row)
      }
      guard (ends[part] + 7) / 8 == starts[part] + sizes[part] else { throw CorruptSegment(.truncated) }
    }
  }

  /// A blob shorter than a word is copied to where whole words can be loaded.
  private static func decodeTiny(
    _ source: ByteSource, _ table: borrowing PrefixTable, _ start: Int, _ size: Int,
    into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    var padded: (UInt64, UInt64) = (0, 0)
    var bit = 0
    withUnsafeMutableBytes(of: &padded) { bytes in
      for index in 0..<size { bytes[index] = source.base[start + index] }
      let reader = Reader(base: UnsafeRawPointer(bytes.baseAddress!), lastLoad: 8, table: table)
      for row in 0..<values.count { bit = reader.next(bit, values.baseAddress! + row) }
    }
    guard (bit + 7) / 8 == size else { throw CorruptSegment(.truncated) }
  }

  /// The first `rows` values of all four streams; gives where each stopped.
  private static func sideBySide(
    _ reader: Reader, _ starts: [Int], _ rows: Int, _ stride: Int, _ output: UnsafeMutablePointer<Int64>
  ) -> [Int] {
    var (a, b, c, d) = (starts[0], starts[1], starts[2], starts[3])
    var row = output
    for _ in 0..<rows {
      a = reader.next(a, row)
      b = reader.next(b, row + stride)
      c = reader.next(c, row + 2 &* stride)
      d = reader.next(d, row + 3 &* stride)
      row += 1
    }
    return [a, b, c, d]
  }

  private struct Reader {
    let base: UnsafeRawPointer
    let lastLoad: Int
    let entries: UnsafePointer<UInt64>
    let mask: UInt64

    init(base: UnsafeRawPointer, lastLoad: Int, table: borrowing PrefixTable) {
      self.base = base
      self.lastLoad = lastLoad
      entries = UnsafePointer(table.entries)
      mask = (1 << UInt64(table.bits)) - 1
    }

    /// Reads one value at a bit position and gives the next position.
    @inline(__always)
    func next(_ bit: Int, _ output: UnsafeMutablePointer<Int64>) -> Int {
      let offset = min(bit &>> 3, lastLoad)
      let loaded = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let word = loaded &>> UInt64(truncatingIfNeeded: bit &- offset &<< 3)
      let entry = entries[Int(truncatingIfNeeded: word & mask)]
      let extra = (word &>> (entry &>> 12 & 63)) & ((1 &<< (entry &>> 6 & 63)) &- 1)
      output.pointee = Int64(bitPattern: (entry &>> 18) &+ extra)
      return bit &+ Int(truncatingIfNeeded: entry & 63)
    }
  }
}

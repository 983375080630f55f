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
    var done = 0
    if parts.count == 4 { done = sideBySide(reader, &ends, parts[3].count, parts[0].count, values.baseAddress!) }
    for (part, rows) in parts.enumerated() {
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

  /// The first `rows` values of all four streams, or nearly so; gives where each stopped and how many rows were done.
  private static func sideBySide(
    _ reader: Reader, _ bits: inout [Int], _ rows: Int, _ stride: Int, _ output: UnsafeMutablePointer<Int64>
  ) -> Int {
    var (a, b, c, d) = (bits[0], bits[1], bits[2], bits[3])
    var row = 0
    // A loaded word holds 57 bits of the stream at least.
    let perLoad = reader.widest <= 14 ? 4 : reader.widest <= 28 ? 2 : 1
    while row &+ perLoad <= rows {
      let cell = output + row
      switch perLoad {
      case 4:
        a = reader.nextFour(a, cell)
        b = reader.nextFour(b, cell + stride)
        c = reader.nextFour(c, cell + 2 &* stride)
        d = reader.nextFour(d, cell + 3 &* stride)
      case 2:
        a = reader.nextTwo(a, cell)
        b = reader.nextTwo(b, cell + stride)
        c = reader.nextTwo(c, cell + 2 &* stride)
        d = reader.nextTwo(d, cell + 3 &* stride)
      default:
        a = reader.next(a, cell)
        b = reader.next(b, cell + stride)
        c = reader.next(c, cell + 2 &* stride)
        d = reader.next(d, cell + 3 &* stride)
      }
      row &+= perLoad
    }
    bits = [a, b, c, d]
    return row
  }

  private struct Reader {
    let base: UnsafeRawPointer
    let lastLoad: Int
    let entries: UnsafePointer<UInt64>
    let mask: UInt64
    let widest: Int

    init(base: UnsafeRawPointer, lastLoad: Int, table: borrowing PrefixTable) {
      self.base = base
      self.lastLoad = lastLoad
      entries = UnsafePointer(table.entries)
      mask = (1 << UInt64(table.bits)) - 1
      widest = table.widest
    }

    /// At least 57 bits of the blob from a bit position on, and zeros or repeats past its end.
    @inline(__always)
    private func load(_ bit: Int) -> UInt64 {
      let offset = min(bit &>> 3, lastLoad)
      let loaded = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      return loaded &>> UInt64(truncatingIfNeeded: bit &- offset &<< 3)
    }

    /// Takes one value off a word and gives the bits it took.
    @inline(__always)
    private func take(_ word: inout UInt64, _ output: UnsafeMutablePointer<Int64>) -> UInt64 {
      let entry = entries[Int(truncatingIfNeeded: word & mask)]
      let extra = (word &>> (entry &>> 12 & 63)) & ((1 &<< (entry &>> 6 & 63)) &- 1)
      output.pointee = Int64(bitPattern: (entry &>> 18) &+ extra)
      word &>>= entry & 63
      return entry & 63
    }

    /// Reads one value at a bit position and gives the next position.
    @inline(__always)
    func next(_ bit: Int, _ output: UnsafeMutablePointer<Int64>) -> Int {
      var word = load(bit)
      return bit &+ Int(truncatingIfNeeded: take(&word, output))
    }

    @inline(__always)
    func nextTwo(_ bit: Int, _ output: UnsafeMutablePointer<Int64>) -> Int {
      var word = load(bit)
      let first = take(&word, output)
      return bit &+ Int(truncatingIfNeeded: first &+ take(&word, output + 1))
    }

    @inline(__always)
    func nextFour(_ bit: Int, _ output: UnsafeMutablePointer<Int64>) -> Int {
      var word = load(bit)
      var taken = take(&word, output)
      taken &+= take(&word, output + 1)
      taken &+= take(&word, output + 2)
      taken &+= take(&word, output + 3)
      return bit &+ Int(truncatingIfNeeded: taken)
    }
  }
}

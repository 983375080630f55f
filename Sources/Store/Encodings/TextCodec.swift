internal import Traffic

/// Writes and reads byte strings in whichever of three forms is smallest.
///
///     | 0 plain      | lengths: nested |                                        bytes go to the heap
///     | 1 dictionary | distinct: varint | lengths: nested | ranks: nested |     bytes go to the heap
///     | 2 shape      | see TextShape |
///
/// The heap is one string of bytes for all texts of a segment, so that deflate finds what they have in common.
enum TextCodec {
  /// - Parameter texts: places in `bytes`, `offset << 24 | length`.
  static func encode(
    _ texts: UnsafeBufferPointer<Int64>, bytes: UnsafePointer<UInt8>, into sink: inout ByteSink,
    heap: inout ByteSink, _ scratch: inout EncodingScratch
  ) {
    var totalBytes = 0
    for text in texts { totalBytes += Int(text & 0xFF_FFFF) }
    let plainBits = totalBytes * 6 + texts.count * 4
    let shape = TextShape(texts, bytes: bytes)
    let shapeBits = shape.map { $0.headerBits + texts.count * $0.bitsPerRow } ?? Int.max
    let dictionaryBits = dictionaryEstimate(texts, bytes, totalBytes: totalBytes, &scratch) ?? Int.max
    if let shape, shapeBits <= min(plainBits, dictionaryBits) {
      sink.append(2)
      shape.encode(texts, bytes: bytes, into: &sink)
    } else if dictionaryBits < plainBits {
      encodeDictionary(texts, bytes, into: &sink, heap: &heap, &scratch)
    } else {
      sink.append(0)
      encodeTexts(texts, bytes, into: &sink, heap: &heap, &scratch)
    }
  }

  /// Lengths into the sink, bytes into the heap.
  private static func encodeTexts(
    _ texts: UnsafeBufferPointer<Int64>, _ bytes: UnsafePointer<UInt8>, into sink: inout ByteSink,
    heap: inout ByteSink, _ scratch: inout EncodingScratch
  ) {
    let lengths = scratch.values(level: 0, count: texts.count)
    for index in 0..<texts.count {
      let length = Int(texts[index] & 0xFF_FFFF)
      lengths[index] = Int64(length)
      heap.append(UnsafeBufferPointer(start: bytes + Int(texts[index] >> 24), count: length))
    }
    let nested = UnsafeBufferPointer(start: lengths, count: texts.count)
    IntegerCodec.encode(nested, level: 1, into: &sink, &scratch)
  }

  // MARK: Dictionary

  /// Bits with a dictionary; nil where texts hardly repeat. Texts are told apart by hash; two texts with one hash,
  /// never seen yet possible, end the attempt.
  private static func dictionaryEstimate(
    _ texts: UnsafeBufferPointer<Int64>, _ bytes: UnsafePointer<UInt8>, totalBytes: Int,
    _ scratch: inout EncodingScratch
  ) -> Int? {
    guard texts.count >= 4 else { return nil }
    let cells = scratch.values(level: 0, count: texts.count)
    for index in 0..<texts.count {
      let hash = byteHash(bytes + Int(texts[index] >> 24), Int(texts[index] & 0xFF_FFFF))
      cells[index] = Int64(bitPattern: hash)
    }
    let hashes = UnsafeBufferPointer(start: cells, count: texts.count)
    scratch.beginValues()
    guard scratch.distinct.sampleRepeats(hashes), scratch.distinct.collect(hashes, limit: texts.count * 3 / 4) else {
      return nil
    }
    let distinct = scratch.distinct.count
    return 64 + distinct * (totalBytes * 6 / texts.count + 4) + scratch.distinct.entropyBits
  }

  private static func encodeDictionary(
    _ texts: UnsafeBufferPointer<Int64>, _ bytes: UnsafePointer<UInt8>, into sink: inout ByteSink,
    heap: inout ByteSink, _ scratch: inout EncodingScratch
  ) {
    scratch.distinct.rank()
    let distinct = scratch.distinct.count
    let ranks = scratch.values(level: 0, count: texts.count)
    scratch.distinct.ranks(into: ranks, count: texts.count)
    var entries = [Int64](repeating: -1, count: distinct)
    for index in 0..<texts.count {
      let rank = Int(ranks[index])
      if entries[rank] < 0 { entries[rank] = texts[index] }
      guard areEqual(entries[rank], texts[index], bytes) else {
        sink.append(0)
        return encodeTexts(texts, bytes, into: &sink, heap: &heap, &scratch)
      }
    }
    sink.append(1)
    sink.append(varint: UInt64(distinct))
    let nested = UnsafeBufferPointer(start: ranks, count: texts.count)
    IntegerCodec.encode(nested, level: 1, hint: .ranks, into: &sink, &scratch)
    entries.withUnsafeBufferPointer { encodeTexts($0, bytes, into: &sink, heap: &heap, &scratch) }
  }

  private static func areEqual(_ a: Int64, _ b: Int64, _ bytes: UnsafePointer<UInt8>) -> Bool {
    guard a & 0xFF_FFFF == b & 0xFF_FFFF else { return false }
    let (x, y) = (bytes + Int(a >> 24), bytes + Int(b >> 24))
    for index in 0..<Int(a & 0xFF_FFFF) where x[index] != y[index] { return false }
    return true
  }

  // MARK: Decoding

  /// - Parameters:
  ///   - heapCursor: where the stream's bytes start in the heap; moved behind them.
  ///   - arena: texts that are not in the heap are appended here.
  static func decode(
    _ source: inout ByteSource, rows: Int, heapCursor: inout Int, arena: inout [UInt8]
  ) throws(CorruptSegment) -> (texts: [Int64], areInArena: Bool) {
    switch try source.byte() {
    case 0:
      return (try decodeTexts(&source, count: rows, &heapCursor), false)
    case 1:
      let distinct = try source.count(upTo: rows, "distinct texts")
      let scratch = DecodingScratch(count: rows)
      let ranks = scratch.part(0, rows)
      try IntegerCodec.decode(&source, into: ranks)
      let entries = try decodeTexts(&source, count: distinct, &heapCursor)
      var texts: [Int64] = []
      texts.reserveCapacity(rows)
      for rank in ranks {
        guard rank >= 0, rank < Int64(distinct) else { throw CorruptSegment(.header("text rank")) }
        texts.append(entries[Int(rank)])
      }
      return (texts, false)
    case 2:
      var texts: [Int64] = []
      try TextShape(from: &source).decode(&source, rows: rows, into: &texts, arena: &arena)
      return (texts, true)
    case let form:
      throw CorruptSegment(.unknownEncoding(form))
    }
  }

  private static func decodeTexts(
    _ source: inout ByteSource, count: Int, _ heapCursor: inout Int
  ) throws(CorruptSegment) -> [Int64] {
    let scratch = DecodingScratch(count: count)
    let lengths = scratch.part(0, count)
    try IntegerCodec.decode(&source, into: lengths)
    var texts: [Int64] = []
    texts.reserveCapacity(count)
    for length in lengths {
      guard length >= 0, length < 1 << 24, heapCursor < 1 << 38 else { throw CorruptSegment(.header("text length")) }
      texts.append(Int64(heapCursor) << 24 | length)
      heapCursor += Int(length)
    }
    return texts
  }
}

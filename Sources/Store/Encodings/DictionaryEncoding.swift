internal import Traffic

/// Distinct values by falling frequency, and each row's rank among them.
///
///     | distinct: varint | values: nested | ranks: nested |
///
/// Values of equal frequency rise, so that the many rare ones are small differences; ranks of skewed columns are
/// small numbers for the prefix code. Absent is a value like any other.
enum DictionaryEncoding: ColumnEncoding {
  static let number: UInt8 = 6
  static let name = "dictionary"

  static func estimate(_ values: ProfiledValues, _ scratch: inout EncodingScratch) -> Int? {
    guard values.level == 0, values.hint == .none, values.count >= 32, values.span >= 16 else { return nil }
    guard scratch.distinct.sampleRepeats(values.values) else { return nil }
    // A sample has less entropy than the whole; where even that is more than another encoding takes, look no further.
    let sampled = scratch.distinct.entropyBits * (values.count / max(1, scratch.distinct.total))
    guard sampled < scratch.bestBits else { return nil }
    let wide = PackedEncoding.bitWidth(values.span)
    let limit = wide > 20 ? values.count * 3 / 4 : values.count / 3
    guard scratch.distinct.collect(values.values, limit: limit) else { return nil }
    let distinct = scratch.distinct.count
    let entryBits = max(2, wide - PackedEncoding.bitWidth(UInt64(distinct)) + 4)
    // A prefix code stays a little above the entropy, and the values take a look-up more.
    let rankBits = scratch.distinct.entropyBits
    return 256 + distinct * min(wide, entryBits) + rankBits + rankBits / 12
  }

  static func encode(_ values: ProfiledValues, into sink: inout ByteSink, _ scratch: inout EncodingScratch) {
    if !scratch.distinct.isCurrent { _ = scratch.distinct.collect(values.values, limit: values.count) }
    scratch.distinct.rank()
    let distinct = scratch.distinct.count
    sink.append(varint: UInt64(distinct))
    let nested = scratch.values(level: values.level, count: values.count)
    for rank in 0..<distinct { nested[rank] = scratch.distinct.value(rank: rank) }
    let entries = UnsafeBufferPointer(start: nested, count: distinct)
    IntegerCodec.encode(entries, level: values.level + 1, into: &sink, &scratch)
    scratch.distinct.ranks(into: nested, count: values.count)
    let ranks = UnsafeBufferPointer(start: nested, count: values.count)
    IntegerCodec.encode(ranks, level: values.level + 1, hint: .ranks, into: &sink, &scratch)
  }

  static func decode(
    _ source: inout ByteSource, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    let distinct = try source.count(upTo: values.count, "distinct values")
    let scratch = DecodingScratch(count: distinct)
    let entries = scratch.part(0, distinct)
    try IntegerCodec.decode(&source, into: entries)
    try IntegerCodec.decode(&source, into: values)
    let limit = UInt64(distinct)
    var outside = false
    guard let table = entries.baseAddress, let cells = values.baseAddress, distinct > 0 else {
      if values.isEmpty { return }
      throw CorruptSegment(.header("dictionary"))
    }
    for index in 0..<values.count {
      let rank = UInt64(bitPattern: cells[index])
      let isInside = rank < limit
      outside = outside || !isInside
      cells[index] = table[isInside ? Int(truncatingIfNeeded: rank) : 0]
    }
    if outside { throw CorruptSegment(.header("dictionary rank")) }
  }
}

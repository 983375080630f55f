internal import Traffic

/// Differences of neighbours: line numbers, instants that nearly rise.
///
///     | first: signed varint | count − 1 differences: nested |
///
/// The nested values may be differences again, which is delta-of-delta. Columns with absents are turned down.
/// - Source: Pelkonen et al., *Gorilla*, VLDB 2015, §4.1.1; the nesting is ours.
enum DeltaEncoding: ColumnEncoding {
  static let number: UInt8 = 5
  static let name = "delta"

  static func estimate(_ values: ProfiledValues, _: inout EncodingScratch) -> Int? {
    guard values.level <= 1, values.absentCount == 0, values.count >= 8, values.hint == .none else { return nil }
    // Sums of differences of this size cannot wrap into the absent value.
    guard values.minimum > -(1 << 62), values.maximum < 1 << 62 else { return nil }
    let sample = sampledBits(values)
    guard sample.differences * 10 < sample.offsets * 9 else { return nil }
    // The class of a number costs about a bit and a half beside its own bits.
    return 128 + values.count * (2 * sample.differences + 3 * sample.count) / (2 * sample.count)
  }

  /// Bits of the magnitudes of sampled differences, and of the same values' distances from the minimum.
  private static func sampledBits(_ values: ProfiledValues) -> (count: Int, differences: Int, offsets: Int) {
    let windows = 16
    let length = min(64, values.count / windows + 1)
    let stride = max(length, values.count / windows)
    let scale = Int64(clamping: values.scale)
    var (count, differences, offsets) = (0, 0, 0)
    var start = 1
    while start < values.count {
      for index in start..<min(start + length, values.count) {
        let difference = (values.values[index] &- values.values[index - 1]) / scale
        differences += PackedEncoding.bitWidth(zigZag(difference))
        offsets += PackedEncoding.bitWidth(UInt64(bitPattern: values.values[index] &- values.minimum) / values.scale)
        count += 1
      }
      start += stride
    }
    return (max(count, 1), differences, offsets)
  }

  static func encode(_ values: ProfiledValues, into sink: inout ByteSink, _ scratch: inout EncodingScratch) {
    let input = values.values.baseAddress!
    let count = values.count - 1
    let differences = scratch.values(level: values.level, count: count)
    for index in 0..<count { differences[index] = input[index &+ 1] &- input[index] }
    sink.append(signed: input[0])
    let nested = UnsafeBufferPointer(start: differences, count: count)
    IntegerCodec.encode(nested, level: values.level + 1, into: &sink, &scratch)
  }

  static func decode(
    _ source: inout ByteSource, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    guard values.count > 0 else { throw CorruptSegment(.header("delta rows")) }
    var sum = try source.signed()
    values[0] = sum
    try IntegerCodec.decode(&source, into: UnsafeMutableBufferPointer(rebasing: values[1...]))
    for index in 1..<values.count {
      sum = sum &+ values[index]
      values[index] = sum
    }
  }
}

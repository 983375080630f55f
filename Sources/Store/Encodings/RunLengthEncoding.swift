/// Equal neighbours as one value and a length.
///
///     | runs: varint | values: nested | lengths: nested |
///
/// The lengths add up to the row count; each is at least one.
enum RunLengthEncoding: ColumnEncoding {
  static let number: UInt8 = 4
  static let name = "runs"

  static func estimate(_ values: ProfiledValues, _: inout EncodingScratch) -> Int? {
    guard values.runs > 1, values.runs <= values.count / 4 else { return nil }
    let valueBits = max(1, PackedEncoding.bitWidth(values.span))
    let lengthBits = PackedEncoding.bitWidth(UInt64(values.count / values.runs)) + 2
    return 160 + values.runs * (valueBits + lengthBits)
  }

  static func encode(_ values: ProfiledValues, into sink: inout ByteSink, _ scratch: inout EncodingScratch) {
    sink.append(varint: UInt64(values.runs))
    let runs = scratch.values(level: values.level, count: values.runs)
    let input = values.values
    var run = 0
    for index in 0..<input.count where index == 0 || input[index] != input[index - 1] {
      runs[run] = input[index]
      run += 1
    }
    encode(runs, values, into: &sink, &scratch)
    run = 0
    var start = 0
    for index in 1..<max(1, input.count) where input[index] != input[index - 1] {
      runs[run] = Int64(index - start)
      start = index
      run += 1
    }
    if input.count > 0 { runs[run] = Int64(input.count - start) }
    encode(runs, values, into: &sink, &scratch)
  }

  private static func encode(
    _ runs: UnsafeMutablePointer<Int64>, _ values: ProfiledValues, into sink: inout ByteSink,
    _ scratch: inout EncodingScratch
  ) {
    let nested = UnsafeBufferPointer(start: runs, count: values.runs)
    IntegerCodec.encode(nested, level: values.level + 1, into: &sink, &scratch)
  }

  static func decode(
    _ source: inout ByteSource, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    let runs = try source.count(upTo: values.count, "runs")
    let scratch = DecodingScratch(count: runs * 2)
    let (contents, lengths) = (scratch.part(0, runs), scratch.part(runs, runs))
    try IntegerCodec.decode(&source, into: contents)
    try IntegerCodec.decode(&source, into: lengths)
    var row = 0
    for run in 0..<runs {
      guard lengths[run] > 0, lengths[run] <= Int64(values.count - row) else {
        throw CorruptSegment(.header("run length"))
      }
      let end = row + Int(lengths[run])
      for index in row..<end { values[index] = contents[run] }
      row = end
    }
    guard row == values.count else { throw CorruptSegment(.header("run lengths")) }
  }
}

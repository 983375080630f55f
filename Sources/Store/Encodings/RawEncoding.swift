/// Eight little-endian bytes per value: trace ids and whatever else has no shape.
enum RawEncoding: ColumnEncoding {
  static let number: UInt8 = 0
  static let name = "raw"

  static func estimate(_ values: ProfiledValues, _: inout EncodingScratch) -> Int? { values.count * 64 }

  static func encode(_ values: ProfiledValues, into sink: inout ByteSink, _: inout EncodingScratch) {
    sink.reserve(values.count * 8)
    let output = UnsafeMutableRawPointer(sink.base + sink.count)
    for index in 0..<values.count {
      output.storeBytes(of: values.values[index].littleEndian, toByteOffset: index &* 8, as: Int64.self)
    }
    sink.advance(values.count * 8)
  }

  static func decode(
    _ source: inout ByteSource, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    let start = try source.skip(values.count * 8)
    let input = UnsafeRawPointer(source.base + start)
    for index in 0..<values.count {
      values[index] = Int64(littleEndian: input.loadUnaligned(fromByteOffset: index &* 8, as: Int64.self))
    }
  }
}

internal import Traffic

/// One value for all rows.
///
///     | value: signed varint |
enum ConstantEncoding: ColumnEncoding {
  static let number: UInt8 = 1
  static let name = "constant"

  static func estimate(_ values: ProfiledValues, _: inout EncodingScratch) -> Int? {
    values.runs <= 1 ? 0 : nil
  }

  static func encode(_ values: ProfiledValues, into sink: inout ByteSink, _: inout EncodingScratch) {
    sink.append(signed: values.values.first ?? 0)
  }

  static func decode(
    _ source: inout ByteSource, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    values.update(repeating: try source.signed())
  }
}

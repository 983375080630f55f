public import Traffic

/// Reads the columns of a segment back.
public enum SegmentCodec {
  /// The column whose decoded values a blob's decoding needs; nil for most. Reads two bytes.
  public static func reference(of blob: UnsafeRawBufferPointer) throws(CorruptSegment) -> RequestColumn? {
    var source = try ByteSource(blob)
    guard Relation(rawValue: try source.byte()) != nil else { return nil }
    guard let column = RequestColumn(rawValue: try source.byte()) else { throw CorruptSegment(.header("reference")) }
    return column
  }

  /// Decodes a column blob into exactly `values.count` rows; symbols are the segment's own numbers.
  ///
  /// - Parameter reference: decoded values of the column that `reference(of:)` names, as many as `values`.
  /// - Throws: `CorruptSegment`, also for a checksum that does not match; `values` then holds nothing of use.
  /// - Complexity: O(rows), about one nanosecond per row.
  public static func decode(
    _ blob: UnsafeRawBufferPointer, checksum: UInt64, reference: UnsafeBufferPointer<Int64>? = nil,
    into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    guard Checksum.of(blob, seed: UInt64(values.count)) == checksum else { throw CorruptSegment(.checksum) }
    try decodeUnchecked(blob, reference: reference, into: values)
  }

  static func decodeUnchecked(
    _ blob: UnsafeRawBufferPointer, reference: UnsafeBufferPointer<Int64>?,
    into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    var source = try ByteSource(blob)
    if let relation = Relation(rawValue: source.base[0]) {
      _ = try source.skip(1)
      _ = try source.byte()
      guard let reference, let start = reference.baseAddress, reference.count == values.count else {
        throw CorruptSegment(.missingReference)
      }
      try IntegerCodec.decode(&source, into: values)
      try source.requireEnd()
      return relation.restore(values, reference: start)
    }
    try IntegerCodec.decode(&source, into: values)
    try source.requireEnd()
  }

  /// Encodes a list of numbers outside any segment, such as the store symbols of a segment's dictionary.
  public static func encodeList(_ numbers: [Int64]) -> [UInt8] {
    var sink = ByteSink(capacity: 256)
    var scratch = EncodingScratch()
    numbers.withUnsafeBufferPointer { IntegerCodec.encode($0, into: &sink, &scratch) }
    return sink.bytes()
  }

  /// The `count` numbers of `encodeList`.
  public static func decodeList(_ blob: UnsafeRawBufferPointer, count: Int) throws(CorruptSegment) -> [Int64] {
    guard count >= 0, count <= Limits.batchRows * 16 else { throw CorruptSegment(.header("list length")) }
    var numbers = [Int64](repeating: 0, count: count)
    var source = try ByteSource(blob)
    var failure: CorruptSegment?
    numbers.withUnsafeMutableBufferPointer { buffer in
      do throws(CorruptSegment) {
        try IntegerCodec.decode(&source, into: buffer)
        try source.requireEnd()
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return numbers
  }
}

extension EncodedColumn {
  /// Decodes this column; see `SegmentCodec.decode`.
  public func decode(
    reference: UnsafeBufferPointer<Int64>? = nil, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    var failure: CorruptSegment?
    bytes.withUnsafeBytes { blob in
      do throws(CorruptSegment) {
        try SegmentCodec.decode(blob, checksum: checksum, reference: reference, into: values)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}

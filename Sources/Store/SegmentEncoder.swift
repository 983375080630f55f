public import Traffic

/// Turns batches into segments. One per worker: it keeps its working memory from batch to batch.
///
/// The same batch always gives the same bytes.
public struct SegmentEncoder: ~Copyable {
  private var sink = ByteSink()
  private var scratch = EncodingScratch()
  private var renumbering = SymbolRenumbering()
  /// Values of the column at hand where they are not the batch's own.
  private var working = WorkingColumn()
  private var paths = WorkingColumn()

  public init() {}

  public mutating func encode(_ batch: borrowing RequestBatch) -> EncodedSegment {
    var columns: [EncodedColumn] = []
    var dictionaries: [SegmentDictionary] = []
    var variables: EncodedVariables?
    for column in batch.present.columns {
      guard let values = batch.values(column), values.count > 0 else { continue }
      switch column.kind {
      case .symbol:
        let target = column == .path ? paths.reserve(values.count) : working.reserve(values.count)
        let (dictionary, profile) = renumbering.renumber(column, values, of: batch, into: target)
        guard dictionary.count > 0 else { continue }
        dictionaries.append(dictionary)
        append(column, profile, to: &columns)
        if column == .path { variables = encodeVariables(profile.values, of: batch) }
      case .address:
        let target = working.reserve(values.count)
        let dictionary = renumbering.renumberAddresses(values, of: batch, into: target)
        append(column, ProfiledValues(UnsafeBufferPointer(start: target, count: values.count)), to: &columns)
        if dictionary.count > 0 { dictionaries.append(dictionary) }
      case .time, .duration, .integer, .code, .word:
        append(column, values, relativeIn: batch, to: &columns)
      }
    }
    return EncodedSegment(rows: batch.count, columns: columns, dictionaries: dictionaries, variables: variables)
  }

  /// A column beside a related one: relative where a sample of differences says that it is smaller.
  private mutating func append(
    _ column: RequestColumn, _ values: UnsafeBufferPointer<Int64>, relativeIn batch: borrowing RequestBatch,
    to columns: inout [EncodedColumn]
  ) {
    guard let (relation, other) = Relation.candidate(for: column), let reference = batch.values(other),
      columns.contains(where: { $0.column == other }) || column == .arrival
    else { return append(column, ProfiledValues(values), to: &columns) }
    let target = working.reserve(values.count)
    let distances = UnsafeBufferPointer(start: target, count: values.count)
    guard relation.distances(of: values, to: reference, into: target),
      RelationGain.isWorthIt(values, distances, sorted: relation == .sum)
    else { return append(column, ProfiledValues(values), to: &columns) }
    append(column, ProfiledValues(values), relative: (relation, other, distances), to: &columns)
  }

  private mutating func append(
    _ column: RequestColumn, _ profile: ProfiledValues,
    relative: (relation: Relation, reference: RequestColumn, distances: UnsafeBufferPointer<Int64>)? = nil,
    to columns: inout [EncodedColumn]
  ) {
    guard !profile.isAllAbsent else { return }
    sink.removeAll()
    if let relative {
      sink.append(relative.relation.rawValue)
      sink.append(relative.reference.rawValue)
      IntegerCodec.encode(relative.distances, into: &sink, &scratch)
    } else {
      IntegerCodec.encode(profile, into: &sink, &scratch)
    }
    let bytes = sink.bytes()
    columns.append(
      EncodedColumn(
        column: column, encoding: bytes[0], reference: relative?.reference, minimum: profile.minimum,
        maximum: profile.maximum, absentCount: profile.absentCount,
        checksum: bytes.withUnsafeBytes { Checksum.of($0, seed: UInt64(profile.count)) }, bytes: bytes))
  }

  private mutating func encodeVariables(
    _ templates: UnsafeBufferPointer<Int64>, of batch: borrowing RequestBatch
  ) -> EncodedVariables? {
    sink.removeAll()
    guard SegmentVariables.encode(templates, of: batch, into: &sink, &scratch) else { return nil }
    let bytes = sink.bytes()
    let checksum = bytes.withUnsafeBytes { Checksum.of($0, seed: UInt64(templates.count)) }
    return EncodedVariables(bytes: bytes, checksum: checksum)
  }
}

/// Whether distances from another column beat the values themselves, from the bits of a sample.
enum RelationGain {
  /// - Parameter sorted: compare neighbours' differences, as for a column that will be stored as those.
  static func isWorthIt(
    _ values: UnsafeBufferPointer<Int64>, _ distances: UnsafeBufferPointer<Int64>, sorted: Bool
  ) -> Bool {
    let stride = max(1, values.count / 2048)
    var smallest = Int64.max
    for index in Swift.stride(from: 0, to: values.count, by: stride) where values[index] != .absent {
      smallest = min(smallest, values[index])
    }
    var (direct, relative) = (0, 0)
    for index in Swift.stride(from: 1, to: values.count, by: stride) where values[index] != .absent {
      direct += bits(values, index, sorted ? values[index - 1] : smallest)
      relative += bits(distances, index, sorted ? distances[index - 1] : 0)
    }
    return relative * 20 < direct * 19
  }

  private static func bits(_ values: UnsafeBufferPointer<Int64>, _ index: Int, _ origin: Int64) -> Int {
    PackedEncoding.bitWidth(zigZag(values[index] &- origin))
  }
}

/// A column's worth of memory.
@safe
struct WorkingColumn: ~Copyable {
  private var cells = UnsafeMutableBufferPointer<Int64>.allocate(capacity: 0)
  deinit { cells.deallocate() }
  mutating func reserve(_ count: Int) -> UnsafeMutablePointer<Int64> {
    if cells.count < max(count, 1) {
      cells.deallocate()
      cells = .allocate(capacity: max(count, 1))
    }
    return cells.baseAddress!
  }
}

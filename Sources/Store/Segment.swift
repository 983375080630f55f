public import Traffic

/// One batch as the store keeps it: a blob per column, the distinct texts, and the variables of the paths.
///
/// Self-contained: symbol columns number the texts of this segment's `dictionaries`, 0 first. The store maps those
/// numbers to its own symbols by a list beside the segment, so a blob never changes when symbols do.
public struct EncodedSegment: Sendable {
  public let rows: Int
  /// Earliest and latest arrival; `.absent` for a segment without rows.
  public let firstArrival: Int64
  public let lastArrival: Int64
  /// Columns with at least one value, by column number.
  public let columns: [EncodedColumn]
  /// One per symbol or address column that uses texts, by column number.
  public let dictionaries: [SegmentDictionary]
  /// The variable parts of the paths; nil when no path has any. See `SegmentPaths`.
  public let variables: EncodedVariables?

  /// Encodes a batch with a fresh encoder. A worker that encodes many batches keeps one `SegmentEncoder`.
  public init(encoding batch: borrowing RequestBatch) {
    var encoder = SegmentEncoder()
    self = encoder.encode(batch)
  }

  init(
    rows: Int, columns: [EncodedColumn], dictionaries: [SegmentDictionary], variables: EncodedVariables?
  ) {
    self.rows = rows
    self.columns = columns
    self.dictionaries = dictionaries
    self.variables = variables
    let arrival = columns.first { $0.column == .arrival }
    firstArrival = arrival?.minimum ?? .absent
    lastArrival = arrival?.maximum ?? .absent
  }

  /// Bytes of all blobs and dictionary texts together.
  public var byteCount: Int {
    columns.reduce(0) { $0 + $1.bytes.count } + dictionaries.reduce(0) { $0 + $1.bytes.count }
      + (variables?.bytes.count ?? 0)
  }
}

/// One column of a segment: what is known about its values, and the blob to decode them from.
public struct EncodedColumn: Sendable {
  public let column: RequestColumn
  /// Number of the outermost encoding, also the blob's first byte; see `columnEncodings`.
  public let encoding: UInt8
  /// The column whose decoded values `SegmentCodec.decode` needs beside the blob; itself never relative.
  public let reference: RequestColumn?
  /// Extremes over the values that are not absent: the zone map.
  public let minimum: Int64
  public let maximum: Int64
  public let absentCount: Int
  /// Of `bytes` and the row count.
  public let checksum: UInt64
  public let bytes: [UInt8]
}

/// The distinct texts of a column of one segment, most frequent first.
///
///     bytes:    GETPOSTDELETE
///     offsets:  0 3 7 13              text i is bytes[offsets[i] ..< offsets[i + 1]]
public struct SegmentDictionary: Sendable, Hashable {
  public let column: RequestColumn
  public internal(set) var bytes: [UInt8]
  public internal(set) var offsets: [UInt32]

  /// - Precondition: `offsets` has one more entry than there are texts, starts at 0, never falls and ends at the
  ///   byte count.
  public init(column: RequestColumn, bytes: [UInt8], offsets: [UInt32]) {
    precondition(offsets.first == 0 && Int(offsets.last ?? 1) == bytes.count, "offsets span the bytes")
    precondition(zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }, "offsets never fall")
    self.column = column
    self.bytes = bytes
    self.offsets = offsets
  }

  /// A dictionary of these texts, in this order.
  public init(column: RequestColumn, texts: [[UInt8]]) {
    self.column = column
    bytes = texts.flatMap { $0 }
    offsets = texts.reduce(into: [0]) { $0.append($0[$0.count - 1] + UInt32($1.count)) }
  }

  public var count: Int { offsets.count - 1 }

  public func text(_ index: Int) -> ArraySlice<UInt8> { bytes[Int(offsets[index])..<Int(offsets[index + 1])] }

  /// Calls `body` with the bytes of text `index`, valid only inside.
  public func withText<R>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    let range = Int(offsets[index])..<Int(offsets[index + 1])
    return try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[range])) }
  }
}

/// The variable parts of all paths of a segment.
public struct EncodedVariables: Sendable {
  public let bytes: [UInt8]
  /// Of `bytes` and the row count.
  public let checksum: UInt64
}

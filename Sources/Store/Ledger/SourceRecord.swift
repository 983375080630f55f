public import Traffic

/// Number of a source in its store.
public struct SourceID: Hashable, Comparable, Sendable {
  public var rawValue: Int64
  public init(rawValue: Int64) { self.rawValue = rawValue }
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// 128 bits that stand for some bytes of a source.
public struct ContentHash: Hashable, Sendable {
  public var high: UInt64
  public var low: UInt64
  public init(high: UInt64 = 0, low: UInt64 = 0) {
    self.high = high
    self.low = low
  }
}

/// The hash of a source's first bytes.
public struct ContentMark: Hashable, Sendable {
  public var bytes: Int64
  public var hash: ContentHash
  public init(bytes: Int64, hash: ContentHash) {
    self.bytes = bytes
    self.hash = hash
  }
}

/// What is known of a source before its first line is stored.
public struct SourceDescription: Hashable, Sendable {
  /// As the user gave it.
  public var path: String
  /// The gateway node, where the user named it.
  public var node: String?
  public var format: String
  public var basis: StampBasis
  /// Smallest step between two time stamps of the source.
  public var resolution: Microseconds
  /// Version of the program that imports it.
  public var version: String
  public var importedAt: Timestamp

  public init(
    path: String, node: String? = nil, format: String, basis: StampBasis, resolution: Microseconds, version: String,
    importedAt: Timestamp
  ) {
    self.path = path
    self.node = node
    self.format = format
    self.basis = basis
    self.resolution = resolution
    self.version = version
    self.importedAt = importedAt
  }
}

/// How far a source is stored: counts of whole lines only, without a provisional tail.
public struct SourceProgress: Hashable, Sendable {
  /// Uncompressed bytes of the whole lines stored.
  public var bytes: Int64
  /// Hash of those bytes.
  public var contentHash: ContentHash
  /// Hashes of the first 1 KiB and on, each mark an eighth further, by which an earlier state of the source is recognised.
  public var marks: [ContentMark]
  public var lines: Int64
  public var requests: Int64
  public var blank: Int64
  public var rejected: Int64
  public var firstArrival: Timestamp?
  public var lastArrival: Timestamp?

  public init(
    bytes: Int64 = 0, contentHash: ContentHash = ContentHash(), marks: [ContentMark] = [], lines: Int64 = 0,
    requests: Int64 = 0, blank: Int64 = 0, rejected: Int64 = 0, firstArrival: Timestamp? = nil, lastArrival: Timestamp? = nil
  ) {
    self.bytes = bytes
    self.contentHash = contentHash
    self.marks = marks
    self.lines = lines
    self.requests = requests
    self.blank = blank
    self.rejected = rejected
    self.firstArrival = firstArrival
    self.lastArrival = lastArrival
  }
}

/// What tells whether some content is already in the store.
public struct SourceFingerprint: Hashable, Sendable {
  public var id: SourceID
  public var path: String
  /// Uncompressed bytes stored, and their hash.
  public var bytes: Int64
  public var contentHash: ContentHash
  public var marks: [ContentMark]
  /// Lines of the provisional tail.
  public var tailLines: Int64
  /// Read to its end when it was last imported.
  public var isComplete: Bool
}

/// Everything the ledger knows of a source.
public struct SourceRecord: Hashable, Sendable {
  public var id: SourceID
  public var description: SourceDescription
  /// Whole lines only; see `tail`.
  public var progress: SourceProgress
  public var isComplete: Bool
  /// Other names its content was seen under, sorted.
  public var aliases: [String]
  /// Requests and rejections of the unterminated last line, stored provisionally.
  public var tailRequests: Int64
  public var tailRejected: Int64
  /// Rows still held as rows; the others live in rollups.
  public var rawRows: Int64
  public var segments: Int64
  /// Stored bytes of its segments.
  public var storedBytes: Int64

  /// All requests of the source, the provisional one included.
  public var requests: Int64 { progress.requests + tailRequests }
  public var rejected: Int64 { progress.rejected + tailRejected }
  public var lines: Int64 { progress.lines + tailRequests + tailRejected }
}

/// A line that gave no request, as it is kept.
public struct Rejection: Hashable, Sendable {
  public var reason: RejectReason
  public var field: RequestColumn?
  /// Line number in the source, from 1, and offset of its first byte.
  public var line: Int64
  public var byteOffset: Int64
  /// Byte in the line where reading stopped, from 0.
  public var position: Int64
  /// The line's bytes, at most `Limits.rejectedTextBytes`.
  public var text: [UInt8]

  public init(
    reason: RejectReason, field: RequestColumn? = nil, line: Int64, byteOffset: Int64, position: Int64, text: [UInt8]
  ) {
    self.reason = reason
    self.field = field
    self.line = line
    self.byteOffset = byteOffset
    self.position = position
    self.text = text
  }
}

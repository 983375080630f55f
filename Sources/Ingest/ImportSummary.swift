public import Formats
public import Scanning
public import Traffic

/// What an import did, source by source.
public struct ImportSummary: Sendable {
  public var sources: [SourceSummary] = []
  /// Names that stand for no file.
  public var missing: [String] = []

  public var requests: Int64 { sources.reduce(0) { $0 + $1.requests } }
  public var rejected: Int64 { sources.reduce(0) { $0 + $1.rejected } }
  public var lines: Int64 { sources.reduce(0) { $0 + $1.lines } }
  public var bytes: Int64 { sources.reduce(0) { $0 + $1.bytes } }
  /// Inputs that could not be read, whole or in part.
  public var hasFailures: Bool { !missing.isEmpty || sources.contains { $0.failure != nil } }
}

/// What became of one input.
public struct SourceSummary: Sendable {
  public enum Kind: Sendable, Hashable {
    case new
    /// A known source that had more lines than last time.
    case continued
    /// Content that is in the store already, under this name.
    case duplicate(of: String)
    /// An earlier state of a source that is in the store, under this name.
    case earlierState(of: String)
    case empty
    /// No format fits; the detection tells what came close.
    case unrecognised
    case failed
  }

  public var path: String
  public var kind: Kind
  public var format: String?
  /// Added by this import; for a continued source only what is new.
  public var lines: Int64 = 0
  public var requests: Int64 = 0
  public var blank: Int64 = 0
  public var rejectedByReason: [RejectReason: Int64] = [:]
  /// Uncompressed bytes.
  public var bytes: Int64 = 0
  public var firstArrival: Int64?
  public var lastArrival: Int64?
  public var detection: Detection?
  public var failure: ImportFailure?

  public var rejected: Int64 { rejectedByReason.values.reduce(0, +) }

  public init(path: String, kind: Kind) {
    self.path = path
    self.kind = kind
  }
}

/// Why an input was not read to its end.
public enum ImportFailure: Error, Sendable {
  case source(SourceError)
  case unrecognised
  /// `--strict` met a line that cannot be read.
  case badLine(QuarantinedLine, path: String, format: String)
}

/// Where an import stands; sent after every block.
public struct ImportProgress: Sendable, Hashable {
  public var path: String
  /// Of the files as they are on disk, so that compressed input does not pass 100 %.
  public var fileBytesDone: Int64
  /// nil when an input's size is not known (a pipe).
  public var fileBytesTotal: Int64?
  public var lines: Int64
  public var sourcesDone: Int
  public var sourcesTotal: Int
}

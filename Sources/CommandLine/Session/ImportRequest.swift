public import Traffic

/// What `headroom import` was asked to do.
public struct ImportRequest: Hashable, Sendable {
  public var store: String
  /// Files, folders, patterns, or `-`.
  public var inputs: [String]
  /// `auto`, a format's name, or a format string.
  public var logFormat = "auto"
  /// A gateway configuration that declares formats, such as an nginx.conf.
  public var logFormatFrom: String?
  /// A file that names the fields of generic JSON or logfmt.
  public var mapping: String?
  public var node: String?
  /// A file of declared routes.
  public var routes: String?
  public var keepsSecrets = false
  public var isStrict = false
  public var isDryRun = false
  public var threads: Int?
  /// Zone of time stamps without one, seconds east of UTC or an IANA name.
  public var timeZone: String?

  public init(store: String, inputs: [String]) {
    self.store = store
    self.inputs = inputs
  }
}

/// Where an import stands.
public struct ImportStand: Hashable, Sendable {
  public var path: String
  /// Bytes of the files as they are on disk, compressed where they are.
  public var bytesDone: Int64
  /// nil where an input's size is unknown (a pipe).
  public var bytesTotal: Int64?
  public var lines: Int64

  public init(path: String, bytesDone: Int64, bytesTotal: Int64?, lines: Int64) {
    self.path = path
    self.bytesDone = bytesDone
    self.bytesTotal = bytesTotal
    self.lines = lines
  }
}

/// What an import did.
public struct ImportReport: Hashable, Sendable {
  public struct Source: Hashable, Sendable {
    public var path: String
    public var format: String?
    /// Such as `new`, `continued`, `duplicate of access.log.1`, `unrecognised`.
    public var result: String
    public var isFailure: Bool
    public var lines: Int64
    public var requests: Int64
    public var blank: Int64
    /// In the order of the reasons' numbers.
    public var rejected: [(reason: RejectReason, lines: Int64)]

    public init(
      path: String, format: String?, result: String, isFailure: Bool = false, lines: Int64 = 0, requests: Int64 = 0,
      blank: Int64 = 0, rejected: [(reason: RejectReason, lines: Int64)] = []
    ) {
      self.path = path
      self.format = format
      self.result = result
      self.isFailure = isFailure
      self.lines = lines
      self.requests = requests
      self.blank = blank
      self.rejected = rejected
    }

    public static func == (a: Self, b: Self) -> Bool {
      a.path == b.path && a.format == b.format && a.result == b.result && a.isFailure == b.isFailure
        && a.lines == b.lines && a.requests == b.requests && a.blank == b.blank
        && a.rejected.elementsEqual(b.rejected, by: ==)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(path) }
  }

  public var sources: [Source]
  /// Inputs that could not be read, worded for people, with what to do.
  public var problems: [Diagnostic]
  public var bytes: Int64

  public init(sources: [Source], problems: [Diagnostic] = [], bytes: Int64 = 0) {
    self.sources = sources
    self.problems = problems
    self.bytes = bytes
  }
}

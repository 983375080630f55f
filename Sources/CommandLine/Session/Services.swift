public import Analysis
public import Reporting
public import Traffic

/// The floors below, as commands see them: the program connects the real ones, tests connect their own.
public protocol Services: Sendable {
  /// Opens an existing store for reading.
  func openStore(_ path: String) async throws -> any OpenStore
  /// Opens an existing store for changes.
  func changeStore(_ path: String) async throws -> any ChangeableStore

  /// Reads logs into a store.
  func importLogs(
    _ request: ImportRequest, progress: @escaping @Sendable (ImportStand) -> Void
  ) async throws -> ImportReport

  var formats: [FormatEntry] { get }
  func detectFormat(path: String) async throws -> FormatDetection
  func explainFormat(_ name: String, of path: String) async throws -> Document

  /// Which template and route a request target gets, and by which rules.
  func explainRoute(_ target: String, store: (any OpenStore)?) async throws -> RouteExplanation
}

/// A store opened for reading.
public protocol OpenStore: Sendable {
  var traffic: any TrafficSource { get }
  func ledger() async throws -> [LedgerEntry]
  func information() async throws -> [Fact]
  /// What is damaged; empty when nothing is.
  func verify() async throws -> [String]
  func routes() async throws -> [RouteEntry]
  /// A value that was kept under a name; nil when there is none.
  func note(_ name: String) async throws -> String?
  /// Runs one reading SQL statement; its rows go to `receiver` as they come.
  func query(_ sql: String, into receiver: inout some SQLReceiver) throws
  /// Shows the requests of a filter batch by batch in stored order, with their exact paths where asked for.
  func forEachBatch(
    _ columns: [ScanColumn], _ filter: TrafficFilter, withPaths: Bool,
    _ body: (borrowing ColumnBatch, ExactPaths) throws -> Void
  ) throws
}

/// A store opened for changes; one process at a time.
public protocol ChangeableStore: Sendable {
  /// Takes a source's contribution out again; gives the path it was imported under.
  func forget(source: Int64) async throws -> String
  /// Drops rows that arrived before an instant; their rollups stay. Gives the number of rows.
  func dropRows(before: Timestamp) async throws -> Int64
  /// Gives freed space back to the file system; sizes before and after.
  func compact() async throws -> (before: Int64, after: Int64)
  /// Maps templates to routes by a file of patterns; gives the number of templates whose route changed.
  func setRoutes(file: String) async throws -> Int
  /// Maps templates to routes by what the traffic shows.
  func learnRoutes() async throws -> Int
  /// Keeps a value under a name.
  func keepNote(_ name: String, _ value: String) async throws
}

/// A template, its route, and why.
public struct RouteEntry: Hashable, Sendable {
  public var template: String
  public var route: String
  public var reason: String
  public var requests: Int64

  public init(template: String, route: String, reason: String, requests: Int64) {
    self.template = template
    self.route = route
    self.reason = reason
    self.requests = requests
  }
}

/// How a request target came to its route.
public struct RouteExplanation: Hashable, Sendable {
  public struct Step: Hashable, Sendable {
    public var segment: String
    public var becomes: String
    public var rule: String
    public init(segment: String, becomes: String, rule: String) {
      self.segment = segment
      self.becomes = becomes
      self.rule = rule
    }
  }
  public var target: String
  public var template: String
  public var steps: [Step]
  /// nil where no store says.
  public var route: String?
  public var reason: String?

  public init(target: String, template: String, steps: [Step], route: String? = nil, reason: String? = nil) {
    self.target = target
    self.template = template
    self.steps = steps
    self.route = route
    self.reason = reason
  }
}

/// A log format that can be named.
public struct FormatEntry: Hashable, Sendable {
  public var name: String
  public var summary: String
  public var basis: StampBasis

  public init(name: String, summary: String, basis: StampBasis) {
    self.name = name
    self.summary = summary
    self.basis = basis
  }
}

/// What the first lines of a file were recognised as.
public struct FormatDetection: Hashable, Sendable {
  /// Best first.
  public var candidates: [FormatCandidate]
  /// nil where none is good enough.
  public var chosen: String?
  /// Outermost first, such as `docker`.
  public var wrappers: [String]
  public var notes: [String]
  /// Why there is no format, and what to do.
  public var refusal: String?

  public init(
    candidates: [FormatCandidate], chosen: String?, wrappers: [String] = [], notes: [String] = [],
    refusal: String? = nil
  ) {
    self.candidates = candidates
    self.chosen = chosen
    self.wrappers = wrappers
    self.notes = notes
    self.refusal = refusal
  }
}

/// How well a format fits the first lines of a file.
public struct FormatCandidate: Hashable, Sendable {
  public var format: String
  public var lines: Int64
  public var parsed: Int64
  /// Lines known to be no requests, such as start-up messages.
  public var noise: Int64

  public init(format: String, lines: Int64, parsed: Int64, noise: Int64 = 0) {
    self.format = format
    self.lines = lines
    self.parsed = parsed
    self.noise = noise
  }
}

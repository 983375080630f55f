public import Traffic

/// What the import ledger says of one source, as questions need it.
public struct LedgerEntry: Hashable, Sendable {
  public var number: Int64
  /// As the user gave it.
  public var path: String
  public var node: String?
  public var format: String
  public var basis: StampBasis
  /// Smallest step between two time stamps.
  public var resolution: Microseconds
  public var lines: Int64
  public var requests: Int64
  public var blank: Int64
  public var rejected: Int64
  /// By reason, in the order of the reasons' numbers; counts add up to `rejected`.
  public var rejections: [RejectionCount]
  public var firstArrival: Timestamp?
  public var lastArrival: Timestamp?
  /// Read to its end.
  public var isComplete: Bool
  /// Other names under which the same content was seen, and not counted again.
  public var aliases: [String]
  public var importedAt: Timestamp
  public var storedBytes: Int64
  /// Requests kept singly; the others live in rollups.
  public var keptSingly: Int64

  public struct RejectionCount: Hashable, Sendable {
    public var reason: RejectReason
    public var lines: Int64
    public init(reason: RejectReason, lines: Int64) {
      self.reason = reason
      self.lines = lines
    }
  }

  public init(
    number: Int64, path: String, node: String? = nil, format: String, basis: StampBasis = .end,
    resolution: Microseconds = .second, lines: Int64 = 0, requests: Int64 = 0, blank: Int64 = 0, rejected: Int64 = 0,
    rejections: [RejectionCount] = [], firstArrival: Timestamp? = nil, lastArrival: Timestamp? = nil,
    isComplete: Bool = true, aliases: [String] = [], importedAt: Timestamp = Timestamp(microseconds: 0),
    storedBytes: Int64 = 0, keptSingly: Int64? = nil
  ) {
    self.number = number
    self.path = path
    self.node = node
    self.format = format
    self.basis = basis
    self.resolution = resolution
    self.lines = lines
    self.requests = requests
    self.blank = blank
    self.rejected = rejected
    self.rejections = rejections
    self.firstArrival = firstArrival
    self.lastArrival = lastArrival
    self.isComplete = isComplete
    self.aliases = aliases
    self.importedAt = importedAt
    self.storedBytes = storedBytes
    self.keptSingly = keptSingly ?? requests
  }
}

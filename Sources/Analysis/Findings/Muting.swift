public import Traffic

/// A wish not to be told of a finding for a while.
public struct Mute: Hashable, Sendable {
  /// A finding's id; `*` and `?` stand for any run and any character.
  public var id: String
  /// From here on it is told again.
  public var until: Timestamp
  public var reason: String

  public init(id: String, until: Timestamp, reason: String = "") {
    self.id = id
    self.until = until
    self.reason = reason
  }
}

/// Findings sorted out by mutes. A mute ends by the time of the data, never by the clock of the machine: the same store
/// gives the same answer.
public struct Muting: Hashable, Sendable {
  /// Still to be told, in their order.
  public private(set) var told: [Finding] = []
  /// With the mute that keeps each quiet: the one that lasts longest.
  public private(set) var muted: [Pair] = []
  /// Mutes that ended and would have matched a finding.
  public private(set) var expired: [Mute] = []
  /// Mutes that match no finding: the finding is gone, or the id is misspelt.
  public private(set) var unused: [Mute] = []

  public struct Pair: Hashable, Sendable {
    public var finding: Finding
    public var mute: Mute
  }

  /// - Parameter newest: the newest arrival of the ledger; nil keeps every mute in force.
  public init(_ findings: [Finding], mutes: [Mute], newest: Timestamp?) {
    func isOver(_ mute: Mute) -> Bool { newest.map { $0 >= mute.until } ?? false }
    let patterns = mutes.map { ($0, Glob($0.id)) }
    for finding in findings {
      let inForce = patterns.filter { !isOver($0.0) && $0.1.matches(finding.id) }.map(\.0)
      if let mute = inForce.max(by: { $0.until < $1.until }) {
        muted.append(Pair(finding: finding, mute: mute))
      } else {
        told.append(finding)
      }
    }
    for (mute, pattern) in patterns {
      let matches = findings.contains { pattern.matches($0.id) }
      if !matches { unused.append(mute) } else if isOver(mute) { expired.append(mute) }
    }
  }
}

public import Traffic

/// Something about a night that somebody should act on.
public struct Finding: Hashable, Sendable {
  public enum Severity: Int, Comparable, Sendable, Hashable, CaseIterable {
    /// Worth knowing.
    case notice = 0
    /// Will hurt, or hurts a few.
    case warning
    /// Hurts users now, or makes the report itself wrong.
    case severe

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    public var name: String {
      switch self {
      case .notice: "notice"
      case .warning: "warning"
      case .severe: "severe"
      }
    }
  }

  /// One number or name that shows it.
  public struct Evidence: Hashable, Sendable {
    /// `requests`: the column of its query's one row.
    public var key: String
    public var label: String
    public var value: Cell
    public var derivation: Derivation?

    public init(_ key: String, _ label: String, _ value: Cell, _ derivation: Derivation? = nil) {
      self.key = key
      self.label = label
      self.value = value
      self.derivation = derivation
    }
  }

  /// Name of the rule, such as `slow-endpoint`.
  public var kind: String
  /// What it is about, such as `GET /api/orders/{int}`; empty for the whole night.
  public var subject: String
  public var severity: Severity
  /// Share of the night that it touches, 0…1: requests, time, or callers, whichever is largest.
  public var impact: Double
  /// How sure it is, 0…1.
  public var confidence: Double
  /// The consequence, in one sentence.
  public var headline: Sentence
  public var evidence: [Evidence]
  /// What it costs to ignore.
  public var cost: Sentence
  /// What to do, and which what-if would settle it.
  public var action: Sentence
  /// The command line that shows it again.
  public var command: String

  public init(
    kind: String, subject: String = "", severity: Severity, impact: Double, confidence: Double, headline: Sentence,
    evidence: [Evidence], cost: Sentence, action: Sentence, command: String
  ) {
    self.kind = kind
    self.subject = subject
    self.severity = severity
    self.impact = min(1, max(0, impact))
    self.confidence = min(1, max(0, confidence))
    self.headline = headline
    self.evidence = evidence
    self.cost = cost
    self.action = action
    self.command = command
  }

  /// The same two nights running: `slow-endpoint:GET_/api/orders/{int}`. Letters, digits and `/.{}_-` only; a
  /// subject that had others or is long ends in a fingerprint of itself.
  public var id: String { subject.isEmpty ? kind : kind + ":" + Self.slug(subject) }

  private static let longestSlug = 60

  private static func slug(_ subject: String) -> String {
    var slug = ""
    var isPlain = true
    for scalar in subject.unicodeScalars.prefix(longestSlug) {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "/", ".", "{", "}", "_", "-", ":": slug.unicodeScalars.append(scalar)
      case " ": slug += "_"
      default:
        slug += "_"
        isPlain = false
      }
    }
    if isPlain, subject.unicodeScalars.count <= longestSlug { return slug }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
    for byte in subject.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return slug + "-" + String(hash, radix: 16)
  }
}

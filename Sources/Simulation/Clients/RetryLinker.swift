public import Statistics
public import Traffic

/// Takes recorded retries out of a replay, row by row in order of arrival.
///
/// A replay that feeds recorded retries and lets its own callers retry counts demand twice; it feeds the de-retried
/// stream instead. An attempt that follows a rejection of its group is a retry with the weight that the evidence gives
/// its caller; which ones are is decided by a hash of the row, so that demand matches in expectation and every
/// scenario drops the same rows. A chain is kept at the time of its first attempt.
public struct RetryLinker: Sendable {
  /// What becomes of attempts that follow a rejection of their group.
  public enum Rule: Hashable, Sendable {
    /// As many are dropped as the evidence calls retries.
    case byWeight
    /// All are dropped: chain heads only.
    case all
  }

  private var links: AttemptLinks
  private let rule: Rule
  private let seed: UInt64
  private let common: UInt64
  private let byCaller: [Int64: UInt64]
  private var rows: UInt64 = 0

  public init(_ evidence: RetryEvidence, rule: Rule = .byWeight, seed: UInt64 = 0) {
    links = AttemptLinks(horizon: max(1, evidence.horizon.count))
    self.rule = rule
    self.seed = seed
    common = Self.threshold(evidence.overall.weight)
    byCaller = evidence.byCaller.mapValues { Self.threshold($0.weight) }
  }

  /// Columns that `isRetry(row:of:)` reads, by position.
  public static var columns: [ScanColumn] { RecordedAttempt.columns }

  /// Whether the next row in order of arrival is a retry, and so no demand. Ask about every row once.
  public mutating func isRetry(_ attempt: RecordedAttempt) -> Bool {
    let row = rows
    rows &+= 1
    guard links.link(attempt).isLinked else { return false }
    if rule == .all { return true }
    let threshold = byCaller.isEmpty ? common : byCaller[attempt.caller] ?? common
    return threshold == .max || CounterRandom(seed: seed, entity: row).bits(.linked, 0) < threshold
  }

  /// - Parameter columns: where the values of `Self.columns` are, by position.
  public mutating func isRetry(row: Int, of columns: (Int) -> UnsafePointer<Int64>) -> Bool {
    isRetry(RecordedAttempt(row: row, of: columns))
  }

  /// `.max` stands for certainty.
  private static func threshold(_ weight: Double) -> UInt64 { weight >= 1 ? .max : UInt64(max(0, weight) * 0x1p64) }
}

internal import Statistics
import Traffic

/// The log has holes: a node was silent where it is not usually, lines could not be read, a source was cut short.
public struct MissingHours: FindingRule {
  public static let kind = "missing-hours"
  public static let summary = "a node silent where it should not be, lines that could not be read, sources cut short"

  /// So long a hole makes counts of the night wrong: severe.
  static let severe = Microseconds(1_800_000_000)
  /// Lines that could not be read, of all.
  static let rejectedShare = 0.001
  static let severeRejectedShare = 0.05

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let nodes = try await night.answer(NodeLoad(scope: night.scope, ledger: night.ledger))
    let silent = nodes.rows.compactMap { Self.silence($0, nodes) }
    return FindingLimits.strongest(silent) + [Self.unreadable(night.ledger), Self.incomplete(night.ledger)].compactMap { $0 }
  }

  private static func silence(_ row: NodeLoad.Row, _ nodes: NodeLoad.Answer) -> Finding? {
    guard let longest = row.gaps.max(by: { ($0.length, $1.from) < ($1.length, $0.from) }) else { return nil }
    let total = row.gaps.reduce(Int64(0)) { $0 + $1.length.count }
    let span = max(1, (row.last - row.first).count)
    let share = Double(total) / Double(span) * Double(row.totals.requests) / Double(max(1, nodes.requests))
    let name: Sentence = row.node.map { "\(.text($0))" } ?? "The gateway"
    let others = Int64(row.gaps.count - 1)
    let more: Sentence = others > 0 ? ", and in \(.integer(others)) more stretches" : ""
    let source = Derivation.command("headroom show nodes")
    return Finding(
      kind: kind, subject: row.node ?? "", severity: longest.length >= severe ? .severe : .warning, impact: share,
      confidence: 0.9,
      headline: """
        \(name) logged nothing from \(.timestamp(longest.from)) to \(.timestamp(longest.until)), \
        \(.duration(longest.length))\(more).
        """,
      evidence: [
        Finding.Evidence("longest_gap", "Longest silence", .duration(longest.length), source),
        Finding.Evidence("gaps", "Silences", .integer(Int64(row.gaps.count)), source),
        Finding.Evidence("requests", "Requests of the node", .integer(row.totals.requests), source),
      ],
      cost: """
        Either the node was down, or its log is lost: rates, quotas and forecasts of the night are too low by what was not \
        logged.
        """,
      action: """
        Import the missing file if there is one (headroom import), or leave the stretch out with --since and --until. \
        If the node was down, a what-if with one node fewer shows what the others had to carry.
        """,
      command: "headroom show nodes")
  }

  private static func unreadable(_ ledger: [LedgerEntry]) -> Finding? {
    let lines = ledger.reduce(0) { $0 + $1.lines - $1.blank }
    let rejected = ledger.reduce(0) { $0 + $1.rejected }
    guard let interval = ShareInterval(Int(max(0, rejected)), of: Int(max(0, lines))), interval.lower > rejectedShare else {
      return nil
    }
    let source = Derivation.command("headroom show coverage")
    return Finding(
      kind: kind, subject: "rejected lines", severity: interval.lower >= severeRejectedShare ? .severe : .warning,
      impact: Double(rejected) / Double(lines), confidence: 0.95,
      headline: "\(.ratio(rejected, of: lines)) of the lines could not be read: every count is too low by them.",
      evidence: [
        Finding.Evidence("rejected", "Lines rejected", .integer(rejected), source),
        Finding.Evidence("lines", "Lines that are not blank", .integer(lines), source),
      ],
      cost: "If these lines are of one kind, such as errors, their share is wrong by more than that.",
      action: """
        headroom show coverage tells why they were rejected, headroom formats explain FILE which field does not fit: name the \
        log format, then forget and import the source again.
        """,
      command: "headroom show coverage")
  }

  private static func incomplete(_ ledger: [LedgerEntry]) -> Finding? {
    let cut = ledger.filter { !$0.isComplete }
    guard let first = cut.first else { return nil }
    let requests = cut.reduce(0) { $0 + $1.requests }
    let source = Derivation.command("headroom show sources")
    let others = Int64(cut.count - 1)
    let more: Sentence = others > 0 ? " and \(.integer(others)) more" : ""
    return Finding(
      kind: kind, subject: "incomplete sources", severity: .warning,
      impact: Double(requests) / Double(max(1, ledger.reduce(0) { $0 + $1.requests })), confidence: 0.9,
      headline: "\(.text(first.path))\(more) was not read to its end: the last hours may be missing.",
      evidence: [
        Finding.Evidence("incomplete", "Sources cut short", .integer(Int64(cut.count)), source),
        Finding.Evidence("requests", "Requests read from them", .integer(requests), source),
      ],
      cost: "What came after the cut is in no number of this report.",
      action: "Import the whole file again: headroom import takes up only what is new.",
      command: "headroom show sources")
  }
}

public import Analysis
import Traffic

/// The three to seven things that matter, ranked: all that are severe, then the others by rank; and what is muted.
struct FindingsPage: ReportPage {
  let id = "findings"
  let title = "Findings"
  let needsFindings = true

  /// So many are told in full, unless more are severe.
  static let most = 7

  func blocks(of report: Report) async throws -> [Document.Block]? {
    FindingBlocks.blocks(report.findings, muted: report.muted, expired: report.expiredMutes, most: Self.most)
  }
}

/// Findings as blocks, and what became of those that are not told.
public enum FindingBlocks {
  /// - Parameters:
  ///   - findings: ranked, without the muted ones.
  ///   - most: so many are told in full, unless more are severe; nil tells all.
  public static func blocks(
    _ findings: [Finding], muted: [MutedFinding], expired: [Mute], most: Int? = nil
  ) -> [Document.Block] {
    let severe = findings.count { $0.severity == .severe }
    let shown = findings.prefix(max(severe, most ?? findings.count))
    var blocks = shown.map { Document.Block.finding($0) }
    if blocks.isEmpty { blocks = [.paragraph(nothing(muted))] }
    let others = Array(findings.dropFirst(shown.count))
    if !others.isEmpty { blocks.append(.statement(rest(others))) }
    if !muted.isEmpty { blocks.append(.table(mutedTable(muted))) }
    return blocks + expired.map { .statement(Self.expired($0)) }
  }

  private static func nothing(_ muted: [MutedFinding]) -> String {
    muted.isEmpty
      ? "No rule found anything to act on." : "No rule found anything to act on beside what is muted."
  }

  /// `5 more findings: 2 warning, 3 notice; headroom show findings lists them.`
  private static func rest(_ findings: [Finding]) -> Statement {
    let counts = Finding.Severity.allCases.reversed().compactMap { severity -> Sentence? in
      let count = Int64(findings.count { $0.severity == severity })
      return count > 0 ? "\(.integer(count)) \(Sentence([.words(severity.name)]))" : nil
    }
    let list = counts.dropFirst().reduce(counts.first ?? "") { $0 + ", " + $1 }
    return Statement(
      "other_findings", .neutral,
      "\(.integer(Int64(findings.count))) more (" + list + "): 'headroom show findings' lists them.",
      .command("headroom show findings"))
  }

  private static func mutedTable(_ muted: [MutedFinding]) -> Table {
    Table(
      key: "muted", title: "Muted",
      columns: [
        Column("finding", "Finding", .text), Column("severity", "Severity", .text),
        Column("until", "Until", .timestamp), Column("reason", "Why", .text),
      ],
      rows: muted.map {
        [.text($0.finding.id), .text($0.finding.severity.name), .timestamp($0.until), .text($0.reason)]
      }, noun: "muted findings", derivation: .command("headroom show findings"))
  }

  private static func expired(_ mute: Mute) -> Statement {
    Statement(
      "expired_mute", .attention,
      "The mute of \(.text(mute.id)) ended on \(.timestamp(mute.until)): it is told again.",
      .command("headroom show findings"))
  }
}

import Analysis

/// The three to seven things that matter, ranked.
struct FindingsPage: ReportPage {
  let id = "findings"
  let title = "Findings"

  func blocks(of report: Report) async throws -> [Document.Block]? {
    guard !report.findings.isEmpty else { return [.paragraph("No rule found anything to act on.")] }
    return report.findings.prefix(7).map { .finding($0) }
  }
}

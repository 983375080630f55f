import Analysis
import TestSupport
import Testing
import Traffic

@testable import Reporting

@Suite("The findings page") struct FindingsPageTests {
  func finding(_ number: Int, _ severity: Finding.Severity) -> Finding {
    Finding(
      kind: "k\(number)", severity: severity, impact: 0.5, confidence: 1, headline: "h", evidence: [], cost: "c",
      action: "a", command: "headroom show routes")
  }

  func blocks(_ severities: [Finding.Severity], muted: [MutedFinding] = [], expired: [Mute] = []) async throws -> [Document.Block] {
    let report = Report(
      night: Night(traffic: MemoryTraffic()), findings: severities.enumerated().map { finding($0, $1) }, muted: muted,
      expiredMutes: expired)
    return try await FindingsPage().blocks(of: report) ?? []
  }

  func told(_ blocks: [Document.Block]) -> Int { blocks.count { if case .finding = $0 { true } else { false } } }

  @Test("tells seven, and every severe one", arguments: [(0, 0), (3, 3), (7, 7), (12, 7)])
  func most(count: Int, expected: Int) async throws {
    #expect(told(try await blocks(Array(repeating: .notice, count: count))) == expected)
    #expect(told(try await blocks(Array(repeating: .severe, count: count))) == count)
  }

  @Test("counts the others in one line") func others() async throws {
    let severities: [Finding.Severity] = Array(repeating: .warning, count: 8) + [.notice, .notice]
    guard case .statement(let statement)? = try await blocks(severities).last else {
      Issue.record("no line of the others")
      return
    }
    #expect(statement.sentence.text() == "3 more (1 warning, 2 notice): 'headroom show findings' lists them.")
  }

  @Test("lists what is muted, and mutes that ended") func muted() async throws {
    let until = Timestamp(microseconds: 1_798_675_200_000_000)
    let muted = MutedFinding(finding: finding(1, .severe), until: until, reason: "known")
    let blocks = try await blocks([], muted: [muted], expired: [Mute(id: "x:<b>", until: until)])
    #expect(blocks.contains(.paragraph("No rule found anything to act on beside what is muted.")))
    let table = try #require(Document(name: "x", title: "", blocks: blocks).tables.first)
    #expect(table.rows == [[.text("k1"), .text("severe"), .timestamp(until), .text("known")]])
    guard case .statement(let statement)? = blocks.last else {
      Issue.record("the mute that ended is not told")
      return
    }
    #expect(statement.sentence.text() == "The mute of x:<b> ended on 2026-12-31 00:00:00Z: it is told again.")
  }
}

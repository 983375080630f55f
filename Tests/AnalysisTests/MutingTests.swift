import Testing
import Traffic

@testable import Analysis

@Suite("Muting") struct MutingTests {
  static func finding(_ kind: String, _ subject: String = "", _ severity: Finding.Severity = .notice) -> Finding {
    Finding(
      kind: kind, subject: subject, severity: severity, impact: 0.5, confidence: 1, headline: "h", evidence: [],
      cost: "c", action: "a", command: "headroom show routes")
  }

  let findings = [finding("a", "GET /x"), finding("a", "GET /y"), finding("b")]

  func muting(_ mutes: [Mute], newest: Int64? = 100) -> Muting {
    Muting(findings, mutes: mutes, newest: newest.map(Timestamp.init(microseconds:)))
  }

  func mute(_ id: String, until: Int64) -> Mute { Mute(id: id, until: Timestamp(microseconds: until)) }

  @Test("keeps a finding quiet until its date, and says when it ended") func dates() {
    let before = muting([mute("a:GET_/x", until: 101)])
    #expect(before.told.map(\.id) == ["a:GET_/y", "b"] && before.muted.count == 1 && before.expired.isEmpty)
    let after = muting([mute("a:GET_/x", until: 100)])
    #expect(after.told.count == 3 && after.muted.isEmpty && after.expired.map(\.id) == ["a:GET_/x"])
    #expect(muting([mute("a:GET_/x", until: 1)], newest: nil).muted.count == 1)
  }

  @Test("takes wildcards, and the longest of several") func wildcards() {
    let muting = muting([mute("a:*", until: 200), mute("a:GET_/x", until: 300), mute("a:*", until: 50)])
    #expect(muting.told.map(\.id) == ["b"])
    #expect(muting.muted.map(\.mute.until.microseconds) == [300, 200])
  }

  @Test("a mute that matches nothing is told") func unused() {
    #expect(muting([mute("zzz", until: 200), mute("b", until: 200)]).unused.map(\.id) == ["zzz"])
  }
}

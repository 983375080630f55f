import Simulation
import Testing
import Traffic

@testable import Planning

@Suite("Replayed verdicts held against logged ones") struct VerdictComparisonTests {
  private static let caller = GroupKey(first: 1)

  private func comparison(openOrder: Int64 = 1_000) -> VerdictComparison {
    VerdictComparison(
      ReplayedVerdicts(judgedFrom: 0), statuses: [429], rules: 2, openOrder: openOrder, judgedFrom: 0)
  }

  private func replayed(
    _ outcome: LimitOutcome, orElse others: [LimitOutcome] = [], rule: Int = -1
  ) -> ReplayedVerdicts.Verdict {
    let possible = ([outcome] + others).reduce(UInt8(0)) { $0 | 1 << UInt8($1.rawValue) }
    return ReplayedVerdicts.Verdict(outcome: outcome, possible: possible, rule: rule)
  }

  @Test("are counted by both outcomes") func matrix() {
    var comparison = comparison()
    comparison.note(Self.caller, 0, .passed, replayed(.passed))
    comparison.note(Self.caller, 5_000, .rejected, replayed(.passed))
    comparison.note(Self.caller, 9_000, .rejected, replayed(.rejected, rule: 1))
    comparison.note(Self.caller, 20_000, .delayed, replayed(.rejected, rule: 0))
    comparison.finish()
    #expect(comparison.matrix.requests == 4 && comparison.matrix.agreeing == 2)
    #expect(comparison.matrix[.rejected, .passed] == 1 && comparison.matrix[.delayed, .rejected] == 1)
    #expect(comparison.nearEdge == 0)
    #expect(comparison.rules[1] == (1, 1) && comparison.rules[0] == (1, 0))
  }

  @Test("may change places where stamps leave the order open, and only there") func order() {
    for (gap, agreeing) in [(Int64(999), Int64(2)), (1_000, 0)] {
      var comparison = comparison()
      comparison.note(Self.caller, 0, .rejected, replayed(.passed))
      comparison.note(Self.caller, gap, .passed, replayed(.rejected))
      comparison.finish()
      #expect(comparison.matrix.agreeing == agreeing && comparison.matrix.requests == 2, "gap \(gap)")
    }
  }

  @Test("of different callers never change places") func callers() {
    var comparison = comparison()
    comparison.note(Self.caller, 0, .rejected, replayed(.passed))
    comparison.note(GroupKey(first: 2), 0, .passed, replayed(.rejected))
    comparison.finish()
    #expect(comparison.matrix.disagreeing == 2)
  }

  @Test("are near the edge where a moved arrival gives the logged one") func edge() {
    var comparison = comparison()
    comparison.note(Self.caller, 0, .rejected, replayed(.passed, orElse: [.rejected]))
    comparison.note(Self.caller, 10_000, .rejected, replayed(.passed))
    comparison.note(Self.caller, 20_000, .rejected, replayed(.rejected, orElse: [.passed]))
    comparison.finish()
    #expect(comparison.matrix.disagreeing == 2 && comparison.nearEdge == 1)
  }

  @Test("are remembered per line, over pages and sources") func memory() {
    var verdicts = ReplayedVerdicts(judgedFrom: 100)
    let rejection = Decision(verdict: .rejected, rule: 3, status: 429)
    verdicts.note(source: 1, line: 4_095, at: 50, rejection)
    verdicts.note(source: 1, line: 4_096, at: 150, Decision(verdict: .delayed(7)))
    verdicts.note(source: 2, line: 4_096, at: 150, Decision(verdict: .passed))
    verdicts.beginNextReplay()
    verdicts.note(source: 2, line: 4_096, at: 150, rejection)
    #expect(verdicts.verdict(source: 1, line: 4_095) == replayed(.rejected, rule: 3))
    #expect(verdicts.verdict(source: 1, line: 4_096) == replayed(.delayed))
    #expect(verdicts.verdict(source: 2, line: 4_096) == replayed(.passed, orElse: [.rejected]))
    #expect(verdicts.verdict(source: 2, line: 4_095) == nil && verdicts.verdict(source: 3, line: 1) == nil)
    // The first rejection came before what is judged.
    #expect(verdicts.rejections == [0, 1])
  }

  @Test("come from the verdict where it is logged, else from a status that no upstream gave") func logged() {
    let verdict = LoggedVerdict(statuses: [429])
    let absent = Int64.absent
    func outcome(_ limit: Int64, _ status: Int64, _ upstream: Int64 = absent) -> LimitOutcome? {
      verdict.outcome(limit: limit, status: status, upstreamStatus: upstream)?.outcome
    }
    #expect(outcome(LimitVerdict.rejected.rawValue, 200) == .rejected)
    #expect(outcome(LimitVerdict.delayed.rawValue, 200) == .delayed)
    #expect(outcome(LimitVerdict.passed.rawValue, 429) == .passed)
    #expect(outcome(LimitVerdict.rejectedDryRun.rawValue, 200) == .passed)
    #expect(outcome(LimitVerdict.error.rawValue, 500) == nil)
    #expect(outcome(absent, 429) == .rejected && outcome(absent, 429, 429) == .passed)
    #expect(outcome(absent, 503) == .passed && outcome(absent, absent) == .passed)
  }
}

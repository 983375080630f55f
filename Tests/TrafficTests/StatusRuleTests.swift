import Testing
import Traffic

@Suite("What a row counts as") struct StatusRuleTests {
  @Test("cache statuses count as their own type says", arguments: CacheStatus.allCases)
  func cache(status: CacheStatus) {
    #expect(StatusRule.isServedFromCache(status.rawValue) == status.isServedFromCache)
    #expect(StatusRule.isLookup(status.rawValue) == status.isLookup)
  }

  @Test("an absent cache status counts as nothing") func absent() {
    #expect(!StatusRule.isServedFromCache(.absent))
    #expect(!StatusRule.isLookup(.absent))
  }
}

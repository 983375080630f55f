internal import Gateways
internal import Traffic

/// Somebody who asks, round by round, what limiters do to one key.
protocol LimiterAsker {
  /// What to replay next; empty when done.
  var limiters: [LimiterSettings] { get }
  /// - Parameter tallies: one per limiter.
  mutating func learn(_ tallies: [ReplayTally])
}

extension KeyedTraffic {
  /// Answers the questions of one asker per key of an oversize set: all keys' questions of a round are one pass.
  func answerOversize<Asker: LimiterAsker>(
    _ set: Int, _ layout: TickLayout = .recorded, _ asker: (GroupKey) -> Asker
  ) async throws -> [(key: GroupKey, asker: Asker)] {
    var askers: [GroupKey: Asker] = [:]
    while true {
      let answers = try await replayOversize(set, layout) { key in
        let mine = askers[key] ?? asker(key)
        askers[key] = mine
        return mine.limiters
      }
      if answers.isEmpty { break }
      for (key, tallies) in answers { askers[key]?.learn(tallies) }
    }
    return askers.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }.map { ($0.key, $0.value) }
  }
}

/// Asks for the smallest sizes at some points that reject nothing.
struct SizeAsker: LimiterAsker {
  let dialect: LimitDialect
  let points: [LimitPoint]
  private var searches: [NumberSearch]

  init(_ dialect: LimitDialect, _ points: [LimitPoint], mostRequests: Int64) {
    self.dialect = dialect
    self.points = points
    searches = points.map {
      let least = dialect.smallestSize(at: $0)
      return NumberSearch(in: least...(4 * mostRequests + 4 * least + 4), width: 7)
    }
  }

  var limiters: [LimiterSettings] {
    zip(points, searches).flatMap { point, search in search.candidates.map { dialect.settings(point, size: $0) } }
  }

  mutating func learn(_ tallies: [ReplayTally]) {
    var rest = tallies[...]
    for index in searches.indices {
      let mine = rest.prefix(searches[index].candidates.count)
      rest = rest.dropFirst(mine.count)
      if !mine.isEmpty { searches[index].learn(mine.map { $0.rejected == 0 }) }
    }
  }

  /// One per point.
  var sizes: [Int64?] { searches.map(\.result) }
}

/// Asks for the smallest safe limit of one key.
struct HuntAsker: LimiterAsker {
  let rules: LimitRules
  var hunt: LimitHunt

  init(_ rules: LimitRules, mostRequests: Int64) {
    self.rules = rules
    hunt = LimitHunt(rules, mostRequests: mostRequests, width: 7)
  }

  var limiters: [LimiterSettings] { hunt.candidates }

  mutating func learn(_ tallies: [ReplayTally]) {
    hunt.learn(tallies.map { $0.rejected <= rules.allowed(of: $0.requests) })
  }
}

public import Gateways
public import Traffic

/// The smallest safe limit: one for all keys, or each key's own.
public struct LimitRecommendation: Sendable {
  public var rules: LimitRules

  public init(_ rules: LimitRules) { self.rules = rules }

  /// A limit, and what it and its neighbours do.
  public struct Proposal: Hashable, Sendable {
    public var limit: FoundLimit
    /// At the size that is written.
    public var written: ReplayTally
    /// At the smallest size.
    public var smallest: ReplayTally
    /// One notch lower; nil where there is no smaller size.
    public var below: ReplayTally?
  }

  /// What one key needs.
  public struct KeyLimit: Hashable, Sendable {
    public var key: GroupKey
    public var proposal: Proposal
  }

  // MARK: One for all

  /// The smallest limit that, given to every key, rejects no more than the tolerance of all requests; nil where none
  /// does.
  public func limitForAll(_ traffic: KeyedTraffic, mostRequests: Int64) async throws -> Proposal? {
    let allowed = rules.allowed(of: traffic.census.keyed)
    // A round of tests costs a scan of everything where not all arrivals are kept.
    var hunt = LimitHunt(rules, mostRequests: mostRequests, width: traffic.isGatheredAnew ? 15 : 2)
    while !hunt.candidates.isEmpty {
      hunt.learn(try await traffic.rejections(by: hunt.candidates, stoppingAbove: allowed).map { $0 <= allowed })
    }
    guard let limit = hunt.result else { return nil }
    return Self.proposal(limit, try await traffic.tallies(trials(limit)))
  }

  /// The limiters at the written size, the smallest, and one lower where there is one.
  public func trials(_ limit: FoundLimit) -> [LimiterSettings] {
    let hasLower = limit.smallest > rules.dialect.smallestSize(at: limit.point)
    let sizes = [limit.size, limit.smallest] + (hasLower ? [limit.smallest - 1] : [])
    return sizes.map { rules.dialect.settings(limit.point, size: $0) }
  }

  private static func proposal(_ limit: FoundLimit, _ tallies: [ReplayTally]) -> Proposal {
    Proposal(
      limit: limit, written: tallies[0], smallest: tallies[1], below: tallies.count > 2 ? tallies[2] : nil)
  }

  // MARK: Each its own

  /// The smallest limit of every key for itself, those that need most first; at most `KeyProfiles.kept` of them.
  public func limitsPerKey(_ traffic: KeyedTraffic) async throws -> [KeyLimit] {
    var all: [KeyLimit] = []
    let threads = traffic.threads
    try await traffic.forEachPart { part in
      let found = await part.divided(lanes: 1, threads: threads) { keys, _ in
        keys.compactMap { key in part.withArrivals(of: key) { keyLimit(part.keys[key], $0) } }
      }
      all = Self.neediest(all + found[0].flatMap { $0 })
    }
    for set in traffic.oversizeSets { all = Self.neediest(all + (try await oversize(set, of: traffic))) }
    return all
  }

  private static func neediest(_ limits: [KeyLimit]) -> [KeyLimit] {
    Array(limits.sorted(by: needsMore).prefix(KeyProfiles.kept))
  }

  /// The keys of an oversize set, whose arrivals come piece by piece.
  private func oversize(_ set: Int, of traffic: KeyedTraffic) async throws -> [KeyLimit] {
    let most = traffic.census.rowsOfSet[set]
    let answers = try await traffic.answerOversize(set) { _ in HuntAsker(rules, mostRequests: most) }
    let limits = answers.reduce(into: [GroupKey: FoundLimit]()) { $0[$1.key] = $1.asker.hunt.result }
    let tallies = try await traffic.replayOversize(set) { key in limits[key].map(trials) ?? [] }
    return tallies.compactMap { key, tallies in
      limits[key].map { KeyLimit(key: key, proposal: Self.proposal($0, tallies)) }
    }
  }

  private func keyLimit(_ key: GroupKey, _ arrivals: UnsafeBufferPointer<Int64>) -> KeyLimit? {
    let requests = Int64(arrivals.count)
    let allowed = rules.allowed(of: requests)
    var hunt = LimitHunt(rules, mostRequests: requests, width: 1)
    while !hunt.candidates.isEmpty {
      hunt.learn(hunt.candidates.map {
        LimiterReplay.rejections(by: $0, of: arrivals, stoppingAbove: allowed) <= allowed
      })
    }
    guard let limit = hunt.result else { return nil }
    let tallies = trials(limit).map { LimiterReplay.tally($0, of: arrivals, key: key) }
    return KeyLimit(key: key, proposal: Self.proposal(limit, tallies))
  }

  private static func needsMore(_ a: KeyLimit, _ b: KeyLimit) -> Bool {
    let (rateA, rateB) = (a.proposal.limit.point.rate?.perSecond ?? 0, b.proposal.limit.point.rate?.perSecond ?? 0)
    if rateA != rateB { return rateA > rateB }
    let (sizeA, sizeB) = (a.proposal.limit.smallest, b.proposal.limit.smallest)
    if sizeA != sizeB { return sizeA > sizeB }
    if a.proposal.written.requests != b.proposal.written.requests {
      return a.proposal.written.requests > b.proposal.written.requests
    }
    return (a.key.first, a.key.second) < (b.key.first, b.key.second)
  }
}

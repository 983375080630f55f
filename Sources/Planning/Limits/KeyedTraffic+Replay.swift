public import Gateways
internal import Traffic

extension KeyedTraffic {
  /// Replays all requests through some limiters, each with a state per key.
  /// - Returns: one tally per limiter.
  public func tallies(_ limiters: [LimiterSettings]) async throws -> [ReplayTally] {
    var tallies = limiters.map { _ in ReplayTally() }
    let threads = threads
    try await forEachPart { part in
      let parts = await part.divided(lanes: limiters.count, threads: threads) { keys, lane in
        var tally = ReplayTally()
        for key in keys {
          part.withArrivals(of: key) {
            tally.merge(LimiterReplay.tally(limiters[lane], of: $0, key: part.keys[key]))
          }
        }
        return tally
      }
      for lane in limiters.indices { for share in parts[lane] { tallies[lane].merge(share) } }
    }
    for set in oversizeSets {
      let answers = try await replayOversize(set) { _ in limiters }
      for (_, found) in answers { for lane in limiters.indices { tallies[lane].merge(found[lane]) } }
    }
    return tallies
  }

  /// How many requests of all keys each limiter rejects. Exact up to `bound`; beyond it the count only says that it is
  /// more.
  func rejections(by limiters: [LimiterSettings], stoppingAbove bound: Int64) async throws -> [Int64] {
    var rejections = limiters.map { _ in Int64(0) }
    let threads = threads
    try await forEachPart { part in
      let parts = await part.divided(lanes: limiters.count, threads: threads) { keys, lane in
        var rejected: Int64 = 0
        for key in keys where rejected <= bound {
          rejected += part.withArrivals(of: key) {
            LimiterReplay.rejections(by: limiters[lane], of: $0, stoppingAbove: bound - rejected)
          }
        }
        return rejected
      }
      for lane in limiters.indices { rejections[lane] += parts[lane].reduce(0, +) }
    }
    for set in oversizeSets {
      let answers = try await replayOversize(set) { _ in limiters }
      for (_, found) in answers { for lane in limiters.indices { rejections[lane] += found[lane].rejected } }
    }
    return rejections
  }

  /// Replays the keys of an oversize set piece by piece, each through limiters of its own.
  /// - Returns: by key, one tally per limiter; keys without limiters are left out.
  func replayOversize(
    _ set: Int, _ layout: TickLayout = .recorded, _ limiters: (GroupKey) -> [LimiterSettings]
  ) async throws -> [(key: GroupKey, tallies: [ReplayTally])] {
    var runs: [GroupKey: [any ReplayRun]] = [:]
    try await forEachPiece(of: set) { piece in
      let piece = piece.laidOut(layout)
      for (index, key) in piece.keys.enumerated() {
        var mine = runs.removeValue(forKey: key) ?? limiters(key).compactMap { LimiterReplay.run($0, key: key) }
        piece.withArrivals(of: index) { arrivals in
          for run in mine.indices { mine[run].absorb(arrivals) }
        }
        runs[key] = mine
      }
    }
    return runs.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }.compactMap { key, runs in
      runs.isEmpty ? nil : (key, runs.map { run in var run = run; return run.finish() })
    }
  }

  /// The tallies of the one key that a test picks; nil where there is none.
  func tallies(_ limiters: [LimiterSettings], of isKey: (GroupKey) -> Bool) async throws -> [ReplayTally]? {
    var tallies: [ReplayTally]?
    try await forEachPart { part in
      guard let index = part.keys.firstIndex(where: isKey) else { return }
      tallies = part.withArrivals(of: index) { arrivals in
        limiters.map { LimiterReplay.tally($0, of: arrivals, key: part.keys[index]) }
      }
    }
    for set in oversizeSets where tallies == nil {
      tallies = try await replayOversize(set) { isKey($0) ? limiters : [] }.first?.tallies
    }
    return tallies
  }
}

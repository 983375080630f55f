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
    return rejections
  }

  /// The tallies of the one key that a test picks; nil where there is none.
  func tallies(
    _ limiters: [LimiterSettings], of isKey: (GroupKey) -> Bool
  ) async throws -> [ReplayTally]? {
    var tallies: [ReplayTally]?
    try await forEachPart { part in
      guard let index = part.keys.firstIndex(where: isKey) else { return }
      tallies = part.withArrivals(of: index) { arrivals in
        limiters.map { LimiterReplay.tally($0, of: arrivals, key: part.keys[index]) }
      }
    }
    return tallies
  }
}

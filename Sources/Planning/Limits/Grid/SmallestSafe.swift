internal import Gateways
internal import Synchronization
internal import Traffic

/// The smallest safe limit of arrivals that a grid has gathered: the hunt of `LimitRecommendation`, by kernels.
public struct SmallestSafe: Sendable {
  public var rules: LimitRules
  public var threads: Int

  public init(_ rules: LimitRules, threads: Int = 2) {
    self.rules = rules
    self.threads = threads
  }

  /// A limit, and the requests that it rejects at the size that is written.
  public struct Found: Hashable, Sendable {
    public var limit: FoundLimit
    public var rejected: Int64
  }

  /// The smallest limit that, given to every key, rejects no more than the tolerance of the requests that it counts; nil
  /// where none does.
  public func limit(for traffic: GridTraffic) async -> Found? {
    let most = traffic.groups.indices.map { traffic.requests(of: $0) }.max() ?? 0
    guard most > 0 else { return nil }
    let allowed = rules.allowed(of: traffic.counted)
    // A kernel asks about eight sizes at the cost of one.
    var hunt = LimitHunt(rules, mostRequests: most, width: rules.dialect.hasLanes ? 7 : 2)
    let blocks = LimitBlocks(rules.dialect, await needs(hunt, traffic), most: most)
    while !hunt.candidates.isEmpty {
      hunt.learn(await rejections(blocks.blocks(hunt.questions), traffic, enough: allowed).map { $0 <= allowed })
    }
    guard let limit = hunt.result else { return nil }
    let written = await rejections(blocks.blocks([(limit.point, limit.size)]), traffic)
    return Found(limit: limit, rejected: written[0] + traffic.rejectedWithoutKey)
  }

  /// What is known of some points of the hunt beforehand, so that it need not replay what no limit rejects.
  private func needs(_ hunt: LimitHunt, _ traffic: GridTraffic) async -> GridNeeds? {
    guard rules.dialect.hasLanes else { return nil }
    let points = hunt.points.filter { $0.rate == nil || LinearBucket(rules.dialect, $0) != nil }
    return await GridNeeds(points.thinned(to: 8), of: traffic, rules.dialect, threads: threads)
  }

  /// Rejections by each limit over all keys.
  /// - Parameter enough: more need not be counted.
  private func rejections(_ blocks: [LimitBlock], _ traffic: GridTraffic, enough: Int64 = .max) async -> [Int64] {
    let shares = traffic.shares(GridTraffic.usualShares)
    let work = blocks.flatMap { block in shares.map { (block: block, share: $0) } }
    let totals = RejectionTotals(limits: blocks.reduce(0) { $0 + $1.places.count }, enough: enough)
    _ = await inParallel(work, threads: threads) { job in
      guard totals.wants(job.block) else { return }
      totals.add(Self.count(job.share, job.block, traffic, enough), job.block)
    }
    return totals.counts
  }

  private static func count(
    _ share: Range<Int>, _ block: LimitBlock, _ traffic: GridTraffic, _ enough: Int64
  ) -> [Int64] {
    var counts = block.places.map { _ in Int64(0) }
    counts.withUnsafeMutableBufferPointer { counts in
      guard let base = counts.baseAddress else { return }
      for group in share {
        block.counter.add(group, traffic, to: base, enough: enough)
        // Too many by every limit.
        if enough < .max, counts.allSatisfy({ $0 > enough }) { return }
      }
    }
    return counts
  }
}

/// Rejections of the shares that have been counted.
///
/// A count up to `enough` is exact; how far a larger one goes beyond depends on who was faster, that it does so never.
private final class RejectionTotals: Sendable {
  private let enough: Int64
  private let totals: Mutex<[Int64]>

  init(limits: Int, enough: Int64) {
    self.enough = enough
    totals = Mutex([Int64](repeating: 0, count: limits))
  }

  var counts: [Int64] { totals.withLock { $0 } }

  /// Whether some limit of a block has not rejected enough yet.
  func wants(_ block: LimitBlock) -> Bool { totals.withLock { totals in block.places.contains { totals[$0] <= enough } } }

  func add(_ counts: [Int64], _ block: LimitBlock) {
    totals.withLock { for (place, count) in zip(block.places, counts) { $0[place] += count } }
  }
}

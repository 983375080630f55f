internal import Gateways
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
    while !hunt.candidates.isEmpty {
      hunt.learn(await rejections(hunt.questions, traffic, most, enough: allowed).map { $0 <= allowed })
    }
    guard let limit = hunt.result else { return nil }
    let written = await rejections([(limit.point, limit.size)], traffic, most)
    return Found(limit: limit, rejected: written[0] + traffic.rejectedWithoutKey)
  }

  /// Rejections by each limit over all keys.
  /// - Parameter enough: more need not be counted.
  private func rejections(
    _ limits: [(point: LimitPoint, size: Int64)], _ traffic: GridTraffic, _ most: Int64, enough: Int64 = .max
  ) async -> [Int64] {
    var points: [LimitPoint] = []
    for limit in limits where !points.contains(limit.point) { points.append(limit.point) }
    let dialect = rules.dialect
    let sizes = points.map { point in limits.filter { $0.point == point }.map(\.size) }
    let kernels = zip(points, sizes).map { dialect.lanes(at: $0, sizes: $1, most: Int(most)) }
    let shares = traffic.shares(GridTraffic.usualShares)
    let work = points.indices.flatMap { point in shares.map { (point: point, share: $0) } }
    let parts = await inParallel(work, threads: threads) { job in
      Self.count(job.share, kernels[job.point], sizes[job.point], traffic, enough)
    }
    var counts = sizes.map { [Int64](repeating: 0, count: $0.count) }
    for (job, part) in zip(work, parts) { for lane in part.indices { counts[job.point][lane] += part[lane] } }
    var used = points.map { _ in 0 }
    return limits.map { limit in
      let point = points.firstIndex(of: limit.point) ?? 0
      used[point] += 1
      return counts[point][used[point] - 1]
    }
  }

  private static func count(
    _ share: Range<Int>, _ kernel: any SizeLanes, _ sizes: [Int64], _ traffic: GridTraffic, _ enough: Int64
  ) -> [Int64] {
    var counts = [Int64](repeating: 0, count: sizes.count)
    let least = sizes.min() ?? 0
    counts.withUnsafeMutableBufferPointer { counts in
      guard let base = counts.baseAddress else { return }
      for group in share {
        for state in traffic.groups[group] where traffic.states.requests(of: state) > least {
          traffic.states.withArrivals(of: state) { kernel.add($0, to: base) }
        }
        // Too many by every size.
        if enough < .max, counts.allSatisfy({ $0 > enough }) { return }
      }
    }
    return counts
  }
}

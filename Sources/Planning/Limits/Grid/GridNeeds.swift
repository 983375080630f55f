internal import Gateways
internal import Traffic

/// The size that each key needs at each point for nothing to be rejected.
struct GridNeeds: Sendable {
  /// By point, over all keys; nil where it is not known.
  private(set) var sizes: [Int64?]
  /// By point, the key that needs it.
  private(set) var groups: [Int?]
  /// Need of each key, point by point; empty where only that of all is known.
  private var byGroup: [Int64] = []
  /// Of linear buckets: eight points each, in order; else empty.
  private(set) var stretches: [StretchNeeds] = []
  private let points: [LimitPoint]
  /// Of each key.
  private let requests: [Int64]

  /// nil where only the need of all keys is known.
  func size(of group: Int, at point: Int) -> Int64? { byGroup.isEmpty ? nil : byGroup[group * points.count + point] }

  /// Whether some size below may reject a request of the key.
  func mayReject(_ group: Int, at point: Int, size: Int64) -> Bool {
    requests[group] > size && (byGroup.isEmpty || byGroup[group * points.count + point] > size)
  }

  /// Whether some size below may reject a request of any key.
  func mayReject(at point: Int, size: Int64) -> Bool {
    guard !byGroup.isEmpty, let need = sizes[point] else { return true }
    return size < need
  }

  /// The place of a point that was asked about.
  func place(of point: LimitPoint) -> Int? { points.firstIndex(of: point) }

  /// - Parameter points: by rising rate where they have one.
  init(_ points: [LimitPoint], of traffic: GridTraffic, _ dialect: LimitDialect, threads: Int) async {
    self.points = points
    requests = traffic.groups.indices.map { traffic.requests(of: $0) }
    sizes = points.map { _ in nil }
    groups = points.map { _ in nil }
    let most = requests.max() ?? 0
    let buckets = points.map { point in LinearBucket(dialect, point).flatMap { $0.holds(most) ? $0 : nil } }
    let kernel = NeedKernel(dialect, points.indices.filter { buckets[$0] == nil }.map { points[$0] })
    if kernel.isSearched {
      await search(points, traffic, dialect, threads)
      return
    }
    await measure(buckets.compactMap { $0 }, traffic, threads)
    await join(kernel, buckets.map { $0 != nil }, traffic, dialect, threads)
    for group in traffic.groups.indices {
      for point in points.indices where byGroup[group * points.count + point] > sizes[point] ?? -1 {
        (sizes[point], groups[point]) = (byGroup[group * points.count + point], group)
      }
    }
  }

  /// The needs of linear buckets, stretch by stretch.
  private mutating func measure(_ buckets: [LinearBucket], _ traffic: GridTraffic, _ threads: Int) async {
    for start in stride(from: 0, to: buckets.count, by: 8) {
      let eight = Array(buckets[start..<min(start + 8, buckets.count)])
      stretches.append(await StretchNeeds(eight, of: traffic, threads: threads))
    }
  }

  /// Those of linear buckets, and between them those of the kernel's points.
  private mutating func join(
    _ kernel: NeedKernel, _ isLinear: [Bool], _ traffic: GridTraffic, _ dialect: LimitDialect, _ threads: Int
  ) async {
    let least = points.map { dialect.smallestSize(at: $0) }
    let stretches = stretches
    let parts = await inParallel(traffic.shares(GridTraffic.usualShares), threads: threads) { share in
      var needs: [Int64] = []
      needs.reserveCapacity(share.count * least.count)
      for group in share {
        let other = kernel.needs(of: traffic.groups[group], in: traffic.states)
        var (bucket, place) = (0, 0)
        for point in least.indices {
          if isLinear[point] {
            needs.append(max(least[point], stretches[bucket / 8].size(of: group, bucket: bucket % 8)))
            bucket += 1
          } else {
            needs.append(max(least[point], other[place]))
            place += 1
          }
        }
      }
      return needs
    }
    byGroup = parts.flatMap { $0 }
  }

  /// The need over all keys of limiters without a formula: from the busiest key on, a larger size is searched wherever
  /// what is known does not do.
  private mutating func search(
    _ points: [LimitPoint], _ traffic: GridTraffic, _ dialect: LimitDialect, _ threads: Int
  ) async {
    let order = traffic.groups.indices.sorted { (requests[$1], $0) < (requests[$0], $1) }
    let found = await inParallel(points, threads: threads) { point -> (Int64?, Int?) in
      var (need, whose) = (dialect.smallestSize(at: point), Int?.none)
      var isRaised = true
      var rounds = 0
      // Where a larger size may reject what a smaller did not, a size is good only when it is good for all.
      while isRaised, rounds < 8 {
        isRaised = false
        rounds += 1
        for group in order where traffic.requests(of: group) > need || !dialect.isMonotone {
          for state in traffic.groups[group] {
            let size = traffic.states.withArrivals(of: state) { Self.need(dialect, point, $0, from: need) }
            if size > need { (need, whose, isRaised) = (size, group, true) }
          }
        }
        if dialect.isMonotone { break }
      }
      return (isRaised && rounds == 8 ? nil : need, whose)
    }
    sizes = found.map(\.0)
    groups = found.map(\.1)
  }

  /// The smallest size, at least `least`, that rejects none of some arrivals, by halving.
  private static func need(
    _ dialect: LimitDialect, _ point: LimitPoint, _ arrivals: UnsafeBufferPointer<Int64>, from least: Int64
  ) -> Int64 {
    func passes(_ size: Int64) -> Bool {
      LimiterReplay.rejections(by: dialect.settings(point, size: size), of: arrivals, stoppingAbove: 0) == 0
    }
    guard !passes(least) else { return least }
    var (tooSmall, enough) = (least, max(2 * least, 1))
    while !passes(enough) {
      guard enough <= 4 * Int64(arrivals.count) + 4 * least else { return enough }
      (tooSmall, enough) = (enough, 2 * enough)
    }
    while enough - tooSmall > 1 {
      let middle = tooSmall + (enough - tooSmall) / 2
      if passes(middle) { enough = middle } else { tooSmall = middle }
    }
    return enough
  }

  /// The keys that need most at the middle point; of equals those with most requests, then the first.
  func neediest(_ count: Int, _ traffic: GridTraffic) -> [Int] {
    let middle = points.count / 2
    let needs = requests.indices.map { size(of: $0, at: middle) ?? requests[$0] }
    let order = requests.indices.sorted { a, b in
      (needs[b], requests[b], a) < (needs[a], requests[a], b)
    }
    return Array(order.prefix(count))
  }
}

/// The needs of one key at points without a linear bucket.
private struct NeedKernel: Sendable {
  private enum Part: Sendable {
    case kernel(any FrontierKernel)
    case frequency(period: Int64)
  }
  private let parts: [Part]
  /// Some point has no formula.
  let isSearched: Bool

  init(_ dialect: LimitDialect, _ points: [LimitPoint]) {
    parts = points.map { point in
      if case .frequencyCounter(let period, _, .beforeJudging) = dialect.settings(point, size: 1) {
        return .frequency(period: period)
      }
      return .kernel(dialect.frontier(at: point))
    }
    isSearched = parts.contains {
      if case .kernel(let kernel) = $0 { kernel is SearchedFrontier } else { false }
    }
  }

  /// By point, the largest over the states of one key.
  func needs(of states: Range<Int>, in all: KeyedArrivals) -> [Int64] {
    var needs = parts.map { _ in Int64.min }
    guard !parts.isEmpty else { return needs }
    for state in states {
      all.withArrivals(of: state) { arrivals in
        for (point, part) in parts.enumerated() {
          let size =
            switch part {
            case .kernel(let kernel): kernel.smallest(arrivals)
            case .frequency(let period): FrequencyLanes.smallest(period: period, arrivals)
            }
          needs[point] = max(needs[point], size)
        }
      }
    }
    return needs
  }
}

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
  private let points: Int
  /// Of each key.
  private let requests: [Int64]

  /// nil where only the need of all keys is known.
  func size(of group: Int, at point: Int) -> Int64? { byGroup.isEmpty ? nil : byGroup[group * points + point] }

  /// Whether some size below may reject a request of the key.
  func mayReject(_ group: Int, at point: Int, size: Int64) -> Bool {
    requests[group] > size && (byGroup.isEmpty || byGroup[group * points + point] > size)
  }

  /// Whether some size below may reject a request of any key.
  func mayReject(at point: Int, size: Int64) -> Bool {
    guard !byGroup.isEmpty, let need = sizes[point] else { return true }
    return size < need
  }

  init(_ points: [LimitPoint], of traffic: GridTraffic, _ dialect: LimitDialect, threads: Int) async {
    self.points = points.count
    requests = traffic.groups.indices.map { traffic.requests(of: $0) }
    let kernel = NeedKernel(dialect, points, most: Int(requests.max() ?? 0))
    sizes = points.map { _ in nil }
    groups = points.map { _ in nil }
    if kernel.isSearched {
      await search(points, traffic, dialect, threads)
      return
    }
    let parts = await inParallel(traffic.shares(GridTraffic.usualShares), threads: threads) { share in
      share.flatMap { kernel.needs(of: traffic.groups[$0], in: traffic.states) }
    }
    byGroup = parts.flatMap { $0 }
    for group in traffic.groups.indices {
      for point in points.indices where byGroup[group * points.count + point] > sizes[point] ?? -1 {
        (sizes[point], groups[point]) = (byGroup[group * points.count + point], group)
      }
    }
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
    let middle = points / 2
    let needs = requests.indices.map { size(of: $0, at: middle) ?? requests[$0] }
    let order = requests.indices.sorted { a, b in
      (needs[b], requests[b], a) < (needs[a], requests[a], b)
    }
    return Array(order.prefix(count))
  }
}

/// The needs of one state at all points.
private struct NeedKernel: Sendable {
  private enum Part: Sendable {
    case linear(LinearFrontier)
    case kernel(any FrontierKernel)
    case frequency(period: Int64)
  }
  private let parts: [Part]
  private let points: Int
  private let least: [Int64]
  /// Some point has no formula.
  let isSearched: Bool

  init(_ dialect: LimitDialect, _ points: [LimitPoint], most: Int) {
    self.points = points.count
    least = points.map { dialect.smallestSize(at: $0) }
    let buckets = points.compactMap { LinearBucket(dialect, $0) }
    let eights = stride(from: 0, to: buckets.count, by: 8).map {
      LinearFrontier(buckets[$0..<min($0 + 8, buckets.count)], most: most)
    }
    if buckets.count == points.count, !eights.contains(where: { $0 == nil }) {
      parts = eights.compactMap { $0.map(Part.linear) }
    } else {
      parts = points.map { point in
        if case .frequencyCounter(let period, _, .beforeJudging) = dialect.settings(point, size: 1) {
          return .frequency(period: period)
        }
        return .kernel(dialect.frontier(at: point))
      }
    }
    isSearched = parts.contains {
      if case .kernel(let kernel) = $0 { kernel is SearchedFrontier } else { false }
    }
  }

  /// By point, the largest over the states of one key.
  func needs(of states: Range<Int>, in all: KeyedArrivals) -> [Int64] {
    var needs = least
    for state in states {
      var point = 0
      all.withArrivals(of: state) { arrivals in
        for part in parts {
          switch part {
          case .linear(let frontier):
            for size in frontier.smallest(arrivals) { Self.raise(&needs, &point, size) }
          case .kernel(let kernel): Self.raise(&needs, &point, kernel.smallest(arrivals))
          case .frequency(let period): Self.raise(&needs, &point, FrequencyLanes.smallest(period: period, arrivals))
          }
        }
      }
    }
    return needs
  }

  private static func raise(_ needs: inout [Int64], _ point: inout Int, _ size: Int64) {
    needs[point] = max(needs[point], size)
    point += 1
  }
}

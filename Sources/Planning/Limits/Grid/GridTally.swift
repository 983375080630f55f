internal import Synchronization
internal import Traffic

/// Rejections by point and size, over all keys and of some.
struct GridTally: Sendable {
  /// One size of one point.
  struct Lane: Sendable {
    var rejected: Int64 = 0
    var keysHit: Int64 = 0
    /// At most three, most rejections first, of equals the first key.
    var worst: [(group: Int, rejected: Int64)] = []

    mutating func add(_ group: Int, _ count: Int64) {
      guard count > 0 else { return }
      rejected += count
      keysHit += 1
      guard worst.count < 3 || count > worst[2].rejected else { return }
      // Keys come in order, so that one that is equal stays behind.
      worst.insert((group, count), at: worst.firstIndex { $0.rejected < count } ?? worst.count)
      if worst.count > 3 { worst.removeLast() }
    }

    mutating func merge(_ later: Lane) {
      rejected += later.rejected
      keysHit += later.keysHit
      for hit in later.worst { add(worst: hit) }
    }

    private mutating func add(worst hit: (group: Int, rejected: Int64)) {
      worst.insert(hit, at: worst.firstIndex { $0.rejected < hit.rejected } ?? worst.count)
      if worst.count > 3 { worst.removeLast() }
    }
  }

  struct Point: Sendable {
    var lanes: [Lane]
    /// By named key, one count per size.
    var named: [[Int64]]
  }

  private(set) var points: [Point]

  init(
    _ points: [(point: LimitPoint, sizes: [Int64])], of traffic: GridTraffic, _ needs: GridNeeds, named: [Int],
    _ dialect: LimitDialect, threads: Int
  ) async {
    self.points = points.map { point in
      Point(
        lanes: Array(repeating: Lane(), count: point.sizes.count),
        named: named.map { _ in Array(repeating: 0, count: point.sizes.count) })
    }
    // From the exact frontier on nothing is rejected.
    let asked = points.indices.flatMap { point in
      points[point].sizes.indices.filter { needs.mayReject(at: point, size: points[point].sizes[$0]) }
        .map { (point: point, lane: $0) }
    }
    let most = traffic.groups.indices.map { traffic.requests(of: $0) }.max() ?? 0
    let blocks = LimitBlocks(dialect, needs, most: most)
      .blocks(asked.map { (points[$0.point].point, points[$0.point].sizes[$0.lane]) })
    let shares = traffic.shares(GridTraffic.usualShares)
    let work = blocks.flatMap { block in shares.map { (block: block, share: $0) } }
    let places = Dictionary(uniqueKeysWithValues: named.enumerated().map { ($1, $0) })
    let parts = await inParallel(work, threads: threads) { Self.tally($0.share, $0.block, traffic, places) }
    for (job, part) in zip(work, parts) {
      for (limit, place) in job.block.places.enumerated() {
        let (point, lane) = asked[place]
        self.points[point].lanes[lane].merge(part.lanes[limit])
        for (place, counts) in part.named { self.points[point].named[place][lane] = counts[limit] }
      }
    }
  }

  private static func tally(
    _ share: Range<Int>, _ block: LimitBlock, _ traffic: GridTraffic, _ places: [Int: Int]
  ) -> (lanes: [Lane], named: [(place: Int, counts: [Int64])]) {
    var lanes = block.places.map { _ in Lane() }
    var named: [(place: Int, counts: [Int64])] = []
    var counts = block.places.map { _ in Int64(0) }
    for group in share {
      counts.withUnsafeMutableBufferPointer { counts in
        counts.update(repeating: 0)
        guard let base = counts.baseAddress else { return }
        block.counter.add(group, traffic, to: base, enough: .max)
      }
      for lane in lanes.indices { lanes[lane].add(group, counts[lane]) }
      if let place = places[group] { named.append((place, counts)) }
    }
    return (lanes, named)
  }
}

extension GridTraffic {
  /// So many however many threads there are.
  static let usualShares = 16

  /// Contiguous ranges of keys with about equally many requests each, none empty.
  func shares(_ count: Int) -> [Range<Int>] {
    var shares: [Range<Int>] = []
    var start = 0
    var rows = 0
    for group in groups.indices {
      rows += groups[group].reduce(0) { $0 + states.requests(of: $1) }
      guard rows * count >= states.requests * (shares.count + 1) || group + 1 == groups.count else { continue }
      shares.append(start..<group + 1)
      start = group + 1
    }
    return shares
  }
}

/// Works on items on several threads.
/// - Returns: results in the order of the items, whatever the number of threads.
func inParallel<Item: Sendable, Result: Sendable>(
  _ items: [Item], threads: Int, _ work: @escaping @Sendable (Item) -> Result
) async -> [Result] {
  let next = ItemCounter()
  var results = [Result?](repeating: nil, count: items.count)
  await withTaskGroup(of: [(Int, Result)].self) { group in
    for _ in 0..<max(1, min(threads, items.count)) {
      group.addTask {
        var done: [(Int, Result)] = []
        while let index = next.take(below: items.count) { done.append((index, work(items[index]))) }
        return done
      }
    }
    for await done in group { for (index, result) in done { results[index] = result } }
  }
  return results.compactMap { $0 }
}

/// Hands out 0, 1, 2 … to several workers.
private final class ItemCounter: Sendable {
  private let value = Atomic<Int>(0)

  func take(below limit: Int) -> Int? {
    let taken = value.wrappingAdd(1, ordering: .relaxed).oldValue
    return taken < limit ? taken : nil
  }
}

internal import Gateways
public import Statistics
public import Traffic

/// For each rate the smallest burst, for each window the smallest limit, that rejects nothing: exactly, per key, over
/// all keys and for percentiles of keys.
///
/// One linear pass per point and key. The curve of a key over the rates is its empirical arrival curve.
public struct LimitFrontier: Sendable {
  public var dialect: LimitDialect
  /// Rates or windows, as the dialect's axis has it.
  public var points: [LimitPoint]
  /// Of keys, for which a size is wanted besides that of all keys.
  public var quantiles: [Quantile]
  /// Keys whose own curves are wanted.
  public var namedKeys: Set<GroupKey>
  /// Where the clock is coarse, how requests of one tick are laid out.
  public var layout: TickLayout

  public init(
    _ dialect: LimitDialect, at points: [LimitPoint], quantiles: [Quantile] = [], namedKeys: Set<GroupKey> = [],
    layout: TickLayout = .recorded
  ) {
    self.dialect = dialect
    self.points = points
    self.quantiles = quantiles
    self.namedKeys = namedKeys
    self.layout = layout
  }

  /// One point of the curve.
  public struct Row: Hashable, Sendable {
    public var point: LimitPoint
    /// The size with which no request of any key is rejected; nil where the worst case is not known.
    public var size: Int64?
    /// The key that needs it.
    public var key: GroupKey?
    /// One per quantile, nearest rank over keys; nil without keys.
    public var quantiles: [Int64?]
    /// The longest virtual queue of any key, unrounded; nil for windows.
    public var queue: QueueLength?
  }
  /// One point of one key's curve.
  public struct KeyRow: Hashable, Sendable {
    public var key: GroupKey
    public var point: LimitPoint
    /// With which none of the key's requests is rejected.
    public var size: Int64
    /// Its longest virtual queue, unrounded; nil for windows.
    public var queue: QueueLength?
  }
  /// The curve over all keys, and those of named keys.
  public struct Answer: Hashable, Sendable {
    /// In the order of the points.
    public var rows: [Row]
    /// By point, then as the traffic had the keys.
    public var keyRows: [KeyRow]
    /// Distinct keys of the traffic.
    public var keys: Int64
  }

  /// - Throws: what the traffic source throws.
  /// - Complexity: one linear pass over the arrivals per point.
  public func answer(from traffic: KeyedTraffic) async throws -> Answer {
    let kernels = points.map { PointKernels(dialect, $0, self.layout) }
    var folds = points.map { _ in PointFold() }
    // Four lanes keep two threads busy even where one key has most of the requests.
    let lanes = min(4, max(1, points.count))
    let named = namedKeys
    try await traffic.forEachPart { part in
      let part = part.laidOut(layout)
      let parts = await part.divided(lanes: lanes, threads: traffic.threads) { keys, lane in
        stride(from: lane, to: kernels.count, by: lanes).map { kernels[$0].fold(part, keys, named) }
      }
      for lane in 0..<lanes {
        for share in parts[lane] {
          for (turn, fold) in share.enumerated() { folds[lane + turn * lanes].merge(fold) }
        }
      }
    }
    for set in traffic.oversizeSets { try await add(set, of: traffic, kernels, to: &folds) }
    return answer(folds)
  }

  private func answer(_ folds: [PointFold]) -> Answer {
    let rows = zip(points, folds).map { point, fold in
      Row(
        point: point, size: fold.isKnown ? fold.largest : nil, key: fold.largestKey,
        quantiles: quantiles.map { fold.size(at: $0) }, queue: Self.queue(point, fold.queue))
    }
    let keyRows = zip(points, folds).flatMap { point, fold in
      fold.named.map { KeyRow(key: $0.key, point: point, size: $0.size, queue: Self.queue(point, $0.queue)) }
    }
    return Answer(rows: rows, keyRows: keyRows, keys: folds.map(\.keys).max() ?? 0)
  }

  private static func queue(_ point: LimitPoint, _ peak: Int64) -> QueueLength? {
    point.rate.map { rate in
      let queue = VirtualQueue(drain: rate.count, cost: rate.period)
      return QueueLength(parts: peak, partsPerRequest: queue.cost)
    }
  }
}

/// How requests are laid out that a coarse clock stamped alike.
public enum TickLayout: Hashable, Sendable {
  /// All at the instant they were stamped with.
  case recorded
  /// Evenly over the tick.
  case spread(Microseconds)
  /// Whatever needs most, requests of neighbouring ticks back to back.
  case worst(Microseconds)
}

/// A number of requests as an exact fraction.
public struct QueueLength: Hashable, Sendable {
  public var parts: Int64
  /// At least 1.
  public var partsPerRequest: Int64

  /// For display only.
  public var requests: Double { Double(parts) / Double(partsPerRequest) }

  public init(parts: Int64, partsPerRequest: Int64) {
    self.parts = parts
    self.partsPerRequest = partsPerRequest
  }
}

/// What one point asks of each key.
struct PointKernels: Sendable {
  let size: (any FrontierKernel)?
  let queue: VirtualQueue?
  /// An exact bucket's capacity is its queue rounded up: one pass for both.
  let sizeIsQueue: Bool

  init(_ dialect: LimitDialect, _ point: LimitPoint, _ layout: TickLayout) {
    if case .worst(let tick) = layout {
      size = dialect.worstCase(at: point, tick: tick)
      queue = nil
      sizeIsQueue = false
    } else {
      size = dialect.frontier(at: point)
      queue = point.rate.map { VirtualQueue(drain: $0.count, cost: $0.period) }
      sizeIsQueue = size is BucketFrontier
    }
  }

  func fold(_ part: KeyedArrivals, _ keys: Range<Int>, _ named: Set<GroupKey>) -> PointFold {
    var fold = PointFold()
    guard let size else { return fold }
    for key in keys {
      part.withArrivals(of: key) { arrivals in
        let (size, queue) = sizes(size, arrivals)
        fold.add(part.keys[key], size: size, queue: queue, isNamed: !named.isEmpty && named.contains(part.keys[key]))
      }
    }
    return fold
  }

  /// The same for a key whose arrivals come piece by piece.
  var stream: PointStream {
    PointStream(size: size?.stream, kernel: queue, isSearched: size is SearchedFrontier)
  }

  private func sizes(_ kernel: any FrontierKernel, _ arrivals: UnsafeBufferPointer<Int64>) -> (Int64, Int64) {
    if sizeIsQueue, let queue {
      let peak = queue.peak(arrivals)
      return (queue.whole(peak), peak)
    }
    return (kernel.smallest(arrivals), queue?.peak(arrivals) ?? 0)
  }
}

/// Sizes of many keys at one point. Distinct sizes are few: n different ones take n²/2 requests at least.
struct PointFold: Sendable {
  var keys: Int64 = 0
  /// The size of some key is not known.
  var isUnknown = false
  var isKnown: Bool { keys > 0 && !isUnknown }
  var largest: Int64 = 0
  var largestKey: GroupKey?
  var queue: Int64 = 0
  /// How many keys have a size: the usual ones by index, the others by size.
  private var keysOfSmallSize = [Int64](repeating: 0, count: 256)
  private var keysOfSize: [Int64: Int64] = [:]
  var named: [(key: GroupKey, size: Int64, queue: Int64)] = []

  mutating func add(_ key: GroupKey, size: Int64, queue: Int64, isNamed: Bool) {
    keys &+= 1
    if size >= 0, size < Int64(keysOfSmallSize.count) {
      keysOfSmallSize[Int(size)] &+= 1
    } else {
      keysOfSize[size, default: 0] += 1
    }
    self.queue = max(self.queue, queue)
    consider(key, size)
    if isNamed { named.append((key, size, queue)) }
  }

  /// The largest size, and of equals the first key: the same however the keys are divided.
  private mutating func consider(_ key: GroupKey, _ size: Int64) {
    if let largestKey, size < largest || size == largest && Self.isBefore(largestKey, key) { return }
    (largest, largestKey) = (size, key)
  }

  private static func isBefore(_ a: GroupKey, _ b: GroupKey) -> Bool { (a.first, a.second) < (b.first, b.second) }

  /// A key whose arrivals came piece by piece.
  mutating func add(_ key: GroupKey, _ stream: PointStream, isNamed: Bool) {
    if let size = stream.size {
      add(key, size: size.smallest, queue: stream.stand.peak, isNamed: isNamed)
    } else if stream.isSearched {
      queue = max(queue, stream.stand.peak)
      if isNamed { named.append((key, -1, stream.stand.peak)) }
    } else {
      isUnknown = true
    }
  }

  /// Gives the size, found by a search, of a key that came piece by piece.
  mutating func complete(_ key: GroupKey, size: Int64?) {
    guard let size else { return isUnknown = true }
    add(key, size: size, queue: 0, isNamed: false)
    for index in named.indices where named[index].key == key { named[index].size = size }
  }

  mutating func merge(_ later: PointFold) {
    keys += later.keys
    isUnknown = isUnknown || later.isUnknown
    queue = max(queue, later.queue)
    if let key = later.largestKey { consider(key, later.largest) }
    for size in keysOfSmallSize.indices { keysOfSmallSize[size] += later.keysOfSmallSize[size] }
    keysOfSize.merge(later.keysOfSize) { $0 + $1 }
    named += later.named
  }

  /// The size at a quantile over keys, by nearest rank.
  func size(at quantile: Quantile) -> Int64? {
    guard keys > 0 else { return nil }
    var left = quantile.rank(in: Int(keys))
    let small = keysOfSmallSize.enumerated().map { (key: Int64($0.offset), value: $0.element) }
    for (size, count) in small + keysOfSize.sorted(by: { $0.key < $1.key }) {
      left -= Int(count)
      if left <= 0 { return size }
    }
    return largest
  }
}

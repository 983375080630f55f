internal import Gateways
internal import Traffic

/// Which rates and sizes a grid has: round numbers from where a tenth is rejected to where nothing is.
struct GridPlan {
  let points: [LimitPoint]
  let isThinned: Bool
  private let dialect: LimitDialect
  private let height: Int

  init(_ grid: LimitGrid, _ traffic: GridTraffic) {
    dialect = grid.dialect
    let (width, height) = Self.measure(grid, requests: max(1, traffic.counted))
    self.height = height
    isThinned = width < grid.width || height < grid.width
    let all = dialect.axis == .rate ? Self.rates(dialect, traffic) : Self.windows(dialect)
    points = all.thinned(to: width)
  }

  /// As many rates and sizes as the budget has decisions for, at least three of each.
  private static func measure(_ grid: LimitGrid, requests: Int64) -> (width: Int, height: Int) {
    var (width, height) = (grid.width, grid.width)
    func cost() -> Int64 { requests.multipliedReportingOverflow(by: Int64(width * (height + 1))).partialValue }
    let most = grid.dialect.hasLanes ? grid.budget.lanes : grid.budget.replays
    guard requests < .max / 1_000 else { return (3, 3) }
    while cost() > most, width > 3 || height > 3 {
      if height >= width { height -= 1 } else { width -= 1 }
    }
    return (width, height)
  }

  private static func windows(_ dialect: LimitDialect) -> [LimitPoint] {
    let usual: [Int64] = [1, 10, 60, 600, 3_600, 86_400]
    return usual.map { .window(Microseconds($0 * 1_000_000)) }.filter(dialect.allows)
  }

  // MARK: Rates

  /// From the largest round rate at which about a tenth is rejected without a burst, to the busiest second of any key.
  private static func rates(_ dialect: LimitDialect, _ traffic: GridTraffic) -> [LimitPoint] {
    let all = RoundRates.all(for: dialect).filter {
      dialect.largestRemembered(at: .rate($0)) >= dialect.smallestSize(at: .rate($0))
    }
    let seconds = WindowCounts(traffic, length: 1_000_000)
    let last = all.firstIndex { $0.perSecond >= Double(seconds.most) } ?? all.count - 1
    let first = firstRate(all, seconds, dialect, traffic)
    return all[min(first, last)...last].map { .rate($0) }
  }

  private static func firstRate(
    _ all: [LimitRate], _ seconds: WindowCounts, _ dialect: LimitDialect, _ traffic: GridTraffic
  ) -> Int {
    if let first = all.lastIndex(where: { $0.perSecond >= 1 && seconds.isTenth(beyond: Int64($0.perSecond)) }) {
      return first
    }
    let minutes = WindowCounts(traffic, length: 60_000_000)
    return all.lastIndex { $0.perSecond < 1 && minutes.isTenth(beyond: Int64($0.perSecond * 60)) } ?? 0
  }

  // MARK: Sizes

  /// Sizes by point, and those that all points share.
  /// - Parameter needs: by point, the size that rejects nothing.
  func sizes(_ needs: [Int64?]) -> (byPoint: [[Int64]], shared: [Int64]) {
    guard dialect.axis == .rate else {
      return (zip(points, needs).map { ownSizes($0, need: $1) }, [])
    }
    let known = needs.compactMap { $0 }.sorted()
    let usual = known.isEmpty ? 100 : max(20, known[known.count / 2])
    let smallest = points.map { dialect.smallestSize(at: $0) }
    let least = smallest.min() ?? 0
    var round = Self.round.filter { $0 > least && $0 <= usual }
    if let next = Self.round.first(where: { $0 > max(usual, least) }) { round.append(next) }
    let shared = ([least] + round).thinned(to: height)
    let byPoint = zip(points, needs).map { point, need in
      let (smallest, largest) = (dialect.smallestSize(at: point), dialect.largestRemembered(at: point))
      return Self.joined(shared.filter { $0 >= smallest && $0 <= max(smallest, largest) }, need ?? smallest)
    }
    return (byPoint, shared)
  }

  /// Round numbers below what a window needs, and what it needs.
  private func ownSizes(_ point: LimitPoint, need: Int64?) -> [Int64] {
    let smallest = dialect.smallestSize(at: point)
    guard let need else { return [smallest] }
    let round = Self.round.filter { $0 >= smallest && $0 < need }
    return Self.joined(round.suffix(height - 1), max(need, smallest))
  }

  private static func joined(_ sizes: some Sequence<Int64>, _ other: Int64) -> [Int64] {
    Set(sizes).union([other]).sorted()
  }

  /// 1 2 5 10 20 50 100 … billions.
  private static let round: [Int64] = {
    var numbers: [Int64] = []
    var scale: Int64 = 1
    while scale <= 1_000_000_000 {
      numbers += [scale, 2 * scale, 5 * scale]
      scale *= 10
    }
    return numbers
  }()
}

extension LimitDialect {
  /// The largest burst that is drained, and one request more, by the time that nginx may forget an idle key: at most
  /// then it is the same whether it does.
  /// - Source: nginx, `ngx_http_limit_req_expire`: 60 s.
  func largestRemembered(at point: LimitPoint) -> Int64 {
    guard case .leakyBucket(let milliRate, _, _, .nginx) = settings(point, size: 0) else { return .max }
    return milliRate.multipliedReportingOverflow(by: 60).overflow ? .max : milliRate * 60 / 1_000 - 1
  }
}

extension Array {
  /// At most `count` of them, first and last included, evenly by place.
  func thinned(to count: Int) -> [Element] {
    guard self.count > count, count > 1 else { return self }
    return (0..<count).map { self[$0 * (self.count - 1) / (count - 1)] }
  }
}

/// How many requests the windows of the clock have, over all states: what a fixed window would reject, which is near
/// enough to choose rates by.
struct WindowCounts {
  private static let most = 1 << 12
  /// Windows by number of requests; the last counts all that have more.
  private var windows = [Int64](repeating: 0, count: most + 1)
  private(set) var most: Int64 = 0
  private let requests: Int64

  init(_ traffic: GridTraffic, length: Int64) {
    requests = traffic.counted
    for state in traffic.states.keys.indices {
      traffic.states.withArrivals(of: state) { count($0, length) }
    }
  }

  private mutating func count(_ arrivals: UnsafeBufferPointer<Int64>, _ length: Int64) {
    windows.withUnsafeMutableBufferPointer { windows in
      var (end, count, most) = (Int64.min, Int64(0), self.most)
      for arrival in arrivals {
        if arrival >= end {
          windows[Int(min(count, Int64(Self.most)))] &+= 1
          most = max(most, count)
          count = 0
          end = arrival.flooredMultiple(of: length).clampedSum(length)
        }
        count &+= 1
      }
      windows[Int(min(count, Int64(Self.most)))] &+= 1
      self.most = max(most, count)
    }
  }

  /// Whether a tenth of the requests is beyond so many in a window.
  func isTenth(beyond limit: Int64) -> Bool {
    guard limit < Int64(Self.most) else { return false }
    var beyond: Int64 = 0
    for count in Int(limit)...Self.most { beyond += windows[count] * (Int64(count) - limit) }
    return beyond >= max(1, requests / 10)
  }
}

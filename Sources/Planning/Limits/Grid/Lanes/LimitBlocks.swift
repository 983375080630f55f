internal import Gateways
internal import Traffic

/// Limits put together so that few passes over the arrivals count what all of them reject.
struct LimitBlocks: Sendable {
  /// A limit that is asked about.
  typealias Limit = (point: LimitPoint, size: Int64)

  private let dialect: LimitDialect
  private let needs: GridNeeds?
  private let most: Int64

  /// - Parameters:
  ///   - needs: of some points, which may be those that will be asked about.
  ///   - most: requests of any state.
  init(_ dialect: LimitDialect, _ needs: GridNeeds?, most: Int64) {
    (self.dialect, self.needs, self.most) = (dialect, needs, most)
  }

  /// Of linear buckets, by rising rate.
  private var stretches: [StretchNeeds] { needs?.stretches ?? [] }

  /// Linear buckets go eight by eight, whatever their rates, those that are busy alike together; others point by point.
  func blocks(_ limits: [Limit]) -> [LimitBlock] {
    let bound = limits.map(bound)
    let linear = stretches.indices.flatMap { set in
      eights(bound.indices.compactMap { place in
        bound[place].flatMap { $0.set == set ? (place, $0.limit) : nil }
      }, stretches[set])
    }
    let other = limits.indices.filter { bound[$0] == nil }
    return linear + byPoint(other, limits)
  }

  /// How a limit is bound, and by which set of stretches.
  private func bound(_ limit: Limit) -> (set: Int, limit: BoundLimit)? {
    guard let bucket = LinearBucket(dialect, limit.point), bucket.holds(limit.size.clampedSum(2)),
      bucket.holds(most)
    else { return nil }
    for set in stretches.indices.reversed() {
      if let bound = stretches[set].bound(of: bucket) {
        return (set, BoundLimit(bucket: bucket, size: limit.size, bound: bound))
      }
    }
    return nil
  }

  private func eights(_ limits: [(place: Int, limit: BoundLimit)], _ stretches: StretchNeeds) -> [LimitBlock] {
    let busy = limits.map { stretches.busy(bucket: $0.limit.bound, size: $0.limit.size) }
    let order = limits.indices.sorted { (busy[$1], $0) < (busy[$0], $1) }
    return stride(from: 0, to: order.count, by: 8).map { start in
      let eight = order[start..<min(start + 8, order.count)].map { limits[$0] }
      return LimitBlock(places: eight.map(\.place), counter: LinearCounter(eight.map(\.limit), stretches))
    }
  }

  private func byPoint(_ places: [Int], _ limits: [Limit]) -> [LimitBlock] {
    var points: [LimitPoint] = []
    for place in places where !points.contains(limits[place].point) { points.append(limits[place].point) }
    return points.map { point in
      let own = places.filter { limits[$0].point == point }
      let sizes = own.map { limits[$0].size }
      let lanes = dialect.lanes(at: point, sizes: sizes)
      return LimitBlock(places: own, counter: PointCounter(lanes, least: sizes.min() ?? 0, at: needs?.place(of: point), needs))
    }
  }
}

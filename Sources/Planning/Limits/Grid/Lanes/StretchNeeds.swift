internal import Traffic

/// What every stretch of a state's arrivals needs of up to eight linear buckets, so that limits are replayed only where
/// they can reject.
///
/// A bucket that rejects is never fuller than one that does not, and one of a faster rate never fuller than one of a
/// slower. So what a bucket that rejects nothing tells of a stretch holds for every limit whose rate is as fast:
/// a size that the stretch does not exceed rejects nothing in it, and where the bucket is empty so are the others. A
/// replay may begin at any stretch that begins empty, and leave out what comes between it and the next stretch that
/// exceeds a size.
struct StretchNeeds: Sendable {
  /// Arrivals of a stretch; the last of a state has fewer.
  static let length = 64
  /// Larger needs are told as this.
  static let most = UInt16.max

  /// By rising rate, one to eight.
  let buckets: [LinearBucket]
  /// The first stretch of each state, and the end.
  private let offsets: [Int]
  /// By stretch and bucket.
  private let sizes: [SIMD8<UInt16>]
  /// By stretch, a bit for each bucket that its first request finds empty.
  private let empty: [UInt8]
  /// By key and bucket, exact.
  private let byGroup: [SIMD8<Int64>]

  /// - Parameter buckets: one to eight of one dialect, by rising rate.
  init(_ buckets: [LinearBucket], of traffic: GridTraffic, threads: Int) async {
    self.buckets = buckets
    let frontier = LinearFrontier(buckets)
    let parts = await inParallel(traffic.shares(GridTraffic.usualShares), threads: threads) { share in
      var part = Part(frontier)
      for group in share { part.take(group, traffic) }
      return part
    }
    offsets = traffic.states.keys.indices.reduce(into: [0]) { offsets, state in
      offsets.append(offsets[state] + (traffic.states.requests(of: state) + Self.length - 1) / Self.length)
    }
    sizes = parts.flatMap(\.sizes)
    empty = parts.flatMap(\.empty)
    byGroup = parts.flatMap(\.byGroup)
  }

  /// The smallest size with which a bucket rejects none of a key's requests.
  func size(of group: Int, bucket: Int) -> Int64 { byGroup[group][bucket] }

  /// The bucket of the fastest rate that is not faster than another; nil where all are.
  func bound(of other: LinearBucket) -> Int? { buckets.lastIndex { other.drains(atLeastAsFastAs: $0) } }

  /// About how many stretches exceed a size, to compare with others.
  func busy(bucket: Int, size: Int64) -> Int {
    let limit = Self.saturated(size)
    return stride(from: 0, to: sizes.count, by: max(1, sizes.count / 4_096)).count { sizes[$0][bucket] > limit }
  }

  /// Sizes from `most` on are told as one less, so that needs of at least `most` exceed them.
  static func saturated(_ size: Int64) -> UInt16 { UInt16(max(0, min(size, Int64(most) - 1))) }

  /// Replays the stretches of a state that exceed a size, in order, and those before them back to an empty bucket.
  /// - Parameters:
  ///   - limits: by bucket, the size to exceed; `most` is never exceeded.
  ///   - slowest: the bucket whose emptiness counts.
  ///   - count: arrivals of the state.
  ///   - replay: gets arrivals that go on where those before ended, or begin with empty buckets.
  @inline(__always)
  func exceeding(
    _ limits: SIMD8<UInt16>, slowest: Int, state: Int, count: Int, _ replay: (Range<Int>, _ fromEmpty: Bool) -> Void
  ) {
    let bit = UInt8(1) << UInt8(slowest)
    let first = offsets[state]
    // Where the replay stands, and whether it goes on there with empty buckets.
    var (begin, fromEmpty) = (0, true)
    for stretch in first..<offsets[state + 1] {
      let start = (stretch - first) * Self.length
      if empty[stretch] & bit != 0 { (begin, fromEmpty) = (start, true) }
      guard any(sizes[stretch] .> limits) else { continue }
      let end = min(start + Self.length, count)
      replay(begin..<end, fromEmpty)
      (begin, fromEmpty) = (end, false)
    }
  }

  /// Stretches of some keys.
  private struct Part: Sendable {
    let frontier: LinearFrontier
    var sizes: [SIMD8<UInt16>] = []
    var empty: [UInt8] = []
    var byGroup: [SIMD8<Int64>] = []

    init(_ frontier: LinearFrontier) { self.frontier = frontier }

    mutating func take(_ group: Int, _ traffic: GridTraffic) {
      var most = SIMD8<Int64>.zero
      for state in traffic.groups[group] {
        traffic.states.withArrivals(of: state) { most = pointwiseMax(most, take($0)) }
      }
      byGroup.append(most)
    }

    /// - Returns: what one state needs.
    private mutating func take(_ arrivals: UnsafeBufferPointer<Int64>) -> SIMD8<Int64> {
      var most = SIMD8<Int64>.zero
      var stand = frontier.empty(before: arrivals[0])
      for start in stride(from: 0, to: arrivals.count, by: StretchNeeds.length) {
        let stretch = UnsafeBufferPointer(rebasing: arrivals[start..<min(start + StretchNeeds.length, arrivals.count)])
        let isEmpty = frontier.isEmpty(stand, at: stretch[0])
        empty.append((0..<8).reduce(0) { isEmpty[$1] ? $0 | 1 << UInt8($1) : $0 })
        let needs = frontier.smallest(stretch, &stand)
        let told = needs.clamped(lowerBound: .zero, upperBound: SIMD8(repeating: Int64(StretchNeeds.most)))
        sizes.append(SIMD8(truncatingIfNeeded: told))
        most = pointwiseMax(most, needs)
      }
      return most
    }
  }
}

internal import Traffic

/// Numbers groups 0, 1, 2 … by first appearance, and gives each a window of latency buckets in one pool.
///
/// Keys below `directKeys`, such as route symbols, are found by index; others by hash. Values are bucketed by
/// `LatencyBuckets.index` without an overflow bucket, so that every value has one.
struct GroupTable: Sendable {
  /// Keys found by index: 1 Mi entries of four bytes at most.
  static let directKeys = 1 << 20

  /// A group's window: buckets `first ..< first + width` stand at `offset` in the pool. Sixteen bytes, as the inner
  /// loops look one up per row.
  struct Window: Sendable {
    private var firstBucket: Int32 = 0
    private var bucketCount: Int32 = 0
    let offset: Int

    var first: Int { Int(firstBucket) }
    var width: Int { Int(bucketCount) }

    init(buckets: Range<Int>, offset: Int) {
      firstBucket = Int32(buckets.lowerBound)
      bucketCount = Int32(buckets.count)
      self.offset = offset
    }
  }

  /// One per group.
  private(set) var keys: [Int64] = []
  private(set) var windows: [Window] = []
  /// Cells handed out so far.
  private(set) var poolCount = 0
  /// Number of group by key, −1 for none.
  private(set) var direct: [Int32] = []
  private var hashed: [Int64: Int32] = [:]
  let maximumGroups: Int

  init(maximumGroups: Int) { self.maximumGroups = maximumGroups }

  func find(_ key: Int64) -> Int? {
    if key >= 0, key < Int64(direct.count) {
      let group = direct[Int(key)]
      return group < 0 ? nil : Int(group)
    }
    return hashed[key].map { Int($0) }
  }

  /// The group of a key, new or known; nil when there are too many.
  mutating func claim(_ key: Int64) -> Int? {
    if let known = find(key) { return known }
    guard keys.count < maximumGroups else { return nil }
    let number = Int32(keys.count)
    if key >= 0, key < Int64(Self.directKeys) {
      let needed = Int(key) + 1
      if needed > direct.count {
        let size = min(Self.directKeys, max(needed, direct.count * 2))
        var grown = [Int32](repeating: -1, count: size)
        grown.replaceSubrange(0..<direct.count, with: direct)
        direct = grown
        // Keys that were out of the table's reach until now.
        for (known, group) in hashed where known >= 0 && known < Int64(size) { direct[Int(known)] = group }
      }
      direct[Int(key)] = number
    } else {
      hashed[key] = number
    }
    keys.append(key)
    windows.append(Window(buckets: 0..<0, offset: 0))
    return Int(number)
  }

  /// Gives a group a window that holds `bucket` too; cells of the old window, if any, are moved by the caller.
  mutating func widen(_ group: Int, for bucket: Int) -> (old: Window, new: Window) {
    let old = windows[group]
    var first = bucket & ~127
    var end = first + 128
    if old.width > 0 {
      first = min(first, old.first)
      end = max(end, old.first + old.width)
    }
    windows[group] = Window(buckets: first..<end, offset: poolCount)
    poolCount += end - first
    return (old, windows[group])
  }
}

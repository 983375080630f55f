internal import Traffic

/// What the second pass looks for: the buckets of the wanted ranks, per group.
public struct QuantilePlan: Sendable {
  /// One rank to find.
  struct Wanted: Sendable {
    /// Number of the candidate bucket.
    var candidate: Int
    /// Rank inside the bucket, from 1.
    var rank: Int
  }

  /// A bucket with wanted ranks, or several.
  struct Candidate: Sendable {
    var low: Int64
    var width: Int64
    var count: Int
    /// Buckets of one value need no second look.
    var isSettled: Bool { width == 1 }
    /// Counters by value take less room than the values.
    var isCounted: Bool { !isSettled && width <= 1 << 20 && Int(width) < 2 * count }
  }

  struct Group: Sendable {
    var key: Int64
    var count: Int
    /// One per quantile.
    var wanted: [Wanted]
  }

  let quantiles: [Quantile]
  /// By rising key.
  let groups: [Group]
  let candidates: [Candidate]
  let table: GroupTable
  /// Number of the candidate plus one by pool cell; 0 for buckets nobody asked for.
  let candidateOf: [Int32]
  let group: Int?
  let value: Int

  /// Whether every answer is known already.
  public var isSettled: Bool { candidates.allSatisfy(\.isSettled) }

  /// Where the quantiles of every group lie.
  /// - Throws: `TooManyGroups` for incomplete counts.
  public init(_ counts: QuantileCounts, quantiles: [Quantile]) throws(TooManyGroups) {
    guard !counts.hasTooManyGroups else { throw TooManyGroups(limit: counts.table.maximumGroups) }
    var candidates: [Candidate] = []
    var groups: [Group] = []
    var candidateOf = [Int32](repeating: 0, count: counts.table.poolCount)
    for number in counts.table.keys.indices {
      let place = counts.table.windows[number]
      let (first, window) = counts.window(number)
      let total = window.reduce(0) { $0 + Int($1) }
      guard total > 0 else { continue }
      var group = Group(key: counts.table.keys[number], count: total, wanted: [])
      for quantile in quantiles {
        let (slot, rank) = Self.locate(quantile.rank(in: total), window)
        let cell = place.offset + slot
        if candidateOf[cell] == 0 {
          let (low, width) = LatencyBuckets.bounds(of: first + slot)
          candidates.append(Candidate(low: low, width: width, count: Int(window[window.startIndex + slot])))
          candidateOf[cell] = Int32(candidates.count)
        }
        group.wanted.append(Wanted(candidate: Int(candidateOf[cell]) - 1, rank: rank))
      }
      groups.append(group)
    }
    self.quantiles = quantiles
    self.groups = groups.sorted { $0.key < $1.key }
    self.candidates = candidates
    self.candidateOf = candidateOf
    table = counts.table
    group = counts.group
    value = counts.value
  }

  private static func locate(_ rank: Int, _ window: ArraySlice<UInt32>) -> (slot: Int, rank: Int) {
    var before = 0
    for (slot, count) in window.enumerated() {
      if before + Int(count) >= rank { return (slot, rank - before) }
      before += Int(count)
    }
    preconditionFailure("counts of a group add up to its total")
  }
}

/// More distinct groups than quantiles are kept for at once: filter, or group by something coarser.
public struct TooManyGroups: Error, Hashable, Sendable {
  public let limit: Int
}

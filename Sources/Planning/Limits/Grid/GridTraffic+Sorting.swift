internal import Gateways
internal import Traffic

extension GridTraffic {
  /// Puts the runs together: states by rising key, arrivals of each in order of time.
  init(_ fold: StateFold) {
    var table = KeyTable()
    let numbers = fold.runs.map { run in run.numbers.keys.map { table.index(of: $0) } }
    let keys = table.keys
    let order = keys.indices.sorted { Self.isBefore(keys[$0], keys[$1]) }
    var place = [Int32](repeating: 0, count: keys.count)
    for (rank, state) in order.enumerated() { place[state] = Int32(rank) }
    let places = numbers.map { $0.map { place[$0] } }
    let offsets = Self.offsets(fold.runs, places, count: keys.count)
    let arrivals = Self.distributed(fold.runs, places, offsets)
    states = KeyedArrivals(keys: order.map { keys[$0] }, offsets: offsets, arrivals: arrivals)
    groups = Self.groups(states.keys)
    requests = fold.requests
    withoutKey = fold.withoutKey
    rejectedWithoutKey = fold.choice.missing == .rejects ? fold.withoutKey : 0
  }

  private static func isBefore(_ a: GroupKey, _ b: GroupKey) -> Bool {
    (a.third, a.first, a.second) < (b.third, b.first, b.second)
  }

  /// Neighbours of one key, on whatever node.
  private static func groups(_ keys: [GroupKey]) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var start = 0
    for index in keys.indices {
      let isLast = index + 1 == keys.count
      guard isLast || keys[index + 1].first != keys[index].first || keys[index + 1].third != keys[index].third else {
        continue
      }
      groups.append(start..<index + 1)
      start = index + 1
    }
    return groups
  }

  private static func offsets(_ runs: [StateFold.Run], _ places: [[Int32]], count: Int) -> [Int] {
    var offsets = [Int](repeating: 0, count: count + 1)
    for (run, places) in zip(runs, places) {
      var own = [Int](repeating: 0, count: places.count)
      for piece in run.pieces { for state in piece.states { own[Int(state)] &+= 1 } }
      for (state, place) in places.enumerated() { offsets[Int(place) + 1] += own[state] }
    }
    for index in 0..<count { offsets[index + 1] += offsets[index] }
    return offsets
  }

  private static func distributed(_ runs: [StateFold.Run], _ places: [[Int32]], _ offsets: [Int]) -> [Int64] {
    let count = offsets[offsets.count - 1]
    return [Int64](unsafeUninitializedCapacity: count) { buffer, written in
      // Every slot is written once: the offsets are the running sum of the rows of each state.
      var next = offsets
      next.withUnsafeMutableBufferPointer { next in
        for (run, places) in zip(runs, places) {
          for piece in run.pieces { distribute(piece, places, next, buffer) }
        }
      }
      for state in 0..<offsets.count - 1 {
        sort(UnsafeMutableBufferPointer(rebasing: buffer[offsets[state]..<offsets[state + 1]]))
      }
      written = count
    }
  }

  private static func distribute(
    _ piece: StateFold.Piece, _ places: [Int32], _ next: UnsafeMutableBufferPointer<Int>,
    _ buffer: UnsafeMutableBufferPointer<Int64>
  ) {
    guard let base = buffer.baseAddress else { return }
    piece.states.withUnsafeBufferPointer { states in
      piece.arrivals.withUnsafeBufferPointer { arrivals in
        places.withUnsafeBufferPointer { places in
          for row in 0..<states.count {
            let place = Int(places[Int(states[row])])
            (base + next[place]).initialize(to: arrivals[row])
            next[place] &+= 1
          }
        }
      }
    }
  }

  /// Lines are written when requests end, so that arrivals are nearly in order; those of several sources are not.
  private static func sort(_ times: UnsafeMutableBufferPointer<Int64>) {
    var moves = 8 &* times.count
    var index = 1
    while index < times.count {
      let time = times[index]
      var hole = index
      while hole > 0, times[hole &- 1] > time {
        times[hole] = times[hole &- 1]
        hole &-= 1
      }
      times[hole] = time
      moves &-= index &- hole
      if moves < 0 {
        var rest = times
        return rest.sort()
      }
      index &+= 1
    }
  }
}

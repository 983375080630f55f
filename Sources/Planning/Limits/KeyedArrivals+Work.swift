internal import Synchronization

extension KeyedArrivals {
  /// Contiguous ranges of keys with about equally many requests each, none empty.
  func shares(_ count: Int) -> [Range<Int>] {
    var shares: [Range<Int>] = []
    var start = 0
    for key in keys.indices where offsets[key + 1] * count >= arrivals.count * (shares.count + 1) {
      // Several shares may end inside one long key; it stays whole.
      guard key + 1 > start else { continue }
      shares.append(start..<key + 1)
      start = key + 1
    }
    return shares + (start < keys.count ? [start..<keys.count] : [])
  }

  /// Runs `work` for each share and each of `lanes` lanes (such as groups of rates), on several threads.
  /// - Returns: the results, lane by lane in the order of the keys: the same for any number of threads.
  func divided<Part: Sendable>(
    lanes: Int, threads: Int, _ work: @escaping @Sendable (_ keys: Range<Int>, _ lane: Int) -> Part
  ) async -> [[Part]] {
    let shares = shares(16)
    let next = WorkCounter()
    var parts = [[Part?]](repeating: [Part?](repeating: nil, count: shares.count), count: lanes)
    await withTaskGroup(of: [(Int, Part)].self) { group in
      for _ in 0..<min(threads, lanes * shares.count) {
        group.addTask {
          var done: [(Int, Part)] = []
          while let index = next.take(below: lanes * shares.count) {
            done.append((index, work(shares[index / lanes], index % lanes)))
          }
          return done
        }
      }
      for await done in group { for (index, part) in done { parts[index % lanes][index / lanes] = part } }
    }
    return parts.map { $0.compactMap { $0 } }
  }
}

/// Hands out 0, 1, 2 … to several workers.
private final class WorkCounter: Sendable {
  private let value = Atomic<Int>(0)

  func take(below limit: Int) -> Int? {
    let taken = value.wrappingAdd(1, ordering: .relaxed).oldValue
    return taken < limit ? taken : nil
  }
}

internal import Traffic

extension LimitFrontier {
  /// Adds the keys of an oversize set, whose arrivals come piece by piece, to the folds of the points.
  func add(_ set: Int, of traffic: KeyedTraffic, _ kernels: [PointKernels], to folds: inout [PointFold]) async throws {
    let lanes = max(1, min(traffic.threads, kernels.count))
    var streams = [[GroupKey: [PointStream]]](repeating: [:], count: lanes)
    try await traffic.forEachPiece(of: set) { piece in
      let piece = piece.laidOut(layout)
      streams = await Self.absorbed(piece, streams, kernels)
    }
    for lane in 0..<lanes {
      for key in streams[lane].keys.sorted(by: { ($0.first, $0.second) < ($1.first, $1.second) }) {
        for (turn, stream) in (streams[lane][key] ?? []).enumerated() {
          folds[lane + turn * lanes].add(key, stream, isNamed: namedKeys.contains(key))
        }
      }
    }
    try await search(set, of: traffic, kernels, &folds)
  }

  /// One task per lane takes its streams through a piece.
  private static func absorbed(
    _ piece: KeyedArrivals, _ streams: [[GroupKey: [PointStream]]], _ kernels: [PointKernels]
  ) async -> [[GroupKey: [PointStream]]] {
    let lanes = streams.count
    var streams = streams
    await withTaskGroup(of: (Int, [GroupKey: [PointStream]]).self) { group in
      for lane in 0..<lanes {
        let mine = streams[lane]
        streams[lane] = [:]
        group.addTask {
          var mine = mine
          for (index, key) in piece.keys.enumerated() {
            var points =
              mine.removeValue(forKey: key) ?? stride(from: lane, to: kernels.count, by: lanes).map { kernels[$0].stream }
            piece.withArrivals(of: index) { arrivals in
              for point in points.indices { points[point].absorb(arrivals) }
            }
            mine[key] = points
          }
          return (lane, mine)
        }
      }
      for await (lane, mine) in group { streams[lane] = mine }
    }
    return streams
  }

  /// Sizes of limiters without a formula, by replay.
  private func search(
    _ set: Int, of traffic: KeyedTraffic, _ kernels: [PointKernels], _ folds: inout [PointFold]
  ) async throws {
    let searched = points.indices.filter { kernels[$0].size is SearchedFrontier }
    guard !searched.isEmpty else { return }
    let most = traffic.census.rowsOfSet[set]
    let answers = try await traffic.answerOversize(set, layout) { _ in
      SizeAsker(dialect, searched.map { points[$0] }, mostRequests: most)
    }
    for (key, asker) in answers {
      for (index, size) in zip(searched, asker.sizes) { folds[index].complete(key, size: size) }
    }
  }
}

/// One point on its way through the arrivals of one key.
struct PointStream: Sendable {
  var size: (any FrontierStream)?
  let kernel: VirtualQueue?
  var stand = VirtualQueue.Stand()
  /// The size comes from a search by replay.
  let isSearched: Bool

  mutating func absorb(_ arrivals: UnsafeBufferPointer<Int64>) {
    size?.absorb(arrivals)
    kernel?.absorb(arrivals, &stand)
  }
}

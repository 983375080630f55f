internal import Traffic

/// Groups rows and measures the groups: the fold behind `cube`.
struct CubeFold: TrafficFold {
  /// How a dimension's value comes from a column of the scan.
  enum Key: Sendable {
    case value(Int)
    /// Buckets are grouped by their numbers, which lie close to one another.
    case time(Int, bucket: Int64)
    case statusClass(Int)

    var isTime: Bool { if case .time = self { true } else { false } }

    /// The value of the dimension, of what is grouped by.
    func value(_ grouped: Int64) -> Int64 {
      guard case .time(_, let bucket) = self, grouped != .absent else { return grouped }
      return grouped &* bucket
    }

    /// What the value of the dimension is grouped by.
    func grouped(_ value: Int64) -> Int64 {
      guard case .time(_, let bucket) = self, value != .absent else { return value }
      return value.flooredQuotient(by: bucket)
    }
  }
  enum Measure: Sendable {
    case sum(Int)
    case histogram(Int)
  }

  let keys: [Key]
  let measures: [Measure]
  var groups: GroupTable
  var requests: [Int64] = []
  /// Per measure and group; the one or the other is used.
  var sums: [[(total: Int64, count: Int64)]]
  var histograms: [[HistogramAccumulator]]
  var scratch = CubeScratch()

  init(keys: [Key], measures: [Measure]) {
    self.keys = keys
    self.measures = measures
    groups = GroupTable(dimensions: keys.count)
    sums = Array(repeating: [], count: measures.count)
    histograms = Array(repeating: [], count: measures.count)
  }

  // MARK: Rows

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let rows = batch.rows
    guard rows > 0 else { return }
    var ids = scratch.takeIDs(rows)
    ids.withUnsafeMutableBufferPointer { group(batch, keys, $0) }
    let runs = hasHistograms ? GroupRuns(ids, groups: groups.count) : nil
    count(ids, runs)
    for (index, measure) in measures.enumerated() {
      switch measure {
      case .sum(let column): add(batch[column], ids, to: index)
      case .histogram(let column): if let runs { addHistogram(batch[column], ids, runs, to: index) }
      }
    }
    scratch.giveBack(ids)
  }

  /// Finds the group of every row.
  ///
  /// Some thousand rows at a time, so that their numbers and the tables stay in the nearest caches from level to level.
  mutating func group(_ batch: borrowing ColumnBatch, _ keys: [Key], _ ids: UnsafeMutableBufferPointer<UInt32>) {
    for start in stride(from: 0, to: batch.rows, by: CubeScratch.rows) {
      let rows = start..<min(start + CubeScratch.rows, batch.rows)
      for (level, key) in keys.enumerated() {
        scratch.withValues(key, batch, rows) {
          groups.group(rows.count, ids.baseAddress! + start, by: $0, level: level)
        }
      }
    }
    growToGroups()
  }

  private var hasHistograms: Bool {
    measures.contains { if case .histogram = $0 { true } else { false } }
  }

  /// Makes room for the measures of new groups.
  mutating func growToGroups() {
    let missing = groups.count - requests.count
    guard missing > 0 else { return }
    requests.append(contentsOf: repeatElement(0, count: missing))
    for (index, measure) in measures.enumerated() {
      switch measure {
      case .sum: sums[index].append(contentsOf: repeatElement((total: 0, count: 0), count: missing))
      case .histogram: histograms[index].append(contentsOf: repeatElement(HistogramAccumulator(), count: missing))
      }
    }
  }

  private mutating func count(_ ids: [UInt32], _ runs: GroupRuns?) {
    requests.withUnsafeMutableBufferPointer { requests in
      if let runs {
        for (group, rows) in zip(runs.groups, runs.rows) { requests[group] &+= Int64(rows.count) }
      } else {
        for id in ids { requests[Int(id)] &+= 1 }
      }
    }
  }

  private mutating func add(_ values: UnsafeBufferPointer<Int64>, _ ids: [UInt32], to index: Int) {
    sums[index].withUnsafeMutableBufferPointer { sums in
      for row in 0..<values.count {
        let (id, value) = (Int(ids[row]), values[row])
        // Without a branch, which a column that is often absent would take at random.
        sums[id].total &+= value == .absent ? 0 : value
        sums[id].count &+= value == .absent ? 0 : 1
      }
    }
  }

  private mutating func addHistogram(
    _ values: UnsafeBufferPointer<Int64>, _ ids: [UInt32], _ runs: GroupRuns, to index: Int
  ) {
    scratch.withSorted(values, ids, runs) { sorted, room in
      histograms[index].withUnsafeMutableBufferPointer { histograms in
        for (group, rows) in zip(runs.groups, runs.rows) {
          histograms[group].absorb(UnsafeBufferPointer(rebasing: sorted[rows]), &room)
        }
      }
    }
  }

  // MARK: Merging

  mutating func merge(_ later: CubeFold) {
    let numbers = groups.merge(later.groups)
    growToGroups()
    add(later, to: keys.isEmpty ? [0] : numbers, measures: Array(measures.indices))
  }

  /// Takes in the groups of a finer fold.
  /// - Parameters:
  ///   - dimensions: for each of this fold's, the finer one's; times there are parts of the times here.
  ///   - places: for each of this fold's measures, the finer one's.
  mutating func absorb(_ finer: CubeFold, dimensions: [Int], measures places: [Int]) {
    let rows = finer.requests.count
    guard rows > 0 else { return }
    let columns = finer.groups.columns(of: Set(dimensions))
    var ids = [UInt32](repeating: 0, count: rows)
    ids.withUnsafeMutableBufferPointer { ids in
      for (level, place) in dimensions.enumerated() {
        let (own, other) = (keys[level], finer.keys[place])
        let values = columns[place].map { own.grouped(other.value($0)) }
        values.withUnsafeBufferPointer { groups.group(rows, ids.baseAddress!, by: $0.baseAddress!, level: level) }
      }
    }
    growToGroups()
    add(finer, to: ids, measures: places)
  }

  /// Adds the groups of another fold.
  /// - Parameters:
  ///   - ids: the group here of each group there.
  ///   - places: for each of this fold's measures, the other one's.
  private mutating func add(_ other: CubeFold, to ids: [UInt32], measures places: [Int]) {
    requests.withUnsafeMutableBufferPointer { requests in
      for (group, count) in other.requests.enumerated() { requests[Int(ids[group])] &+= count }
    }
    for (index, place) in places.enumerated() {
      switch measures[index] {
      case .sum: add(other.sums[place], to: ids, index)
      case .histogram: add(other.histograms[place], to: ids, index)
      }
    }
  }

  private mutating func add(_ others: [(total: Int64, count: Int64)], to ids: [UInt32], _ index: Int) {
    sums[index].withUnsafeMutableBufferPointer { sums in
      for (group, other) in others.enumerated() {
        sums[Int(ids[group])].total &+= other.total
        sums[Int(ids[group])].count &+= other.count
      }
    }
  }

  private mutating func add(_ others: [HistogramAccumulator], to ids: [UInt32], _ index: Int) {
    scratch.withRoom { room in
      histograms[index].withUnsafeMutableBufferPointer { histograms in
        // Without a copy of the accumulators.
        others.withUnsafeBufferPointer { others in
          for group in others.indices { histograms[Int(ids[group])].merge(others[group], &room) }
        }
      }
    }
  }

  // MARK: Result

  /// Groups so far.
  var groupCount: Int { requests.count }

  /// Groups with at least one request, by increasing key.
  var cube: Cube {
    // A table without dimensions has its group before any row came.
    guard !requests.isEmpty else { return Cube(cells: []) }
    let order = groups.order.filter { requests[Int($0)] > 0 }
    var keys = groups.keys(of: order)
    let width = self.keys.count
    for (column, key) in self.keys.enumerated() where key.isTime {
      for place in order.indices { keys[place * width + column] = key.value(keys[place * width + column]) }
    }
    var room = BucketCounts()
    return Cube(
      cells: order.enumerated().map { place, group in
        let group = Int(group)
        return Cube.Cell(
          key: Array(keys[place * width..<(place + 1) * width]), requests: requests[group],
          values: measures.indices.map { value(of: $0, group, &room) })
      })
  }

  private func value(of index: Int, _ group: Int, _ room: inout BucketCounts) -> Cube.Value {
    switch measures[index] {
    case .sum: .sum(total: sums[index][group].total, count: sums[index][group].count)
    // Without a copy of the accumulator.
    case .histogram: .histogram(histograms[index].withUnsafeBufferPointer { $0[group].histogram(&room) })
    }
  }
}

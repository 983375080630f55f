internal import Traffic

/// Groups rows and measures the groups: the fold behind `cube`.
struct CubeFold: TrafficFold {
  /// How a dimension's value comes from a column of the scan.
  enum Key: Sendable {
    case value(Int)
    /// Buckets are grouped by their numbers, which lie close to one another.
    case time(Int, bucket: Int64)
    case statusClass(Int)

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
  private var groups: GroupTable
  private var requests: [Int64] = []
  /// Per measure and group; the one or the other is used.
  private var sums: [[(total: Int64, count: Int64)]]
  private var histograms: [[HistogramAccumulator]]
  private var scratch = CubeScratch()

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
    scratch.reserve(rows)
    var ids = scratch.takeIDs(rows)
    ids.withUnsafeMutableBufferPointer { ids in
      for (level, key) in keys.enumerated() {
        scratch.withValues(key, batch) { groups.group(rows, ids.baseAddress!, by: $0, level: level) }
      }
    }
    growToGroups()
    count(ids)
    let runs = hasHistograms ? GroupRuns(ids, groups: groups.count) : nil
    for (index, measure) in measures.enumerated() {
      switch measure {
      case .sum(let column): add(batch[column], ids, to: index)
      case .histogram(let column): if let runs { addHistogram(batch[column], runs, to: index) }
      }
    }
    scratch.giveBack(ids)
  }

  private var hasHistograms: Bool {
    measures.contains { if case .histogram = $0 { true } else { false } }
  }

  private mutating func growToGroups() {
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

  private mutating func count(_ ids: [UInt32]) {
    requests.withUnsafeMutableBufferPointer { requests in
      for id in ids { requests[Int(id)] &+= 1 }
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

  private mutating func addHistogram(_ values: UnsafeBufferPointer<Int64>, _ runs: GroupRuns, to index: Int) {
    guard runs.groups.count > 1 else {
      histograms[index][runs.groups[0]].absorb(values)
      return
    }
    runs.sorted(values).withUnsafeBufferPointer { sorted in
      for (place, group) in runs.groups.enumerated() {
        let part = UnsafeBufferPointer(rebasing: sorted[runs.starts[place]..<runs.starts[place + 1]])
        histograms[index][group].absorb(part)
      }
    }
  }

  // MARK: Merging

  mutating func merge(_ later: CubeFold) {
    let numbers = groups.merge(later.groups)
    growToGroups()
    let places = Array(measures.indices)
    for group in later.requests.indices { add(later, group, places, to: keys.isEmpty ? 0 : Int(numbers[group])) }
  }

  /// Takes in a group that was measured before.
  mutating func add(key: [Int64], requests added: Int64, _ values: [Cube.Value]) {
    let id = groups.group(of: zip(keys, key).map { $0.grouped($1) })
    growToGroups()
    requests[id] &+= added
    for (index, value) in values.enumerated() {
      switch (measures[index], value) {
      case (.sum, .sum(let total, let count)):
        sums[index][id].total &+= total
        sums[index][id].count &+= count
      case (.histogram, .histogram(let histogram)): histograms[index][id].merge(histogram)
      default: preconditionFailure("values come in the order of the measures")
      }
    }
  }

  /// Takes in the groups of a finer fold.
  /// - Parameters:
  ///   - dimensions: for each of this fold's, the finer one's; times there are parts of the times here.
  ///   - places: for each of this fold's measures, the finer one's.
  mutating func absorb(_ finer: CubeFold, dimensions: [Int], measures places: [Int]) {
    let rows = finer.requests.count
    guard rows > 0 else { return }
    var ids = [UInt32](repeating: 0, count: rows)
    ids.withUnsafeMutableBufferPointer { ids in
      for (level, place) in dimensions.enumerated() {
        let (own, other) = (keys[level], finer.keys[place])
        let values = finer.groups.values(of: place).map { own.grouped(other.value($0)) }
        values.withUnsafeBufferPointer { groups.group(rows, ids.baseAddress!, by: $0.baseAddress!, level: level) }
      }
    }
    growToGroups()
    for (row, id) in ids.enumerated() { add(finer, row, places, to: Int(id)) }
  }

  private mutating func add(_ finer: CubeFold, _ group: Int, _ places: [Int], to id: Int) {
    requests[id] &+= finer.requests[group]
    for (index, place) in places.enumerated() {
      switch measures[index] {
      case .sum:
        sums[index][id].total &+= finer.sums[place][group].total
        sums[index][id].count &+= finer.sums[place][group].count
      case .histogram: histograms[index][id].merge(finer.histograms[place][group])
      }
    }
  }

  // MARK: Result

  /// Groups so far.
  var groupCount: Int { requests.count }

  /// Groups with at least one request, by increasing key.
  var cube: Cube {
    var cells: [Cube.Cell] = []
    for group in requests.indices where requests[group] > 0 {
      let values = measures.indices.map { index -> Cube.Value in
        switch measures[index] {
        case .sum: .sum(total: sums[index][group].total, count: sums[index][group].count)
        case .histogram: .histogram(histograms[index][group].histogram)
        }
      }
      let key = zip(keys, groups.key(of: group)).map { $0.value($1) }
      cells.append(Cube.Cell(key: key, requests: requests[group], values: values))
    }
    cells.sort { $0.key.lexicographicallyPrecedes($1.key) }
    return Cube(cells: cells)
  }
}

import Statistics
import Traffic

/// Groups rows by route, method and, where asked, request class.
struct RouteGrouping: Sendable {
  /// Columns of both readings, in this order; without `byClass` the selection stops before `cache`.
  static let columns: [ScanColumn] = [
    .stored(.duration), .stored(.status), .stored(.outcome), .stored(.method), .route, .stored(.cache),
    .stored(.limit),
  ]
  static let columnsWithoutClass = 5

  let byClass: Bool
  private(set) var table: GroupTable
  /// Of each row of a batch.
  private var classes: [Int64] = []

  init(byClass: Bool) {
    self.byClass = byClass
    table = GroupTable(dimensions: byClass ? 3 : 2)
  }

  /// - Parameter batch: with the columns above.
  mutating func group(_ batch: borrowing ColumnBatch, _ rows: inout GroupedRows) {
    let (method, route) = (batch[3], batch[4])
    guard byClass else { return rows.assign(rows: batch.rows, in: &table, by: [route, method]) }
    classify(batch)
    classes.withUnsafeBufferPointer { rows.assign(rows: batch.rows, in: &table, by: [route, method, $0]) }
  }

  private mutating func classify(_ batch: borrowing ColumnBatch) {
    let (status, cache, limit) = (batch[1], batch[5], batch[6])
    classes.removeAll(keepingCapacity: true)
    for row in 0..<batch.rows {
      classes.append(RequestClass.of(status: status[row], limit: limit[row], cache: cache[row]).rawValue)
    }
  }

  /// Takes in the groups of later rows.
  /// - Returns: the number here of each of the other's groups.
  mutating func merge(_ later: Self) -> [Int] { table.merge(later.table).map { Int($0) } }

  /// Route, method and, where asked, class of each group, by its number.
  var keys: [(route: Int64, method: Int64, requestClass: RequestClass?)] {
    let columns = table.columns
    return (0..<table.count).map { (columns[0][$0], columns[1][$0], byClass ? RequestClass(rawValue: columns[2][$0]) : nil) }
  }
}

/// First reading: totals, bucket counts and arrivals per second.
struct RouteTally: TrafficFold {
  static let columns = RouteGrouping.columns + [.stored(.arrival)]

  var grouping: RouteGrouping
  var totals: [RequestTotals] = []
  var latency: [LatencySketch] = []
  var seconds = PeriodCounts(period: .second)
  /// What was read, for the selection of exact values.
  private(set) var tape = DurationTape()
  private var durations = GroupedRows()

  init(byClass: Bool) { grouping = RouteGrouping(byClass: byClass) }

  /// Latency of all groups together.
  var overall: LatencySketch { latency.reduce(into: LatencySketch()) { $0.merge($1) } }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (duration, status, outcome) = (batch[0], batch[1], batch[2])
    let (cache, limit) = (batch[5], batch[6])
    grouping.group(batch, &durations)
    while totals.count < grouping.table.count { totals.append(RequestTotals()) }
    totals.withUnsafeMutableBufferPointer { totals in
      durations.filter { row, group in
        totals[group].add(status: status[row], limit: limit[row], cache: cache[row], count: 1)
        return totals[group].addDuration(duration[row], status: status[row], outcome: outcome[row])
      }
    }
    seconds.record(batch[7])
    durations.gather(duration, groups: totals.count)
    while latency.count < totals.count { latency.append(LatencySketch()) }
    durations.forEachGroup { group, values in latency[group].add(contentsOf: values) }
    tape.record(durations)
  }

  mutating func merge(_ later: Self) {
    let numbers = grouping.merge(later.grouping)
    for (index, group) in numbers.enumerated() {
      if group == totals.count {
        totals.append(later.totals[index])
        latency.append(later.latency[index])
      } else {
        totals[group].add(later.totals[index])
        latency[group].merge(later.latency[index])
      }
    }
    tape.append(later.tape, numbers: numbers)
    seconds.merge(later.seconds)
  }
}

/// The values inside the buckets that hold the wanted ranks, from the tape or from a second reading.
struct RouteSelection: TrafficFold {
  private var grouping: RouteGrouping
  private(set) var groups: [RankSelection]
  private(set) var overall: RankSelection
  /// Rows of groups that the first reading did not have.
  private var strangers = 0
  private var durations = GroupedRows()

  init(_ tally: RouteTally) {
    grouping = tally.grouping
    let quantiles = ReportedQuantile.all.map(\.quantile)
    groups = tally.latency.map { RankSelection($0, quantiles) }
    overall = RankSelection(tally.overall, quantiles)
  }

  mutating func collect(_ values: UnsafeBufferPointer<Int64>, group: Int) {
    groups[group].collect(values)
    overall.collect(values)
  }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (duration, status, outcome) = (batch[0], batch[1], batch[2])
    let known = groups.count
    var unknown = 0
    grouping.group(batch, &durations)
    durations.filter { row, group in
      let counts = duration[row] >= 0 && StatusRule.countsForLatency(status: status[row], outcome: outcome[row])
      unknown &+= counts && group >= known ? 1 : 0
      return counts
    }
    strangers += unknown
    durations.gather(duration, groups: known)
    durations.forEachGroup { group, values in collect(values, group: group) }
  }

  mutating func merge(_ later: Self) {
    strangers += later.strangers
    for index in groups.indices { groups[index].merge(later.groups[index]) }
    overall.merge(later.overall)
  }

  /// - Throws: `changedWhileReading` when the second reading found other rows than the first.
  func check() throws(AnalysisError) {
    guard strangers == 0 else { throw .changedWhileReading }
  }
}

extension LatencySummary {
  /// Exact percentiles: the sketch's counts, the selection's values.
  init(_ sketch: LatencySketch, _ selection: RankSelection) throws(AnalysisError) {
    let values: [Int64?]
    do {
      values = try selection.values()
    } catch {
      throw .changedWhileReading
    }
    self.init(
      samples: Int64(clamping: sketch.count), quantiles: values.map { $0.map { Microseconds($0) } },
      maximum: sketch.maximum.map { Microseconds($0) }, isExact: true)
  }
}

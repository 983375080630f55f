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
  var table = KeyTable()

  @inline(__always)
  mutating func group(method: Int64, route: Int64, requestClass: @autoclosure () -> RequestClass) -> Int {
    table.index(of: GroupKey(first: route, second: method, third: byClass ? requestClass().rawValue : 0))
  }
}

/// First reading: totals, bucket counts and arrivals per second.
struct RouteTally: TrafficFold {
  static let columns = RouteGrouping.columns + [.stored(.arrival)]

  var grouping: RouteGrouping
  var totals: [RequestTotals] = []
  var latency: [LatencySketch] = []
  var overall = LatencySketch()
  var seconds = PeriodCounts(period: .second)
  private var durations = GroupedDurations()

  init(byClass: Bool) { grouping = RouteGrouping(byClass: byClass) }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (duration, status, outcome) = (batch[0], batch[1], batch[2])
    let (method, route, cache, limit) = (batch[3], batch[4], batch[5], batch[6])
    durations.assign(rows: batch.rows) { row in
      let group = grouping.group(
        method: method[row], route: route[row],
        requestClass: RequestClass.of(status: status[row], limit: limit[row], cache: cache[row]))
      if group == totals.count { totals.append(RequestTotals()) }
      totals[group].add(status: status[row], limit: limit[row], cache: cache[row], count: 1)
      let counts = totals[group].addDuration(duration[row], status: status[row], outcome: outcome[row])
      return counts ? Int32(group) : -1
    }
    seconds.record(batch[7])
    durations.gather(duration, groups: totals.count)
    while latency.count < totals.count { latency.append(LatencySketch()) }
    durations.forEachGroup { group, values in latency[group].add(contentsOf: values) }
    durations.withAll { overall.add(contentsOf: $0) }
  }

  mutating func merge(_ later: Self) {
    for (index, key) in later.grouping.table.keys.enumerated() {
      let group = grouping.table.index(of: key)
      if group == totals.count {
        totals.append(later.totals[index])
        latency.append(later.latency[index])
      } else {
        totals[group].add(later.totals[index])
        latency[group].merge(later.latency[index])
      }
    }
    overall.merge(later.overall)
    seconds.merge(later.seconds)
  }
}

/// Second reading: the values inside the buckets that hold the wanted ranks.
struct RouteSelection: TrafficFold {
  var grouping: RouteGrouping
  var selections: [BucketSelection]
  var overall: BucketSelection
  /// Rows of groups that the first reading did not have.
  private(set) var strangers = 0
  private var durations = GroupedDurations()

  init(_ tally: RouteTally) {
    grouping = tally.grouping
    selections = tally.latency.map { BucketSelection(buckets: $0.wantedBuckets) }
    overall = BucketSelection(buckets: tally.overall.wantedBuckets)
  }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (duration, status, outcome, method, route) = (batch[0], batch[1], batch[2], batch[3], batch[4])
    let known = selections.count
    var unknown = 0
    let cache = grouping.byClass ? batch[5] : status
    let limit = grouping.byClass ? batch[6] : status
    durations.assign(rows: batch.rows) { row in
      guard duration[row] >= 0, StatusRule.countsForLatency(status: status[row], outcome: outcome[row]) else {
        return -1
      }
      let group = grouping.group(
        method: method[row], route: route[row],
        requestClass: RequestClass.of(status: status[row], limit: limit[row], cache: cache[row]))
      if group >= known { unknown += 1 }
      return group < known ? Int32(group) : -1
    }
    strangers += unknown
    durations.gather(duration, groups: known)
    durations.forEachGroup { group, values in selections[group].collect(values) }
    durations.withAll { overall.collect($0) }
  }

  mutating func merge(_ later: Self) {
    strangers += later.strangers
    for index in selections.indices { selections[index].merge(later.selections[index]) }
    overall.merge(later.overall)
  }
}

extension LatencySketch {
  /// Buckets that hold the rank of a quantile with enough samples.
  var wantedBuckets: Set<Int> {
    Set(supported.map { locate(rank: $0.rank(in: Int(clamping: count))).bucket })
  }

  private var supported: [Quantile] {
    ReportedQuantile.all.map(\.quantile).filter { $0.isSupported(by: Int(clamping: count)) }
  }

  /// Exact percentiles from the second reading.
  func summary(_ selection: BucketSelection) throws(AnalysisError) -> LatencySummary {
    let supported = supported
    var quantiles: [Microseconds?] = []
    for reported in ReportedQuantile.all {
      guard supported.contains(reported.quantile) else {
        quantiles.append(nil)
        continue
      }
      let place = locate(rank: reported.quantile.rank(in: Int(clamping: count)))
      guard let value = selection.value(bucket: place.bucket, rank: Int64(place.rankInside)) else {
        throw .changedWhileReading
      }
      quantiles.append(Microseconds(value))
    }
    return LatencySummary(
      samples: Int64(clamping: count), quantiles: quantiles, maximum: maximum.map { Microseconds($0) },
      isExact: true)
  }
}

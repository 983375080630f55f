import Statistics
public import Traffic

/// How close does everybody come to their limits, and when would they hit them?
///
/// Pressure is what is offered, not what is let through. One scan in order of arrival per group of limits that share
/// key and conditions. Without limits to ask about, callers' limits are inferred from rejections where these show one,
/// and everybody's peaks are told.
public struct QuotaPressure: Question {
  /// One limit and one key.
  public struct Row: Hashable, Sendable {
    public var limit: QuotaLimit?
    /// Where there is no `limit`: what the rejections show.
    public var inferred: QuotaCeiling?
    public var key: [String]
    /// The window that loads are of, and the requests it admits; nil where no limit is known.
    public var window: QuotaWindow
    public var admitted: Int64?
    public var attempts: Int64
    /// Attempts that the log says were rejected, by whatever limit.
    public var rejected: Int64
    public var loads: WindowLoads
    /// Most requests of one window; of any stretch as long for a sliding limit.
    public var peak: Int64
    /// Start of the busiest window.
    public var peakStart: Timestamp
    /// Consecutive windows above 80 %, from the start of the first to the end of the last.
    public var longestRun: Microseconds
    public var bucket: BucketLevel?
    public var forecast: QuotaForecast?
    /// Of the key's fresh demand, never served (`RetryChains`); nil where the row is not of all requests of one caller
    /// that was rejected.
    public var unservedShare: Double?

    /// Peak over what a window admits.
    public var peakUtilization: Double? { admitted.map { Double(peak) / Double(max(1, $0)) } }
  }

  public struct Answer: Sendable {
    /// By falling peak utilisation, then by limit and key.
    public var rows: [Row]
    /// Rows without a limit: by falling peak.
    public var peaks: [Row]
    /// First and last arrival of what was counted.
    public var first: Timestamp?
    public var last: Timestamp?
    /// Rejections of the traffic; nothing is inferred without any.
    public var rejected: Int64
    public var retries: RetryChains.Answer?
  }

  public var scope: Scope
  /// Empty: infer what can be inferred.
  public var limits: [QuotaLimit]
  /// Which of them apply to a request; nil: all do.
  public var selector: QuotaSelector?

  public init(scope: Scope = Scope(), limits: [QuotaLimit] = [], selector: QuotaSelector? = nil) {
    self.scope = scope
    self.limits = limits
    self.selector = selector
  }

  /// Sliding windows up to this length are counted exactly; of longer ones the aligned windows are told.
  static let longestSliding = Microseconds.hour

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let callers = QuotaKeys(key: [.stored(.consumer)], missing: .clientAddress, isPerNode: false)
    var ceilings = try await traffic.scan(request(callers.columns), CeilingTally(callers))
    var answer = Answer(rows: [], peaks: [], rejected: ceilings.rejected)
    guard ceilings.first <= ceilings.last else { return answer }
    let span = Span(first: ceilings.first, last: ceilings.last)
    (answer.first, answer.last) = (Timestamp(microseconds: span.first), Timestamp(microseconds: span.last))
    if ceilings.rejected > 0 { answer.retries = try await RetryChains(scope: scope).answer(from: traffic) }
    if limits.isEmpty {
      try await infer(ceilings.finish(), callers, span, traffic, into: &answer)
    } else {
      for group in groups { answer.rows += try await rows(of: group, span, traffic, answer.retries) }
    }
    answer.rows.sort(by: Self.isBefore)
    answer.peaks.sort(by: Self.isBefore)
    return answer
  }

  struct Span {
    var first: Int64
    var last: Int64
  }

  private func request(_ columns: [ScanColumn]) -> ScanRequest {
    ScanRequest(columns: columns, filter: scope.filter, order: .arrival, threads: scope.threads)
  }

  // MARK: Known limits

  /// Numbers of limits that one scan can answer, in order of their first.
  private var groups: [[Int]] {
    var groups: [[Int]] = []
    for (number, limit) in limits.enumerated() {
      let index = groups.firstIndex { group in
        let first = limits[group[0]]
        return first.key == limit.key && first.missing == limit.missing && first.isPerNode == limit.isPerNode
      }
      if let index { groups[index].append(number) } else { groups.append([number]) }
    }
    return groups
  }

  private func rows(
    of group: [Int], _ span: Span, _ traffic: any TrafficSource, _ retries: RetryChains.Answer?
  ) async throws -> [Row] {
    let first = limits[group[0]]
    let keys = QuotaKeys(key: first.key, missing: first.missing, isPerNode: first.isPerNode)
    let selection = selector.map { QuotaSelection($0, among: group) }
    var load = QuotaLoad(keys, group.map { Self.meter(of: limits[$0]) }, selection)
    load = try await traffic.scan(request(keys.columns + (selector?.columns ?? [])), load)
    // Retry chains are of callers; a key that is something else has no chains of its own.
    let isCaller = keys.key == [.stored(.consumer)] && !keys.isPerNode
    return Self.rows(of: &load, span, traffic) { row, key, meter in
      row.limit = limits[group[meter]]
      guard isCaller, key.first != .absent else { return }
      row.unservedShare = Self.unservedShare(of: row, retries?.byCaller[key.first])
    }.filter { $0.attempts > 0 }
  }

  private static func meter(of limit: QuotaLimit) -> QuotaLoad.Meter {
    let (admitted, window) = limit.window
    var meter = QuotaLoad.Meter(window: window, limit: admitted)
    switch limit.meter {
    case .window: break
    case .sliding: meter.slides = window.length <= longestSliding
    case .bucket(let count, let period, let capacity):
      meter.bucket = BucketLevel(count: count, period: period, capacity: capacity)
    }
    return meter
  }

  // MARK: Inferred limits

  private func infer(
    _ accepted: [(key: GroupKey, accepted: [[WindowLoads.Level]])], _ keys: QuotaKeys, _ span: Span,
    _ traffic: any TrafficSource, into answer: inout Answer
  ) async throws {
    var ceilings: [GroupKey: QuotaCeiling] = [:]
    var meters = CeilingTally.windows.map { QuotaLoad.Meter(window: .fixed(length: $0.count, origin: 0)) }
    for (key, accepted) in accepted {
      guard let ceiling = QuotaCeiling(accepted, lengths: CeilingTally.windows),
        let meter = CeilingTally.windows.firstIndex(of: ceiling.window)
      else { continue }
      ceilings[key] = ceiling
      meters[meter].limits[key.first] = ceiling.limit
    }
    var load = try await traffic.scan(request(keys.columns), QuotaLoad(keys, meters))
    let retries = answer.retries
    let rows = Self.rows(of: &load, span, traffic) { row, key, meter in
      if ceilings[key]?.window == CeilingTally.windows[meter] { row.inferred = ceilings[key] }
      row.unservedShare = Self.unservedShare(of: row, retries?.byCaller[key.first])
    }
    answer.rows = rows.filter { $0.inferred != nil }
    answer.peaks = rows.filter { $0.inferred == nil }
  }

  // MARK: Rows

  /// Of a caller's demand; nil where the row is not of all its requests, or demand is not known.
  private static func unservedShare(of row: Row, _ retries: RetryChains.Row?) -> Double? {
    guard let retries, retries.tellsRetries, retries.attempts == row.attempts else { return nil }
    return retries.unservedShare
  }

  private static func rows(
    of load: inout QuotaLoad, _ span: Span, _ traffic: any TrafficSource,
    _ complete: (inout Row, GroupKey, Int) -> Void
  ) -> [Row] {
    load.finish(at: span.last)
    let loads = load.loads(first: span.first, last: span.last)
    let days = load.requestsByDay
    return load.readings.indices.map { index in
      let (key, meter) = index.quotientAndRemainder(dividingBy: load.meters.count)
      let reading = load.readings[index]
      var row = Row(
        key: load.keys.texts(load.table.keys[key], traffic), window: load.meters[meter].window,
        admitted: reading.limit, attempts: reading.attempts, rejected: reading.rejected,
        loads: loads[index], peak: max(reading.peak, reading.slidingPeak),
        peakStart: Timestamp(microseconds: reading.peakStart), longestRun: Microseconds(reading.longestRun),
        bucket: load.buckets.isEmpty ? nil : load.buckets[index])
      row.forecast = forecast(reading, row.window, days[index] ?? [:], span)
      complete(&row, load.table.keys[key], meter)
      return row
    }
  }

  private static func forecast(
    _ reading: QuotaLoad.Reading, _ window: QuotaWindow, _ days: [Int64: Int64], _ span: Span
  ) -> QuotaForecast? {
    guard window.isLong, let limit = reading.limit else { return nil }
    let isOpen = reading.start <= span.last && span.last < reading.end
    let (start, end) = isOpen ? (reading.start, reading.end) : window.bounds(around: span.last)
    return QuotaForecast(
      used: isOpen ? reading.offered : 0, limit: limit, start: Timestamp(microseconds: max(start, span.first)),
      now: Timestamp(microseconds: span.last), end: Timestamp(microseconds: end),
      days: fullDays(span).map { days[$0] ?? 0 })
  }

  /// First instants of the UTC days that the traffic covers to 95 %.
  static func fullDays(_ span: Span) -> [Int64] {
    let day = Microseconds.day.count
    let first = QuotaWindow.fixed(length: day, origin: 0).bounds(around: span.first).start
    var days: [Int64] = []
    var start = span.first &- first <= day / 20 ? first : first &+ day
    // A span of more than ten years is a mistake in a time stamp.
    while start <= span.last &- (day - day / 20), days.count < 3_660 {
      days.append(start)
      start += day
    }
    return days
  }

  private static func isBefore(_ a: Row, _ b: Row) -> Bool {
    let (left, right) = (a.peakUtilization ?? Double(a.peak), b.peakUtilization ?? Double(b.peak))
    if left != right { return left > right }
    if a.limit?.name != b.limit?.name { return (a.limit?.name ?? "") < (b.limit?.name ?? "") }
    return a.key.lexicographicallyPrecedes(b.key)
  }
}

import Statistics
public import Traffic

/// How many requests kept a latency promise, in every step of time, and how much of their time was the gateway's?
///
/// One reading of five columns, exact counts. Requests that live on in rollups are not seen.
public struct PromiseKept: Question, Hashable {
  public struct Counts: Hashable, Sendable {
    /// Requests whose duration counts for latency.
    public var samples: Int64 = 0
    /// Of them, those that took longer than promised.
    public var late: Int64 = 0
    /// Of them, those that took longer than four times what was promised.
    public var frustrated: Int64 = 0
    public var withStatus: Int64 = 0
    /// Status 5xx.
    public var failed: Int64 = 0

    mutating func add(_ other: Self) {
      samples += other.samples
      late += other.late
      frustrated += other.frustrated
      withStatus += other.withStatus
      failed += other.failed
    }

    /// Apdex with the promise as T: those in time and half of those up to 4 T, of all samples.
    public var apdex: Double? {
      guard samples > 0 else { return nil }
      return (Double(samples - late) + Double(late - frustrated) / 2) / Double(samples)
    }
  }

  /// Durations of requests whose log tells the upstream's share.
  public struct Part: Hashable, Sendable {
    public var sum: Int64
    public var latency: LatencySummary

    init(_ sketch: LatencySketch) {
      sum = Int64(clamping: sketch.sum)
      latency = LatencySummary(sketch)
    }
  }

  public struct Answer: Sendable {
    public var total: Counts
    /// Steps with requests, in order of time.
    public var steps: [(start: Timestamp, counts: Counts)]
    public var whole: Part
    public var upstream: Part
    /// Whole − upstream, never below 0.
    public var gateway: Part
  }

  public var scope: Scope
  public var promise: Microseconds
  public var step: Microseconds

  public init(scope: Scope = Scope(), promise: Microseconds, step: Microseconds) {
    precondition(step.count > 0, "a step has a length")
    self.scope = scope
    self.promise = promise
    self.step = step
  }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let fold = try await traffic.scan(
      ScanRequest(columns: PromiseFold.columns, filter: scope.filter, threads: scope.threads),
      PromiseFold(promise: promise.count, step: step.count))
    let steps = fold.steps.sorted { $0.key < $1.key }
    return Answer(
      total: steps.reduce(into: Counts()) { $0.add($1.value) },
      steps: steps.map { (Timestamp(microseconds: $0.key), $0.value) }, whole: Part(fold.whole),
      upstream: Part(fold.upstream), gateway: Part(fold.gateway))
  }
}

private struct PromiseFold: TrafficFold {
  static let columns: [ScanColumn] = [
    .stored(.arrival), .stored(.duration), .stored(.status), .stored(.outcome), .stored(.upstreamDuration),
  ]

  let promise: Int64
  let patience: Int64
  let step: Int64
  var steps: [Int64: PromiseKept.Counts] = [:]
  var whole = LatencySketch()
  var upstream = LatencySketch()
  var gateway = LatencySketch()

  init(promise: Int64, step: Int64) {
    self.promise = promise
    patience = promise > .max / 4 ? .max : promise * 4
    self.step = step
  }

  /// Rows that are worked on together, so that what the one loop reads is near for the other. No power of two: what is
  /// written so far apart would share places in a cache.
  private static let block = 4_000

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    for start in stride(from: 0, to: batch.rows, by: Self.block) {
      let rows = start..<min(start + Self.block, batch.rows)
      count(batch, rows)
      measure(batch, rows)
    }
  }

  /// Rows come nearly in order: the counts of a step are looked up once per run of rows in it. What else a row is cannot
  /// be predicted, so that nothing branches on it.
  private mutating func count(_ batch: borrowing ColumnBatch, _ rows: Range<Int>) {
    let (arrival, duration, status, outcome) = (batch[0], batch[1], batch[2], batch[3])
    var start = Int64.min
    var end = Int64.min
    var counts = PromiseKept.Counts()
    for row in rows {
      if arrival[row] < start || arrival[row] >= end {
        keep(counts, at: start, isKnown: end != .min)
        counts = PromiseKept.Counts()
        start = arrival[row].flooredMultiple(of: step)
        end = start &+ step
      }
      let isSample = duration[row] >= 0 && StatusRule.countsForLatency(status: status[row], outcome: outcome[row])
      counts.withStatus &+= status[row] != .absent ? 1 : 0
      counts.failed &+= StatusRule.isServerError(status[row]) ? 1 : 0
      counts.samples &+= isSample ? 1 : 0
      counts.late &+= isSample && duration[row] > promise ? 1 : 0
      counts.frustrated &+= isSample && duration[row] > patience ? 1 : 0
    }
    keep(counts, at: start, isKnown: end != .min)
  }

  private mutating func keep(_ counts: PromiseKept.Counts, at start: Int64, isKnown: Bool) {
    if isKnown { steps[start, default: PromiseKept.Counts()].add(counts) }
  }

  private mutating func measure(_ batch: borrowing ColumnBatch, _ rows: Range<Int>) {
    let (duration, status, outcome, upstream) = (batch[1], batch[2], batch[3], batch[4])
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: 3 * Self.block) { room in
      var kept = 0
      for row in rows {
        let (whole, upstream) = (duration[row], upstream[row])
        // Written whether it counts or not: a branch would be mispredicted as often as the cache answers.
        room[kept] = whole
        room[Self.block &+ kept] = upstream
        room[2 &* Self.block &+ kept] = max(0, whole &- upstream)
        let isThere = (whole | upstream) >= 0 ? 1 : 0
        kept &+= isThere & (StatusRule.countsForLatency(status: status[row], outcome: outcome[row]) ? 1 : 0)
      }
      whole.add(contentsOf: UnsafeBufferPointer(rebasing: room[..<kept]))
      self.upstream.add(contentsOf: UnsafeBufferPointer(rebasing: room[Self.block..<(Self.block + kept)]))
      gateway.add(contentsOf: UnsafeBufferPointer(rebasing: room[(2 * Self.block)..<(2 * Self.block + kept)]))
    }
  }

  mutating func merge(_ later: Self) {
    steps.merge(later.steps) { a, b in
      var sum = a
      sum.add(b)
      return sum
    }
    whole.merge(later.whole)
    upstream.merge(later.upstream)
    gateway.merge(later.gateway)
  }
}

import Statistics
public import Traffic

/// Who may have sent a quarter of all requests in some ten minutes? In one pass, whatever the number of callers.
///
/// In each step eight counters follow the most frequent callers; a counter falls short of the truth by a ninth of the
/// step's requests at most. Whoever sent a quarter is in the answer; count exactly before anything is said.
/// - Source: Misra and Gries, *Finding repeated elements*, 1982; merged as in Agarwal et al., *Mergeable summaries*, 2012.
public struct HeavyCallers: Question, Hashable {
  public struct Step: Hashable, Sendable {
    public var start: Int64
    public var requests: Int64
  }

  /// Somebody who may be heavy, and the step to look at first.
  public struct Candidate: Hashable, Sendable {
    public var caller: RetryChains.Caller
    public var step: Step
  }

  public struct Answer: Hashable, Sendable {
    /// By how many requests the counters still held in their best step; then by name.
    public var callers: [Candidate]
    /// Ten minutes each, ascending; only those with requests.
    public var steps: [Step]
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  /// A quarter less a ninth is more than this part of a step's requests, 1/share.
  private static let part: Int64 = 8

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let columns: [ScanColumn] = [.stored(.arrival), .stored(.consumer), .stored(.client)]
    let fold = try await traffic.scan(
      ScanRequest(columns: columns, filter: scope.filter, threads: scope.threads), Fold())
    var best: [Int64: (held: Int64, step: Step)] = [:]
    for (start, step) in fold.steps.sorted(by: { $0.key < $1.key }) {
      for (caller, held) in step.counters where caller != .absent && held * Self.part >= step.requests {
        if held > best[caller]?.held ?? 0 { best[caller] = (held, Step(start: start, requests: step.requests)) }
      }
    }
    let callers = best.map { (Candidate(caller: RetryChains.caller($0.key, traffic), step: $0.value.step), $0.value.held) }
      .sorted { ($1.1, $0.0.caller) < ($0.1, $1.0.caller) }
    return Answer(
      callers: callers.map(\.0),
      steps: fold.steps.sorted { $0.key < $1.key }.map { Step(start: $0.key, requests: $0.value.requests) })
  }

  private struct Fold: TrafficFold {
    var steps: [Int64: FrequentCallers] = [:]

    mutating func absorb(_ batch: borrowing ColumnBatch) {
      let (arrival, consumer, client) = (batch[0], batch[1], batch[2])
      var start = Int64.absent
      var current = FrequentCallers()
      for row in 0..<batch.rows {
        if start == .absent || arrival[row] < start || arrival[row] &- start >= RouteSteps.length {
          if start != .absent { steps[start] = current }
          start = arrival[row] &- arrival[row].flooredRemainder(by: RouteSteps.length)
          current = steps[start] ?? FrequentCallers()
        }
        current.add(RecordedAttempt.caller(consumer: consumer[row], client: client[row]))
      }
      if start != .absent { steps[start] = current }
    }

    mutating func merge(_ later: Self) {
      for (start, counters) in later.steps { steps[start, default: FrequentCallers()].merge(counters) }
    }
  }
}

/// Requests of a part of the night in every ten minutes, by start.
public struct StepCounts: Question, Hashable {
  public var scope: Scope
  public init(scope: Scope) { self.scope = scope }

  public func answer(from traffic: any TrafficSource) async throws -> [Int64: Int64] {
    let fold = try await traffic.scan(
      ScanRequest(columns: [.stored(.arrival)], filter: scope.filter, threads: scope.threads), Fold())
    return fold.counts
  }

  private struct Fold: TrafficFold {
    var counts: [Int64: Int64] = [:]

    mutating func absorb(_ batch: borrowing ColumnBatch) {
      let arrival = batch[0]
      for row in 0..<batch.rows {
        counts[arrival[row] &- arrival[row].flooredRemainder(by: RouteSteps.length), default: 0] += 1
      }
    }

    mutating func merge(_ later: Self) { counts.merge(later.counts) { $0 + $1 } }
  }
}

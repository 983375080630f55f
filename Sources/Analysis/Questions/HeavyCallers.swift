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

  public struct Answer: Hashable, Sendable {
    /// By how many requests the counters still held in their best step; then by name.
    public var callers: [RetryChains.Caller]
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
    var best: [Int64: Int64] = [:]
    for step in fold.steps.values {
      for (caller, count) in step.counters where caller != .absent && count * Self.part >= step.requests {
        best[caller] = max(best[caller] ?? 0, count)
      }
    }
    let callers = best.map { (RetryChains.caller($0.key, traffic), $0.value) }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    return Answer(
      callers: callers.map(\.0),
      steps: fold.steps.sorted { $0.key < $1.key }.map { Step(start: $0.key, requests: $0.value.requests) })
  }

  private struct Counters: Sendable {
    static let places = 8
    var requests: Int64 = 0
    var keys = SIMD8<Int64>(repeating: .absent)
    var counts = SIMD8<Int64>(repeating: 0)

    var counters: [(Int64, Int64)] {
      (0..<Self.places).filter { counts[$0] > 0 }.map { (keys[$0], counts[$0]) }
    }

    @inline(__always)
    mutating func add(_ key: Int64) {
      requests &+= 1
      for place in 0..<Self.places where keys[place] == key && counts[place] > 0 {
        counts[place] &+= 1
        return
      }
      for place in 0..<Self.places where counts[place] == 0 {
        keys[place] = key
        counts[place] = 1
        return
      }
      counts &-= 1
    }

    /// Adds equal keys up, then takes the ninth largest count off all.
    mutating func merge(_ later: Self) {
      requests += later.requests
      var sums: [Int64: Int64] = [:]
      for (key, count) in counters + later.counters { sums[key, default: 0] += count }
      let largest = sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      let off = largest.count > Self.places ? largest[Self.places].value : 0
      keys = SIMD8(repeating: .absent)
      counts = SIMD8(repeating: 0)
      for (place, entry) in largest.prefix(Self.places).enumerated() where entry.value > off {
        keys[place] = entry.key
        counts[place] = entry.value - off
      }
    }
  }

  private struct Fold: TrafficFold {
    var steps: [Int64: Counters] = [:]

    mutating func absorb(_ batch: borrowing ColumnBatch) {
      let (arrival, consumer, client) = (batch[0], batch[1], batch[2])
      var start = Int64.absent
      var current = Counters()
      for row in 0..<batch.rows {
        if start == .absent || arrival[row] < start || arrival[row] &- start >= RouteSteps.length {
          if start != .absent { steps[start] = current }
          start = arrival[row] &- arrival[row].flooredRemainder(by: RouteSteps.length)
          current = steps[start] ?? Counters()
        }
        current.add(RecordedAttempt.caller(consumer: consumer[row], client: client[row]))
      }
      if start != .absent { steps[start] = current }
    }

    mutating func merge(_ later: Self) {
      for (start, counters) in later.steps { steps[start, default: Counters()].merge(counters) }
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

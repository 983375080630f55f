public import Statistics
public import Traffic

/// How long did successes of an upstream take inside a stretch of time, and how long outside of it? Exact.
///
/// Requests that a limiter made wait are left out: their wait is not the route's.
public struct StretchLatency: Question, Hashable {
  public struct Answer: Sendable {
    public var inside: Part
    public var outside: Part
  }

  public struct Part: Sendable {
    /// Rising, µs.
    public fileprivate(set) var durations: [Int64] = []
    /// Of requests whose log tells both times: in all, and with upstreams.
    public fileprivate(set) var duration: Int64 = 0
    public fileprivate(set) var upstream: Int64 = 0

    public var samples: Int64 { Int64(durations.count) }

    /// The value of nearest rank; nil where the tail would hold fewer than ten.
    public func quantile(_ quantile: Quantile) -> Int64? {
      guard quantile.isSupported(by: durations.count) else { return nil }
      return durations[quantile.rank(in: durations.count) - 1]
    }
  }

  /// The route is a condition of the scope.
  public var scope: Scope
  public var from: Int64
  public var until: Int64

  public init(scope: Scope, from: Int64, until: Int64) {
    self.scope = scope
    self.from = from
    self.until = until
  }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let request = ScanRequest(columns: Fold.columns, filter: scope.filter, threads: scope.threads)
    var fold = try await traffic.scan(request, Fold(from: from, until: until))
    fold.inside.durations.sort()
    fold.outside.durations.sort()
    return Answer(inside: fold.inside, outside: fold.outside)
  }

  private struct Fold: TrafficFold {
    static let columns: [ScanColumn] = [
      .stored(.arrival), .stored(.duration), .stored(.status), .stored(.outcome), .stored(.limit), .stored(.cache),
      .stored(.upstreamDuration),
    ]
    let from: Int64
    let until: Int64
    var inside = Part()
    var outside = Part()

    mutating func absorb(_ batch: borrowing ColumnBatch) {
      let (arrival, duration, status, outcome) = (batch[0], batch[1], batch[2], batch[3])
      let (limit, cache, upstream) = (batch[4], batch[5], batch[6])
      for row in 0..<batch.rows {
        guard duration[row] >= 0, limit[row] != LimitVerdict.delayed.rawValue,
          RequestClass.of(status: status[row], limit: limit[row], cache: cache[row]) == .success,
          StatusRule.countsForLatency(status: status[row], outcome: outcome[row])
        else { continue }
        if arrival[row] >= from, arrival[row] < until {
          Self.add(duration[row], upstream[row], to: &inside)
        } else {
          Self.add(duration[row], upstream[row], to: &outside)
        }
      }
    }

    @inline(__always)
    private static func add(_ duration: Int64, _ upstream: Int64, to part: inout Part) {
      part.durations.append(duration)
      guard upstream >= 0 else { return }
      part.duration &+= duration
      part.upstream &+= upstream
    }

    mutating func merge(_ later: Self) {
      Self.merge(later.inside, into: &inside)
      Self.merge(later.outside, into: &outside)
    }

    private static func merge(_ later: Part, into part: inout Part) {
      part.durations += later.durations
      part.duration &+= later.duration
      part.upstream &+= later.upstream
    }
  }
}

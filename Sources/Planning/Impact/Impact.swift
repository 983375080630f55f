public import Gateways
public import Simulation
public import Statistics
public import Traffic

/// What a configuration would have done to recorded traffic: who is hit, how hard, when and where first.
public struct Impact: Sendable {
  /// One route, caller or rule.
  public struct Row: Hashable, Sendable {
    /// nil where the log does not say.
    public var name: String?
    /// Of a route, its method.
    public var method: String?
    public var counts: ImpactCounts
    /// The first that were rejected, at most three.
    public var firstRejections: [RequestPlace]
    /// Of a caller, the longest time from a rejection to the next admission.
    public var lockOut: LockOut?
  }

  /// A time without any admission.
  public struct LockOut: Hashable, Sendable {
    public var length: Microseconds
    /// The rejection that it begins with.
    public var start: Timestamp
    /// It had not ended when the log did.
    public var isOpen: Bool
  }

  /// One minute of the clock.
  public struct Minute: Hashable, Sendable {
    public var start: Timestamp
    /// Requests that came, retries included.
    public var attempts: Int64
    /// Attempts that were turned away.
    public var rejected: Int64
  }

  /// How bounds were found.
  public enum Basis: Hashable, Sendable {
    /// No order within the clock's ticks gives a number outside.
    case everyOrder
    /// By the same means, but for limits or clients that the proof does not cover.
    case neighbouringLimits
    /// So many orders were replayed; others may give more or less.
    case triedOrders(Int)
  }

  /// How many requests may have been rejected, where the log's clock leaves the order open.
  public struct Bounds: Hashable, Sendable {
    /// Requests, the fewest and the most.
    public var rejected: ClosedRange<Int64>
    public var basis: Basis
    /// The coarsest clock tick of the sources.
    public var resolution: Microseconds
  }

  /// The configuration that was replayed.
  public var model: GatewayModel
  /// Of all requests.
  public var total: ImpactCounts
  /// Delays of delayed requests, µs.
  public var delays: LatencySketch
  /// Most rejected first, then most attempts, then by name.
  public var routes: [Row]
  /// In the same order.
  public var callers: [Row]
  /// In the model's order, one per rule.
  public var rules: [Row]
  /// In order of time; minutes without requests are left out.
  public var minutes: [Minute]
  /// Times in which retries were most of what arrived; empty where clients do not try again.
  public var storms: [RetryStorm]
  /// Requests that a limit rejected when they were recorded.
  public var recordedRejections: Int64
  /// Requests that are known by their end alone: no duration says when they arrived.
  public var withoutArrival: Int64
  /// nil where every stamp is fine enough.
  public var bounds: Bounds?

  /// The minute with most rejections, the earliest of those; nil where nothing was rejected.
  public var worstMinute: Minute? {
    minutes.max { ($0.rejected, $1.start) < ($1.rejected, $0.start) }.flatMap { $0.rejected > 0 ? $0 : nil }
  }
}

extension Impact {
  init(_ tally: ImpactTally, of model: GatewayModel, in traffic: any TrafficSource) {
    self.model = model
    total = tally.total
    delays = tally.delays
    recordedRejections = tally.recordedRejections
    withoutArrival = tally.withoutArrival
    storms = tally.storms.storms
    routes = Self.sorted(
      tally.byRoute.map { one in
        Row(
          name: traffic.text(of: one.route, in: .route), method: traffic.text(of: one.method, in: .stored(.method)),
          counts: one.group.counts,
          firstRejections: one.group.firstRejections)
      })
    callers = Self.sorted(
      tally.byCaller.map { one in
        Row(
          name: traffic.text(of: one.value, in: .stored(one.isClient ? .client : .consumer)),
          counts: one.group.counts, firstRejections: one.group.firstRejections, lockOut: LockOut(one.lockOut))
      })
    rules = zip(model.rules, tally.rules).map {
      Row(name: $0.name, counts: $1.counts, firstRejections: $1.firstRejections)
    }
    minutes = tally.minutes.all.map {
      Minute(start: Timestamp(microseconds: $0.minute), attempts: $0.attempts, rejected: $0.rejected)
    }
  }

  private static func sorted(_ rows: [Row]) -> [Row] {
    rows.sorted { a, b in
      let (left, right) = (a.counts, b.counts)
      if left.rejected + left.rejectedDryRun != right.rejected + right.rejectedDryRun {
        return left.rejected + left.rejectedDryRun > right.rejected + right.rejectedDryRun
      }
      if left.attempts != right.attempts { return left.attempts > right.attempts }
      return (a.name ?? "", a.method ?? "") < (b.name ?? "", b.method ?? "")
    }
  }
}

extension Impact.LockOut {
  init?(_ lockOut: LockOuts.LockOut) {
    guard lockOut.start != .absent else { return nil }
    length = Microseconds(lockOut.length)
    start = Timestamp(microseconds: lockOut.start)
    isOpen = lockOut.isOpen
  }
}

internal import Gateways
public import Traffic

/// What limits of many rates and sizes, given to every key, would have rejected: each point replayed to the request, none
/// interpolated.
///
/// The numbers are those of a replay of the written limit (`WrittenLimit`), request by request, as long as its table
/// holds all keys. nginx forgets a key that has been idle for a minute and drained, which changes nothing where a full
/// burst drains in a minute and one request: sizes beyond are left out of the grid.
///
/// Keys that no size of a point can reject are not replayed: their frontier says so, where it is monotone.
public struct LimitGrid: Sendable {
  public var dialect: LimitDialect
  /// Keys whose own numbers are wanted, those that need most.
  public var named = 12
  /// Rates or windows, and sizes of each, at most.
  public var width = 8
  /// Threads that work; the answer does not depend on them.
  public var threads: Int

  /// Decisions that are worth it: about a tenth of a second of two cores.
  public struct Budget: Sendable {
    /// Where a kernel follows all sizes of a point in one pass, those count as one each.
    public var lanes: Int64 = 640_000_000
    /// Where the limiter itself decides about every request at every size.
    public var replays: Int64 = 60_000_000
  }
  public var budget = Budget()

  public init(_ dialect: LimitDialect, threads: Int = 2) {
    self.dialect = dialect
    self.threads = threads
  }

  /// All points, and who needs most.
  public struct Answer: Hashable, Sendable {
    public var dialect: LimitDialect
    public var points: [Point]
    /// Sizes that every point was asked about, where its dialect allows them; empty where each has its own.
    public var sizes: [Int64]
    /// Keys by falling need.
    public var named: [NamedKey]
    /// All requests of the window.
    public var requests: Int64
    /// Requests without the key.
    public var withoutKey: Int64
    /// Distinct keys that are counted.
    public var keys: Int64
    /// Fewer rates and sizes than usual, because there are so many requests.
    public var isThinned: Bool
  }

  /// One rate or window.
  public struct Point: Hashable, Sendable {
    public var point: LimitPoint
    /// Rising; the exact frontier is one of them where it is known.
    public var sizes: [Int64]
    /// With this size nothing is rejected, with one less something is; nil where it was not searched.
    public var exact: Int64?
    /// Whose need that is.
    public var exactKey: GroupKey?
    /// One per size.
    public var outcomes: [Outcome]
  }

  /// What one limit does.
  public struct Outcome: Hashable, Sendable {
    /// Requests, those without the key too where the product turns them away.
    public var rejected: Int64 = 0
    /// Keys with at least one rejection.
    public var keysHit: Int64 = 0
    /// Who loses most requests, at most three.
    public var worst: [Hit] = []

    public init(rejected: Int64 = 0, keysHit: Int64 = 0, worst: [Hit] = []) {
      self.rejected = rejected
      self.keysHit = keysHit
      self.worst = worst
    }
  }

  /// A key and how many of its requests are rejected.
  public struct Hit: Hashable, Sendable {
    public var key: GroupKey
    public var rejected: Int64

    public init(key: GroupKey, rejected: Int64) {
      self.key = key
      self.rejected = rejected
    }
  }

  /// One key alone.
  public struct NamedKey: Hashable, Sendable {
    public var key: GroupKey
    public var requests: Int64
    /// By point: the size with which none of its requests is rejected; nil where it was not searched.
    public var exact: [Int64?]
    /// By point and size of the point.
    public var rejected: [[Int64]]
  }

  /// nil where no request has the key.
  public func answer(from traffic: GridTraffic) async -> Answer? {
    guard traffic.keys > 0 else { return nil }
    let plan = GridPlan(self, traffic)
    let needs = await GridNeeds(plan.points, of: traffic, dialect, threads: threads)
    let named = needs.neediest(named, traffic)
    let sizes = plan.sizes(needs.sizes)
    let tally = await GridTally(
      zip(plan.points, sizes.byPoint).map { ($0, $1) }, of: traffic, needs, named: named, dialect, threads: threads)
    return Answer(
      dialect: dialect, points: points(plan, sizes.byPoint, needs, tally, traffic), sizes: sizes.shared,
      named: named.enumerated().map { place, group in
        NamedKey(
          key: traffic.key(group), requests: traffic.requests(of: group),
          exact: plan.points.indices.map { needs.size(of: group, at: $0) },
          rejected: plan.points.indices.map { tally.points[$0].named[place] })
      },
      requests: traffic.requests, withoutKey: traffic.withoutKey, keys: Int64(traffic.keys),
      isThinned: plan.isThinned)
  }

  private func points(
    _ plan: GridPlan, _ sizes: [[Int64]], _ needs: GridNeeds, _ tally: GridTally, _ traffic: GridTraffic
  ) -> [Point] {
    plan.points.indices.map { index in
      let outcomes = tally.points[index].lanes.map { lane in
        Outcome(
          rejected: lane.rejected + traffic.rejectedWithoutKey, keysHit: lane.keysHit,
          worst: lane.worst.map { Hit(key: traffic.key($0.group), rejected: $0.rejected) })
      }
      return Point(
        point: plan.points[index], sizes: sizes[index], exact: needs.sizes[index],
        exactKey: needs.groups[index].map { traffic.key($0) }, outcomes: outcomes)
    }
  }
}

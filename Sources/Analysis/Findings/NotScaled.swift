import Statistics
import Traffic

/// No N−1: what happens to the busiest stretch when one node, or one endpoint of a pool, is lost.
///
/// Concurrency is Little's: arrivals per second × mean time, which is the sum of durations over the stretch's length.
/// Speaks of a single node or endpoint, of nodes that would carry far more than any was seen to carry, and of pools
/// whose upstream time already grows with the load. Assumes that the load of a lost one is spread evenly.
public struct NotScaled: FindingRule {
  public static let kind = "not-scaled"
  public static let summary = "nodes and endpoints whose loss the others may not carry"

  /// Times the most that one was seen to carry.
  static let leastGrowth = 1.4
  /// Upstream time in the busiest stretches over that of the middle ones.
  static let leastSlowdown = 1.5
  /// Pools below this share of the night are left out.
  static let leastOfNight = 0.002
  static let leastRequests: Int64 = 500

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    await night.expect(NodeConcurrency(scope: night.scope.ofSingleRows, ledger: night.ledger))
    let load = try await night.answer(EndpointLoad(scope: night.scope, ledger: night.ledger))
    let pools = Dictionary(grouping: load.endpoints, by: \.pool)
    let ofPools = pools.keys.sorted().compactMap { number -> Finding? in
      guard let pool = EndpointPool(pools[number] ?? [], load.stretch),
        pool.requests >= Self.leastRequests, Double(pool.requests) >= Self.leastOfNight * Double(load.requests)
      else { return nil }
      return pool.endpoints.count == 1
        ? single(pool, of: load.requests, night.scope.filter) : saturated(pool, of: load.requests, night.scope.filter)
    }
    return FindingLimits.strongest(ofPools + (try await nodes(in: night)))
  }

  /// Mean number of requests in flight at each of `count`, to a hundredth.
  private static func inFlight(_ busy: Int64, _ stretch: Microseconds, _ count: Int64) -> Cell {
    .real((Double(busy) / Double(stretch.count) / Double(max(1, count)) * 100).rounded() / 100)
  }

  // MARK: Pools

  private func single(_ pool: EndpointPool, of all: Int64, _ filter: TrafficFilter) -> Finding {
    let endpoint = pool.endpoints[0]
    var query = EvidenceQuery()
    query.add("requests", "Requests", pool.requests, "count(*)")
    query.add("endpoints", "Endpoints that served them", 1, "count(DISTINCT upstream)")
    let condition = [SQLWhere.equal("upstream", endpoint.upstream), SQLWhere.equal("service", endpoint.service)]
    return Finding(
      kind: Self.kind, subject: endpoint.service ?? endpoint.upstream, severity: .notice,
      impact: Double(pool.requests) / Double(max(1, all)), confidence: 0.5,
      headline: """
        \(.text(endpoint.upstream)) alone serves \(.ratio(pool.requests, of: all)) of the requests: when it is gone, \
        all of them fail.
        """,
      evidence: query.evidence(filter, and: condition),
      cost: """
        Every restart, deployment and crash of this one endpoint is an outage of what it serves. An address that \
        stands for several servers (a virtual address, a load balancer) looks the same in a log.
        """,
      action: """
        Run at least two and let the gateway check their health. 'headroom show routes --where' with this endpoint \
        shows which routes would be lost.
        """,
      command: ShellLine.sql(query.sql(filter, and: condition)))
  }

  private func saturated(_ pool: EndpointPool, of all: Int64, _ filter: TrafficFilter) -> Finding? {
    guard let slowdown = pool.slowdown, slowdown >= Self.leastSlowdown, let busiest = pool.busiest else { return nil }
    let count = Int64(pool.endpoints.count)
    let names = pool.endpoints.map { SQLWhere.literal($0.upstream) }.joined(separator: ", ")
    let service = pool.endpoints[0].service
    let members = ["upstream IN (\(names))"] + (service.map { [SQLWhere.equal("service", $0)] } ?? [])
    let from = busiest.start.microseconds
    let condition = members + ["arrival >= \(from)", "arrival < \(from &+ pool.stretch.count)"]
    var query = EvidenceQuery()
    query.add("requests", "Requests of its busiest stretch", busiest.requests, "count(*)")
    query.add(
      "upstream_time", "Mean upstream time then", Microseconds(busiest.mean),
      "sum(upstream_duration) / count(upstream_duration)")
    query.add("busy", "Upstream time in all", Microseconds(busiest.busy), "sum(upstream_duration)")
    return Finding(
      kind: Self.kind, subject: service ?? pool.endpoints[0].upstream, severity: .warning,
      impact: Double(pool.requests) / Double(max(1, all)), confidence: 0.6,
      headline: """
        The \(.integer(count)) endpoints of \(.text(service ?? pool.endpoints[0].upstream)) take \
        \(.duration(Microseconds(busiest.mean))) a request in their busiest stretch and \
        \(.duration(Microseconds(pool.middleMean))) in a middle one: without one of them each of the others would \
        have \(Self.inFlight(busiest.busy, pool.stretch, count - 1)) requests in flight, where now it has \
        \(Self.inFlight(busiest.busy, pool.stretch, count)).
        """,
      evidence: query.evidence(filter, and: condition),
      cost: """
        Time that grows with the load is a queue: the loss of one endpoint at that hour lengthens it for all callers \
        of these routes. Assumed: the load is spread evenly, and time depends on the load alone.
        """,
      action: """
        Add an endpoint, or make the busiest routes cheaper. Taking one endpoint out on purpose at a quieter hour \
        shows what the others carry.
        """,
      command: ShellLine.sql(query.sql(filter, and: condition)))
  }

  // MARK: Nodes

  private func nodes(in night: Night) async throws -> [Finding] {
    let load = try await night.answer(NodeConcurrency(scope: night.scope.ofSingleRows, ledger: night.ledger))
    guard load.requests >= Self.leastRequests, !load.nodes.isEmpty else { return [] }
    if load.nodes.count == 1 { return [singleNode(load, night.scope.filter)] }
    guard let busiest = load.busiest, load.mostOfOne > 0 else { return [] }
    let others = Int64(load.nodes.count - 1)
    let growth = Double(busiest.busy) / Double(others) / Double(load.mostOfOne)
    guard growth >= Self.leastGrowth else { return [] }
    let from = busiest.start.microseconds
    let window = ["arrival >= \(from)", "arrival < \(from &+ load.stretch.count)"]
    var query = EvidenceQuery()
    query.add("requests", "Requests of the busiest stretch", busiest.requests, "count(*)")
    query.add("busy", "Their durations in all", Microseconds(busiest.busy), "sum(duration)")
    return [
      Finding(
        kind: Self.kind, subject: "nodes", severity: .notice, impact: 1 / Double(load.nodes.count), confidence: 0.4,
        headline: """
          When one of \(.integer(Int64(load.nodes.count))) nodes is lost in the busiest stretch, each of the others \
          has \(Self.inFlight(busiest.busy, load.stretch, others)) requests in flight; the most that one was ever \
          seen to carry is \(Self.inFlight(load.mostOfOne, load.stretch, 1)).
          """,
        evidence: query.evidence(night.scope.filter, and: window),
        cost: """
          Nobody knows whether they carry it until a node fails at that hour. Assumed: the balancer spreads a lost \
          node's load evenly, and requests take as long as before.
          """,
        action: """
          Take one node out on purpose at a busy hour, or add one. 'headroom simulate --nodes' with one node fewer \
          shows what limits that count per node would refuse then.
          """,
        command: ShellLine.sql(query.sql(night.scope.filter, and: window)))
    ]
  }

  private func singleNode(_ load: NodeConcurrency.Answer, _ filter: TrafficFilter) -> Finding {
    var query = EvidenceQuery()
    query.add("requests", "Requests", load.requests, "count(*)")
    return Finding(
      kind: Self.kind, subject: "nodes", severity: .notice, impact: 1, confidence: 0.3,
      headline: """
        One node, \(.text(load.nodes[0])), logged all \(.integer(load.requests)) requests: when it is gone, all fail.
        """,
      evidence: query.evidence(filter),
      cost: """
        Every restart and crash of the node is an outage of everything behind it, unless the logs of other nodes were \
        not imported: then every total here is too low.
        """,
      action: """
        Import the other nodes' logs, or run a second node. 'headroom simulate' with two nodes shows what limits that \
        count per node would then let through.
        """,
      command: "headroom show nodes")
  }
}

/// The endpoints of a pool and their load together, stretch by stretch.
private struct EndpointPool {
  struct Stretch {
    var start: Timestamp
    var requests: Int64
    var busy: Int64
    var timed: Int64
    var mean: Int64 { timed > 0 ? busy / timed : 0 }
  }

  /// Half an hour at least: upstream times vary so much that fewer requests say little.
  private static let shortest = Microseconds(1_800_000_000)
  /// Requests of a stretch below which its mean says little.
  private static let leastOfStretch: Int64 = 30
  /// A tenth of the stretches are the busiest, a fifth around the median the middle ones; at least so many of each.
  private static let fewestStretches = 3

  let endpoints: [EndpointLoad.Endpoint]
  let stretch: Microseconds
  /// By falling number of requests.
  private let stretches: [Stretch]

  init?(_ endpoints: [EndpointLoad.Endpoint], _ stretch: Microseconds) {
    guard !endpoints.isEmpty else { return nil }
    self.endpoints = endpoints
    let length = max(stretch, Self.shortest)
    self.stretch = length
    var sums: [Timestamp: Stretch] = [:]
    for part in endpoints.flatMap(\.stretches) {
      let start = Timestamp(microseconds: part.start.microseconds.flooredMultiple(of: length.count))
      var sum = sums[start] ?? Stretch(start: start, requests: 0, busy: 0, timed: 0)
      sum.requests += part.requests
      sum.busy &+= part.busy
      sum.timed += part.timed
      sums[start] = sum
    }
    stretches = sums.values.sorted { ($1.requests, $0.start) < ($0.requests, $1.start) }
  }

  var requests: Int64 { stretches.reduce(0) { $0 + $1.requests } }
  var busiest: Stretch? { stretches.first { $0.timed > 0 } }

  private var measured: [Stretch] { stretches.filter { $0.timed >= Self.leastOfStretch } }
  private var top: ArraySlice<Stretch> { measured.prefix(max(Self.fewestStretches, measured.count / 10)) }
  private var middle: ArraySlice<Stretch> {
    let half = max(Self.fewestStretches, measured.count / 5) / 2
    let center = measured.count / 2
    return measured[max(0, center - half)..<min(measured.count, center + half + 1)]
  }

  private static func mean(_ stretches: ArraySlice<Stretch>) -> Int64 {
    let timed = stretches.reduce(0) { $0 + $1.timed }
    return timed > 0 ? stretches.reduce(0) { $0 &+ $1.busy } / timed : 0
  }

  var middleMean: Int64 { Self.mean(middle) }

  /// Mean time in the busiest stretches over the middle ones; nil with too few stretches to tell, or where single
  /// stretches make it: most of the busiest must be slower than all of the middle ones together.
  var slowdown: Double? {
    guard measured.count >= 4 * Self.fewestStretches, middleMean > 0 else { return nil }
    let limit = Double(middleMean) * NotScaled.leastSlowdown
    guard top.count(where: { Double($0.mean) >= limit }) * 4 >= top.count * 3 else { return nil }
    return Double(Self.mean(top)) / Double(middleMean)
  }
}

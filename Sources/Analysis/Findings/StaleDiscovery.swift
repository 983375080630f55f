import Statistics
import Traffic

/// An endpoint that still gets requests and cannot serve nearly any of them, while its siblings are fine: a server
/// that is gone, and a list of servers that does not know.
public struct StaleDiscovery: FindingRule {
  public static let kind = "stale-discovery"
  public static let summary = "endpoints that get requests and cannot serve them"

  /// Share that it cannot serve, lower end of the interval.
  static let leastFailing = 0.7
  /// Share that its siblings may fail to serve, upper end.
  static let mostOfSiblings = 0.2
  static let leastRequests: Int64 = 20
  /// Shorter is a restart.
  static let shortest = Microseconds(600_000_000)
  /// Share of the night that users lose from which it is severe.
  static let severeShare = 0.02

  public init() {}

  /// From its first to its last failing stretch without a good one between.
  private struct Outage {
    var endpoint: EndpointLoad.Endpoint
    var from: Timestamp
    var until: Timestamp
    var requests: Int64
    var unserved: Int64
    var siblings: Int64 = 0
    var siblingsUnserved: Int64 = 0
  }

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let load = try await night.answer(EndpointLoad(scope: night.scope, ledger: night.ledger))
    return FindingLimits.strongest(
      Self.outages(load).map { finding($0.outage, siblings: $0.siblings, of: load.requests, night.scope.filter) })
  }

  /// Addresses of the endpoints that get requests and cannot serve them.
  static func goneEndpoints(in night: Night) async throws -> [String] {
    outages(try await night.answer(EndpointLoad(scope: night.scope, ledger: night.ledger)))
      .map(\.outage.endpoint.upstream)
  }

  private static func outages(_ load: EndpointLoad.Answer) -> [(outage: Outage, siblings: [EndpointLoad.Endpoint])] {
    let pools = Dictionary(grouping: load.endpoints, by: \.pool)
    return pools.keys.sorted().flatMap { pool -> [(outage: Outage, siblings: [EndpointLoad.Endpoint])] in
      let endpoints = pools[pool] ?? []
      guard endpoints.count > 1 else { return [] }
      return endpoints.compactMap { longestOutage(of: $0, load.stretch) }
        .map { outage in
          let siblings = endpoints.filter { $0 != outage.endpoint }
          return (withSiblings(outage, siblings), siblings)
        }
        .filter { isStale($0.outage) }
    }
  }

  private static func longestOutage(of endpoint: EndpointLoad.Endpoint, _ length: Microseconds) -> Outage? {
    var best: Outage?
    var run: Outage?
    for stretch in endpoint.stretches {
      guard stretch.unserved * 2 > stretch.requests else {
        run = nil
        continue
      }
      var outage = run ?? Outage(endpoint: endpoint, from: stretch.start, until: stretch.start, requests: 0, unserved: 0)
      outage.until = stretch.start + length
      outage.requests += stretch.requests
      outage.unserved += stretch.unserved
      run = outage
      if outage.unserved > best?.unserved ?? 0 { best = outage }
    }
    return best
  }

  private static func withSiblings(_ outage: Outage, _ siblings: [EndpointLoad.Endpoint]) -> Outage {
    var outage = outage
    for stretch in siblings.flatMap(\.stretches) where stretch.start >= outage.from && stretch.start < outage.until {
      outage.siblings += stretch.requests
      outage.siblingsUnserved += stretch.unserved
    }
    return outage
  }

  private static func isStale(_ outage: Outage) -> Bool {
    guard outage.requests >= leastRequests, outage.until - outage.from >= shortest,
      let own = ShareInterval(Int(outage.unserved), of: Int(outage.requests)),
      let others = ShareInterval(Int(outage.siblingsUnserved), of: Int(outage.siblings))
    else { return false }
    return own.lower >= leastFailing && others.upper <= mostOfSiblings
  }

  private func finding(
    _ outage: Outage, siblings: [EndpointLoad.Endpoint], of all: Int64, _ filter: TrafficFilter
  ) -> Finding {
    let window = ["arrival >= \(outage.from.microseconds)", "arrival < \(outage.until.microseconds)"]
    let failing = "coalesce(sum(\(EndpointLoad.unservedSQL)), 0)"
    var own = EvidenceQuery()
    own.add("requests", "Requests it was the last to be tried for", outage.requests, "count(*)")
    own.add("unserved", "Of them not served", outage.unserved, of: outage.requests, failing)
    var others = EvidenceQuery()
    others.add("siblings_unserved", "Not served by its siblings", outage.siblingsUnserved, of: outage.siblings, failing)
    let condition = window + [
      SQLWhere.equal("upstream", outage.endpoint.upstream), SQLWhere.equal("service", outage.endpoint.service),
    ]
    let names = siblings.map { SQLWhere.literal($0.upstream) }.joined(separator: ", ")
    let service = outage.endpoint.service.map { [SQLWhere.equal("service", $0)] } ?? []
    let impact = Double(outage.unserved) / Double(max(1, all))
    return Finding(
      kind: Self.kind, subject: outage.endpoint.upstream, severity: impact >= Self.severeShare ? .severe : .warning,
      impact: impact, confidence: 0.9,
      headline: """
        \(.text(outage.endpoint.upstream)) could not serve \(.ratio(outage.unserved, of: outage.requests)) of the \
        requests it got between \(.timestamp(outage.from)) and \(.timestamp(outage.until)), while its siblings failed \
        \(.ratio(outage.siblingsUnserved, of: outage.siblings)).
        """,
      evidence: own.evidence(filter, and: condition)
        + others.evidence(filter, and: window + ["upstream IN (\(names))"] + service),
      cost: """
        Callers of what is not retried got \(.integer(outage.unserved)) errors, and callers of what is retried waited \
        for a second attempt that the endpoint's siblings carried.
        """,
      action: """
        Take the endpoint out of the list that the gateway uses and find out why discovery kept it. Active health \
        checks, or ejection after a few connect errors, end this by themselves.
        """,
      command: ShellLine.sql(own.sql(filter, and: condition)))
  }
}

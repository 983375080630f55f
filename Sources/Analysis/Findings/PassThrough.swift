import Statistics
import Traffic

/// A route for which the gateway adds a hop and nothing else: nothing cached, limited, retried or refused.
///
/// Needs a log that tells cache, limiter and upstream: what a log does not tell may well be done.
public struct PassThrough: FindingRule {
  public static let kind = "pass-through"
  public static let summary = "routes that the gateway only passes on"

  /// At most this share of requests may have been helped, with 95 % confidence: about 770 requests without one.
  static let mostHelped = 0.005
  /// Routes below this share of the night are not worth a change.
  static let leastOfNight = 0.005
  /// A gateway that adds more than this is `logic-in-gateway`'s.
  static let longestHop = Microseconds(5_000)

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let work = try await night.answer(GatewayWork(scope: night.scope))
    guard work.total.cached > 0, work.total.judged > 0, work.total.reached > 0 else { return [] }
    return FindingLimits.strongest(
      work.rows.filter { isPassThrough($0, of: work.total.requests) }
        .map { finding($0, of: work.total.requests, night.scope.filter) })
  }

  private func isPassThrough(_ row: GatewayWork.Row, of all: Int64) -> Bool {
    let counts = row.counts
    guard let route = row.route, !HealthCheckNames.isProbe(path: route), counts.measured > 0 else { return false }
    guard Double(counts.requests) >= Double(all) * Self.leastOfNight, counts.succeeded * 2 > counts.requests,
      counts.requests - counts.reached <= counts.requests / 1000, counts.helped == 0,
      let helped = ShareInterval(0, of: Int(counts.requests))
    else { return false }
    return helped.upper <= Self.mostHelped && counts.meanGatewayTime <= Self.longestHop.count
  }

  private func finding(_ row: GatewayWork.Row, of all: Int64, _ filter: TrafficFilter) -> Finding {
    let counts = row.counts
    let route = [SQLWhere.equal("route", row.route), SQLWhere.equal("method", row.method)]
    var done = EvidenceQuery()
    done.add("requests", "Requests", counts.requests, "count(*)")
    done.add("cached", "With a cache status", counts.cached, "coalesce(sum(cache <> 'none'), 0)")
    done.add(
      "limited", "Refused or delayed by a limiter", counts.refused + counts.delayed,
      "coalesce(sum(limited OR \"limit\" = 'delayed'), 0)")
    done.add("retried", "Tried more than once", counts.retried, "coalesce(sum(attempts > 1), 0)")
    done.add(
      "denied", "Refused with 401 or 403 by the gateway", counts.denied,
      "coalesce(sum(status IN (401, 403) AND upstream_duration IS NULL), 0)")
    let name = Sentence.route(row.method, row.route)
    return Finding(
      kind: Self.kind, subject: name.subject, severity: .notice, impact: Double(counts.requests) / Double(max(1, all)),
      confidence: 0.6,
      headline: """
        The gateway only passes \(name) on: of \(.integer(counts.requests)) requests it cached, limited, retried or \
        refused \(.integer(0)), and it added \(.duration(Microseconds(counts.meanGatewayTime))) to each.
        """,
      evidence: done.evidence(filter, and: route) + GatewayTimeEvidence(counts).evidence(filter, and: route),
      cost: """
        Each of these requests pays a hop and waits on one more part that can fail. TLS, routing, logging and \
        checks that always pass are not in this count.
        """,
      action: """
        Decide what the gateway is for here: a limit, a cache or a check of identity, or a direct call. \
        'headroom simulate' with a limit on it, or 'headroom limits' for the smallest safe one, shows what a limit would do.
        """,
      command: ShellLine.sql(done.sql(filter, and: route)))
  }
}

/// How long the gateway and the upstream take on requests that measure it, as evidence.
struct GatewayTimeEvidence {
  private var query = EvidenceQuery()

  init(_ counts: GatewayWorkCounts) {
    query.add("measured", "Requests that measure it", counts.measured, "count(*)")
    query.add(
      "gateway_time", "Mean time at the gateway", Microseconds(counts.meanGatewayTime),
      "sum(duration - upstream_duration) / count(*)")
    query.add(
      "upstream_time", "Mean time at the upstream", Microseconds(counts.meanUpstreamDuration),
      "sum(upstream_duration) / count(*)")
    query.add(
      "gateway_share", "Gateway's share of the time", counts.gatewayTime, of: counts.duration,
      "sum(duration - upstream_duration)", of: "sum(duration)")
  }

  func evidence(_ filter: TrafficFilter, and conditions: [String]) -> [Finding.Evidence] {
    query.evidence(filter, and: conditions + [GatewayWork.measuredSQL])
  }

  func sql(_ filter: TrafficFilter, and conditions: [String]) -> String {
    query.sql(filter, and: conditions + [GatewayWork.measuredSQL])
  }
}

extension Sentence {
  /// `GET /api/orders/{id}` as values.
  static func route(_ method: String?, _ route: String?) -> Sentence {
    let path = Part.value(.text(route ?? "(no route)"))
    guard let method else { return Sentence([path]) }
    return Sentence([.value(.text(method)), .words(" "), path])
  }

  /// The texts and words in a row: a finding's subject.
  var subject: String {
    parts.map { part in
      switch part {
      case .words(let words): words
      case .value(.text(let text)): text
      case .value: ""
      }
    }.joined()
  }
}

import Analysis
import Traffic

/// The endpoints behind the gateway and the gateway's own nodes: who carries what, and what if one were gone.
struct UpstreamsPage: ReportPage {
  let id = "upstreams"
  let title = "Upstreams and nodes"

  static let shownEndpoints = 40
  private static let command = "headroom show upstreams"

  func blocks(of report: Report) async throws -> [Document.Block]? {
    let scope = report.night.scope
    async let health = report.night.answer(UpstreamHealth(scope: scope))
    async let load = report.night.answer(EndpointLoad(scope: scope, ledger: report.night.ledger))
    async let nodes = report.night.answer(NodeLoad(scope: scope, ledger: report.night.ledger))
    var blocks = try await endpoints(health, load, report)
    blocks += NodeTables(answer: try await nodes, report: report).blocks
    return blocks.isEmpty ? nil : blocks
  }

  // MARK: Endpoints

  private func endpoints(
    _ health: UpstreamHealth.Answer, _ load: EndpointLoad.Answer, _ report: Report
  ) -> [Document.Block] {
    let starts = load.endpoints.flatMap { [$0.stretches.first, $0.stretches.last] }.compactMap { $0?.start }
    guard !health.rows.isEmpty, let first = starts.min(), let last = starts.max().map({ $0 + load.stretch }) else {
      return []
    }
    let reached = Fact(
      "upstream_requests", "Requests with an upstream",
      .ratio(health.requests - health.withoutUpstream, of: health.requests),
      report.follow("count(upstream) AS upstream_requests_part, count(*) AS upstream_requests_of", or: Self.command))
    return [
      .facts([reached]), .table(table(health.rows, report)), .table(busy(load, last - first, report)),
    ] + [availability(load, first, last)] + Self.notes.map(Document.Block.note)
  }

  private static let notes = [
    "A request counts for the last endpoint tried; its upstream time is the sum over all attempts. Errors are upstream"
      + " status 5xx, or an outcome that blames the upstream. Skew is the endpoint's requests over the mean of its"
      + " service's endpoints; it is not told where the log does not name services.",
    "In progress is arrivals × mean upstream time (Little's law): what an endpoint works on at a time, if the time is"
      + " spent there and not on the way, and if no attempt before the last took most of it. The busiest stretch is the"
      + " one whose requests took longest in sum. Logs do not say how many an endpoint can take: utilisation is these"
      + " numbers over its workers or connections.",
  ]

  private func table(_ rows: [UpstreamHealth.Row], _ report: Report) -> Table {
    let all = rows.reduce(0) { $0 + $1.requests }
    return Table(
      key: "upstreams", title: "Endpoints",
      columns: [
        Column("service", "Service", .text), Column("upstream", "Upstream", .text),
        Column("requests", "Requests", .integer), Column("share", "Share", .ratio), Column("skew", "Skew", .integer),
        Column("errors", "Errors", .ratio), Column("retries", "Retries", .ratio), Column("p50", "p50", .duration),
        Column("p99", "p99", .duration),
      ],
      rows: rows.map { row in
        [
          .words(row.service), .words(row.upstream), .integer(row.requests), .ratio(row.requests, of: all),
          row.service == nil ? .absent : Self.hundredths(Double(row.skewPart) / Double(row.skewOf)),
          .ratio(row.errors, of: row.requests), .ratio(row.retries, of: row.withAttempts),
          row.latency.percentile("p50"), row.latency.percentile("p99"),
        ]
      }, noun: "endpoints",
      derivation: report.follow(
        """
        service, upstream, count(*) AS requests, count(*) AS share_part, sum(count(*)) OVER () AS share_of, \
        CASE WHEN service IS NOT NULL THEN round(1.0 * count(*) * count(*) OVER (PARTITION BY service) \
        / sum(count(*)) OVER (PARTITION BY service) * 100) / 100 END AS skew, \
        coalesce(sum(\(Self.failed)), 0) AS errors_part, count(*) AS errors_of, \
        max(0, coalesce(sum(attempts), 0) - count(attempts)) AS retries_part, count(attempts) AS retries_of, \
        approximate_percentile(\(Self.timed), 50) AS p50_us, approximate_percentile(\(Self.timed), 99) AS p99_us
        """, where: ["upstream IS NOT NULL"],
        "GROUP BY service, upstream ORDER BY coalesce(service, ''), count(*) DESC, upstream"
          + " LIMIT \(Self.shownEndpoints)", or: Self.command)
    ).cut(to: Self.shownEndpoints)
  }

  private static let failed =
    "upstream_status BETWEEN 500 AND 599 OR coalesce(outcome, '') IN ('up_connect', 'up_timeout', 'up_reset',"
    + " 'up_protocol', 'no_upstream')"
  private static let timed = "CASE WHEN coalesce(outcome, '') <> 'client_abort' THEN upstream_duration END"

  // MARK: Work in progress

  private func busy(_ load: EndpointLoad.Answer, _ span: Microseconds, _ report: Report) -> Table {
    let rows = load.endpoints.compactMap { endpoint in
      // The first of the busiest.
      endpoint.stretches.min { ($1.busy, $0.start) < ($0.busy, $1.start) }.map { (endpoint: endpoint, busiest: $0) }
    }.sorted {
      ($1.busiest.busy, $0.endpoint.upstream, $0.endpoint.service ?? "")
        < ($0.busiest.busy, $1.endpoint.upstream, $1.endpoint.service ?? "")
    }
    return Table(
      key: "upstream_work", title: "Work in progress",
      columns: [
        Column("upstream", "Upstream", .text), Column("mean", "Mean in progress", .integer),
        Column("busiest", "In the busiest stretch", .integer), Column("from", "Which began", .timestamp),
        Column("length", "And lasted", .duration),
      ],
      rows: rows.map { endpoint, busiest in
        let busy = endpoint.stretches.reduce(into: Int64(0)) { $0 &+= $1.busy }
        return [
          .text(endpoint.upstream), Self.hundredths(Double(busy) / Double(span.count)),
          Self.hundredths(Double(busiest.busy) / Double(load.stretch.count)), .timestamp(busiest.start),
          .duration(load.stretch),
        ]
      }, noun: "endpoints", derivation: .query(busyQuery(load.stretch, span, report))
    ).cut(to: Self.shownEndpoints)
  }

  private func busyQuery(_ stretch: Microseconds, _ span: Microseconds, _ report: Report) -> String {
    """
    WITH stretches AS (SELECT service, upstream, arrival / \(stretch.count) * \(stretch.count) AS start, \
    coalesce(sum(upstream_duration), 0) AS busy FROM requests\
    \(SQLWhere.clause(report.night.scope.filter, and: ["upstream IS NOT NULL"])) GROUP BY 1, 2, 3), \
    ranked AS (SELECT *, row_number() OVER (PARTITION BY service, upstream ORDER BY busy DESC, start) AS place, \
    sum(busy) OVER (PARTITION BY service, upstream) AS total FROM stretches) \
    SELECT upstream, round(1.0 * total / \(span.count) * 100) / 100 AS mean, \
    round(1.0 * busy / \(stretch.count) * 100) / 100 AS busiest, start AS "from", \(stretch.count) AS length_us \
    FROM ranked WHERE place = 1 ORDER BY busy DESC, upstream, coalesce(service, '') LIMIT \(Self.shownEndpoints)
    """
  }

  /// Two digits are enough for a comparison.
  static func hundredths(_ value: Double) -> Cell { value.isFinite ? .real((value * 100).rounded() / 100) : .absent }

  // MARK: Availability

  private func availability(
    _ load: EndpointLoad.Answer, _ first: Timestamp, _ last: Timestamp
  ) -> Document.Block {
    let outages = EndpointOutages(load).outages
    guard !outages.isEmpty else {
      return .paragraph(
        "No endpoint failed half of its requests in any stretch of \(UnitText.duration(load.stretch)) with"
          + " \(EndpointOutages.fewest) or more, and none got nothing where its share of its pool's work would have been"
          + " as much.")
    }
    let table = Table(
      key: "upstream_outages",
      columns: [
        Column("upstream", "Upstream", .text), Column("state", "State", .text), Column("from", "From", .timestamp),
        Column("until", "Until", .timestamp), Column("requests", "Requests", .integer),
        Column("unserved", "Not served", .ratio),
      ],
      rows: outages.map { outage in
        [
          .text(outage.upstream), .text(outage.state.rawValue), .timestamp(outage.from), .timestamp(outage.until),
          .integer(outage.requests), .ratio(outage.unserved, of: outage.requests),
        ]
      }, noun: "stretches", derivation: .command("headroom show upstreams")
    ).cut(to: 200)
    return .figure(
      Figure(
        id: "upstream-availability", title: "When endpoints failed or got nothing",
        chart: .timeline(lane: "upstream", from: "from", until: "until", state: "state"),
        unit: "state by \(UnitText.duration(load.stretch))", first: first, last: last,
        samples: load.endpoints.reduce(0) { $0 + $1.requests }, table: table))
  }
}

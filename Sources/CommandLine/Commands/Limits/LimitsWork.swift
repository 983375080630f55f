import Analysis
import Gateways
import Planning
import Reporting
import Traffic

/// The questions of one run of `headroom limits`, asked of its traffic.
struct LimitsWork: Sendable {
  let request: LimitsRequest
  let traffic: KeyedTraffic
  let profiles: KeyProfiles
  let ledger: [LedgerEntry]

  /// Keys whose curves are printed one by one.
  private static let namedKeys = 10

  /// The curve as recorded, and its bounds where the clock is coarse.
  struct Frontier: Sendable {
    var recorded: LimitFrontier.Answer
    var spread: LimitFrontier.Answer?
    var worst: LimitFrontier.Answer?
  }

  /// Proposals with the requests that break them one notch lower.
  struct Recommendation: Sendable {
    /// nil: for every key.
    var rows: [(key: GroupKey?, proposal: LimitRecommendation.Proposal)]
    /// One per row that is shown.
    var certificates: [LimitCertificate]
    /// Rows there are, shown or not.
    var count: Int
  }

  /// Sources of the traffic, in the ledger.
  var sources: [LedgerEntry] { ledger.filter { traffic.census.sources.contains($0.number) } }

  var sourcePaths: [Int64: String] { ledger.reduce(into: [:]) { $0[$1.number] = $1.path } }

  /// The coarsest clock, where it ticks in whole seconds or slower.
  var tick: Microseconds? { sources.map(\.resolution).max().flatMap { $0 >= .second ? $0 : nil } }

  /// Arrivals of the traffic, `[since, until)`.
  var window: Range<Int64> {
    let census = traffic.census
    let since = census.first?.microseconds ?? 0
    return since..<(census.last?.microseconds ?? since) &+ 1
  }

  // MARK: Frontier

  func frontier() async throws -> Frontier {
    let named = Set(request.isPerKey ? profiles.busiest.prefix(Self.namedKeys).map(\.key) : [])
    var question = LimitFrontier(
      request.dialect, at: points, quantiles: request.key.parts.isEmpty ? [] : request.quantiles, namedKeys: named)
    var frontier = Frontier(recorded: try await question.answer(from: traffic))
    guard let tick else { return frontier }
    question.namedKeys = []
    question.layout = .spread(tick)
    frontier.spread = try await question.answer(from: traffic)
    question.layout = .worst(tick)
    frontier.worst = try await question.answer(from: traffic)
    return frontier
  }

  /// The points that were asked for, else round ones around what the busiest key does.
  private var points: [LimitPoint] {
    if let points = request.points { return points }
    if request.dialect.axis == .window {
      let usual: [Microseconds] = [.second, Microseconds(10_000_000), .minute, .hour, .day]
      return usual.map { .window($0) }.filter { request.dialect.allows($0) }
    }
    let span = max(1, Double(traffic.census.span.count) / 1e6)
    let rates = RoundRates.around(
      mean: Double(profiles.mostRequests) / span, peak: Double(profiles.peak), for: request.dialect,
      count: min(64, request.rows ?? 64))
    return rates.map { .rate($0) }
  }

  // MARK: Recommendation

  func recommendation() async throws -> Recommendation {
    let search = LimitRecommendation(request.rules)
    let rows: [(key: GroupKey?, proposal: LimitRecommendation.Proposal)]
    if request.isPerKey {
      rows = try await search.limitsPerKey(traffic).map { ($0.key, $0.proposal) }
    } else {
      rows = try await search.limitForAll(traffic, mostRequests: profiles.mostRequests).map { [(nil, $0)] } ?? []
    }
    let shown = Array(rows.prefix(request.rows ?? rows.count))
    let found = try await RequestLookup(in: traffic).requests(at: shown.compactMap { $0.proposal.below?.first })
    let certificates = shown.map { row in
      LimitCertificate(
        row.proposal, rules: request.rules, traffic: traffic, key: row.key,
        breaking: row.proposal.below?.first.flatMap { found[$0] }, sources: sourcePaths)
    }
    return Recommendation(rows: shown, certificates: certificates, count: rows.count)
  }
}

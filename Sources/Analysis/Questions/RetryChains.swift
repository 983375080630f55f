public import Statistics
public import Traffic

/// How much of the traffic is retries of rejected requests, and what demand is behind it?
///
/// Reads the traffic twice in order of arrival: once for how soon rejected callers come back, which gives the horizon,
/// once for the chains. Memory follows the callers and the groups that were active within two horizons.
/// - Source: survivorship correction; see `AttemptLinks`, `RetryOdds`.
public struct RetryChains: Question, Hashable {
  /// One caller, or all.
  public struct Row: Hashable, Sendable {
    public var caller: Caller
    public var attempts: Int64
    public var rejected: Int64
    /// Attempts that follow a rejection of the same caller, route, method and body length within the horizon.
    public var linked: Int64
    /// How much of a linked attempt is a retry, 0…1.
    public var weight: Double
    /// Probability that a rejected attempt is tried again; nil where retries cannot be told from other traffic.
    public var retryProbability: Double?
    /// Retries can be told from the caller's other traffic; where not, chains say nothing and fresh demand is an upper
    /// bound.
    public var tellsRetries: Bool
    /// Weight and probability are those of all callers, as this one's evidence is too thin.
    public var borrowsOdds: Bool
    /// D: attempts less the weight of the linked ones.
    public var freshDemand: Double
    /// Fresh demand that was never served, as far as the weights tell.
    public var unserved: Double
    public var chains: Chains
    /// Between a rejection and the linked attempt.
    public var gaps: LatencySummary
    /// Of the linked attempts, those that came when Retry-After asked, to a tenth; nil where it is not known.
    public var honoured: Int64?

    /// Attempts per fresh demand; 1 without retries.
    public var amplification: Double { freshDemand > 0 ? Double(attempts) / freshDemand : 1 }
    /// Share of fresh demand that was never served, 0…1.
    public var unservedShare: Double { freshDemand > 0 ? min(1, unserved / freshDemand) : 0 }
  }

  /// Chains as they were linked, each weighing one.
  public struct Chains: Hashable, Sendable {
    /// All chains, those of one served attempt included.
    public var heads: Int64
    /// Chains that met a limiter: their first attempt was rejected.
    public var rejected: Int64
    /// Of those: served in the end.
    public var recovered: Int64
    /// Of those: rejected last, less than a horizon before the traffic ended.
    public var undecided: Int64
    /// Of those: rejected last, and not tried again.
    public var gaveUp: Int64 { max(0, rejected - recovered - undecided) }
    /// Most attempts of one chain.
    public var longest: Int64
  }

  /// Who called: a consumer, or the client address where no consumer is known.
  public enum Caller: Hashable, Sendable, Comparable {
    case all
    case consumer(String)
    case client(String)
    case unknown
  }

  public struct Answer: Sendable {
    /// Callers that were rejected at least once, by falling rejections, then by name.
    public var rows: [Row]
    public var total: Row
    public var horizon: Microseconds
    /// For the replay: takes recorded retries out and lets learned ones in.
    public var evidence: RetryEvidence
    /// The rows by `RecordedAttempt.caller`.
    public var byCaller: [Int64: Row]
  }

  public var scope: Scope
  /// What rejections asked for, where it is known; logs do not hold it.
  public var retryAfter: Microseconds?

  public init(scope: Scope = Scope(), retryAfter: Microseconds? = nil) {
    self.scope = scope
    self.retryAfter = retryAfter
  }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let gaps = try await traffic.scan(request(RecordedAttempt.columns), RetryGaps())
    let median = gaps.gaps.quantile(.p50).map { Microseconds($0) }
    let horizon = RetryEvidence.horizon(medianGap: median, retryAfter: retryAfter)
    var tally = RetryTally(horizon: horizon, gaps, retryAfter: retryAfter)
    // Without a rejection there is nothing to link, and every attempt is demand.
    if gaps.rejected > 0 { tally = try await traffic.scan(request(RecordedAttempt.columns), tally) }
    var answer = answer(&tally, traffic)
    if gaps.rejected == 0 {
      (answer.total.attempts, answer.total.freshDemand) = (gaps.attempts, Double(gaps.attempts))
      answer.total.chains.heads = gaps.attempts
      answer.total.chains.longest = min(1, gaps.attempts)
    }
    return answer
  }

  private func request(_ columns: [ScanColumn]) -> ScanRequest {
    ScanRequest(columns: columns, filter: scope.filter, order: .arrival, threads: scope.threads)
  }

  private func answer(_ tally: inout RetryTally, _ traffic: any TrafficSource) -> Answer {
    let callers = tally.finish()
    let evidence = tally.evidence()
    var byCaller: [Int64: Row] = [:]
    var total = row(.all, tally.total, evidence.overall, tally.gapsAfterRejection)
    (total.freshDemand, total.unserved) = (0, 0)
    for (caller, counts, gaps) in callers {
      let own = evidence.byCaller[caller]
      var row = row(.unknown, counts, own ?? evidence.overall, gaps)
      total.freshDemand += row.freshDemand
      total.unserved += row.unserved
      guard counts.rejected > 0 else { continue }
      row.caller = Self.caller(caller, traffic)
      row.borrowsOdds = own == nil
      byCaller[caller] = row
    }
    let rows = byCaller.values.sorted { ($1.rejected, $0.caller) < ($0.rejected, $1.caller) }
    return Answer(
      rows: rows, total: total, horizon: Microseconds(tally.horizon), evidence: evidence, byCaller: byCaller)
  }

  private func row(_ caller: Caller, _ counts: RetryTally.Counts, _ odds: RetryOdds, _ gaps: LatencySketch) -> Row {
    let retries = odds.weight * Double(counts.linked)
    return Row(
      caller: caller, attempts: counts.attempts, rejected: counts.rejected, linked: counts.linked,
      weight: odds.weight, retryProbability: odds.retryProbability,
      tellsRetries: odds.tellsRetries, borrowsOdds: false,
      freshDemand: Double(counts.attempts) - retries, unserved: max(0, Double(counts.rejected) - retries),
      chains: Chains(
        heads: counts.attempts - counts.linked, rejected: counts.rejectedHeads, recovered: counts.recovered,
        undecided: counts.undecided, longest: counts.longestChain),
      gaps: LatencySummary(gaps), honoured: retryAfter == nil ? nil : counts.honoured)
  }

  static func caller(_ caller: Int64, _ traffic: any TrafficSource) -> Caller {
    if caller == .absent { return .unknown }
    if caller >= 0 { return .consumer(traffic.symbolText(caller) ?? "?") }
    return .client(traffic.clientText(~caller))
  }
}

extension TrafficSource {
  /// The text of a client address code.
  func clientText(_ code: Int64) -> String {
    text(of: code, in: .stored(.client)) ?? "?"
  }
}

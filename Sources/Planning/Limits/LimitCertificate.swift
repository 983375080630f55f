public import Statistics
public import Traffic

/// What was found about a limit, so that it can be checked again: it keeps within the tolerance, one notch lower does
/// not, and there this request is the first to be rejected.
public struct LimitCertificate: Hashable, Sendable {
  /// A request as people find it again.
  public struct Request: Hashable, Sendable {
    /// Path of the source as it was imported.
    public var source: String
    /// From 1.
    public var line: Int64
    public var arrival: Timestamp
    /// Texts of its key.
    public var key: [String]

    public init(source: String, line: Int64, arrival: Timestamp, key: [String]) {
      self.source = source
      self.line = line
      self.arrival = arrival
      self.key = key
    }
  }
  /// A size and what it rejects.
  public struct Trial: Hashable, Sendable {
    /// A burst, capacity or limit in requests.
    public var size: Int64
    /// Requests that it rejects.
    public var rejected: Int64

    public init(size: Int64, rejected: Int64) {
      self.size = size
      self.rejected = rejected
    }
  }

  public var dialect: LimitDialect
  public var point: LimitPoint
  /// Share of requests that may be rejected.
  public var tolerance: Quantile
  /// What the limit counts by; empty for all requests together.
  public var parts: [ArrivalKey.Part]
  /// The one key that the limit is for; nil: all of them.
  public var key: [String]?
  /// Requests that the limit was found for.
  public var requests: Int64
  /// At the size that people write.
  public var written: Trial
  /// At the smallest size that keeps within the tolerance.
  public var smallest: Trial
  /// nil where there is no smaller size.
  public var below: Trial?
  /// The first request that `below` rejects.
  public var breaking: Request?

  public init(
    dialect: LimitDialect, point: LimitPoint, tolerance: Quantile, parts: [ArrivalKey.Part], key: [String]?,
    requests: Int64, written: Trial, smallest: Trial, below: Trial?, breaking: Request?
  ) {
    self.dialect = dialect
    self.point = point
    self.tolerance = tolerance
    self.parts = parts
    self.key = key
    self.requests = requests
    self.written = written
    self.smallest = smallest
    self.below = below
    self.breaking = breaking
  }

  /// The certificate of a proposal.
  /// - Parameter sources: paths of the sources by number.
  public init(
    _ proposal: LimitRecommendation.Proposal, rules: LimitRules, traffic: KeyedTraffic, key: GroupKey?,
    breaking: RequestLookup.Found?, sources: [Int64: String]
  ) {
    let texts = { (key: GroupKey) in traffic.key.texts(of: key, in: traffic.traffic) }
    let limit = proposal.limit
    self.init(
      dialect: rules.dialect, point: limit.point, tolerance: rules.tolerance, parts: traffic.key.parts,
      key: key.map(texts), requests: proposal.written.requests,
      written: Trial(size: limit.size, rejected: proposal.written.rejected),
      smallest: Trial(size: limit.smallest, rejected: proposal.smallest.rejected),
      below: proposal.below.map { Trial(size: limit.smallest - 1, rejected: $0.rejected) }, breaking: nil)
    guard let place = proposal.below?.first, let breaking else { return }
    self.breaking = Request(
      source: sources[breaking.source] ?? "source \(breaking.source)", line: breaking.line,
      arrival: Timestamp(microseconds: place.arrival), key: texts(place.key))
  }

  // MARK: Checking

  /// A claim that no longer holds.
  public enum Failure: Hashable, Sendable {
    /// The key has no requests any more.
    case noRequests
    case requests(was: Int64, now: Int64)
    /// A size that kept within the tolerance does no more.
    case rejectsTooMuch(size: Int64, rejected: Int64, allowed: Int64)
    case rejectedOther(size: Int64, was: Int64, now: Int64)
    /// The notch lower is safe now.
    case lowerIsSafe(size: Int64, rejected: Int64, allowed: Int64)
    /// The size that was tried is not the one right below the smallest; nil where none was.
    case notOneLower(smallest: Int64, tried: Int64?)
    /// Another request is the first to be rejected one notch lower; nil where it cannot be found.
    case breaksElsewhere(was: Request, now: Request?)
  }

  /// Replays the claims on traffic of the same window and conditions.
  /// - Returns: what does not hold; empty when all does.
  public func failures(on traffic: KeyedTraffic, sources: [Int64: String]) async throws -> [Failure] {
    guard let now = try await replayed(on: traffic) else { return [.noRequests] }
    let allowed = LimitRules(dialect, tolerance: tolerance).allowed(of: now[0].requests)
    var failures: [Failure] = []
    if now[0].requests != requests { failures.append(.requests(was: requests, now: now[0].requests)) }
    for (trial, tally) in zip([written, smallest], now) {
      if tally.rejected > allowed {
        failures.append(.rejectsTooMuch(size: trial.size, rejected: tally.rejected, allowed: allowed))
      } else if tally.rejected != trial.rejected {
        failures.append(.rejectedOther(size: trial.size, was: trial.rejected, now: tally.rejected))
      }
    }
    if let failure = gap { failures.append(failure) }
    guard let below, now.count > 2 else { return failures }
    if now[2].rejected <= allowed {
      failures.append(.lowerIsSafe(size: below.size, rejected: now[2].rejected, allowed: allowed))
    } else if now[2].rejected != below.rejected {
      failures.append(.rejectedOther(size: below.size, was: below.rejected, now: now[2].rejected))
    } else if let breaking, let place = now[2].first {
      let found = try await RequestLookup(in: traffic).requests(at: [place])[place]
      let request = found.map { found in
        Request(
          source: sources[found.source] ?? "source \(found.source)", line: found.line,
          arrival: Timestamp(microseconds: place.arrival), key: traffic.key.texts(of: place.key, in: traffic.traffic))
      }
      if request != breaking { failures.append(.breaksElsewhere(was: breaking, now: request)) }
    }
    return failures
  }

  /// Only a size right below proves that the smallest is the smallest.
  private var gap: Failure? {
    if let below, below.size == smallest.size - 1 { return nil }
    if below == nil, smallest.size <= dialect.smallestSize(at: point) { return nil }
    return .notOneLower(smallest: smallest.size, tried: below?.size)
  }

  private func replayed(on traffic: KeyedTraffic) async throws -> [ReplayTally]? {
    let limiters = ([written, smallest] + (below.map { [$0] } ?? [])).map { dialect.settings(point, size: $0.size) }
    guard let key else {
      return traffic.census.keyed == 0 ? nil : try await traffic.tallies(limiters)
    }
    return try await traffic.tallies(limiters) { traffic.key.texts(of: $0, in: traffic.traffic) == key }
  }
}

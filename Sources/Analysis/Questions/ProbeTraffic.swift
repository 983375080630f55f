public import Statistics
public import Traffic

/// Which requests are health checks, how many are they, and how long do they and all others take?
///
/// A health check calls itself one (`HealthCheckNames`: part of the user agent, or the path), or is a program that calls
/// one fixed path in nearly even steps. Sees single requests only, no rollups.
public struct ProbeTraffic: Question, Hashable {
  /// What health checks were recognised by.
  public struct Mark: Hashable, Sendable {
    public enum Kind: Int, Hashable, Sendable { case agent = 0, path, rhythm }
    public var kind: Kind
    /// Part of the user agent, the path, or the whole user agent.
    public var text: String
    /// Requests with this mark; one may have two.
    public var requests: Int64
  }

  public struct Answer: Hashable, Sendable {
    /// By kind, then text.
    public var marks: [Mark]
    public var probes: Int64
    public var requests: Int64
    /// Durations that count for latency.
    public var all: LatencySketch
    public var withoutProbes: LatencySketch
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let first = try await traffic.scan(request(ProbeTally.columns), ProbeTally(names: traffic))
    let regular = try await regularAgents(among: first.suspects, traffic)
    guard !regular.isEmpty else { return first.answer(names: traffic) }
    // Rare: their durations are with the others' so far.
    return try await traffic.scan(request(ProbeTally.columns), ProbeTally(names: traffic, regular: regular))
      .answer(names: traffic)
  }

  private func request(_ columns: [ScanColumn], _ filter: TrafficFilter? = nil) -> ScanRequest {
    ScanRequest(columns: columns, filter: filter ?? scope.filter, threads: scope.threads)
  }

  /// Agents whose gaps, address by address, vary by less than a twentieth of their mean.
  private func regularAgents(among suspects: [Int64], _ traffic: any TrafficSource) async throws -> Set<Int64> {
    let texts = suspects.compactMap { traffic.text($0) }.filter { text in !text.contains { $0 == "*" || $0 == "?" } }
    guard !texts.isEmpty else { return [] }
    var filter = scope.filter
    filter.conditions.append(.init(.stored(.userAgent), .matches(texts)))
    let gaps = try await traffic.scan(request(ProbeGaps.columns, filter), ProbeGaps())
    return Set(suspects.filter { gaps.isRegular(agent: $0) })
  }
}

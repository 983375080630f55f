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
    let tally = try await ProbeTally(traffic, scope)
    return tally.answer(regular: try await regularAgents(among: tally.suspects, traffic))
  }

  /// Agents whose gaps, address by address, vary by less than a twentieth of their mean.
  private func regularAgents(among suspects: [Int64], _ traffic: any TrafficSource) async throws -> Set<Int64> {
    let texts = suspects.compactMap { traffic.text($0) }.filter { text in !text.contains { $0 == "*" || $0 == "?" } }
    guard !texts.isEmpty else { return [] }
    var filter = scope.filter
    filter.conditions.append(.init(.stored(.userAgent), .matches(texts)))
    let gaps = try await traffic.scan(
      ScanRequest(columns: ProbeGaps.columns, filter: filter, threads: scope.threads), ProbeGaps())
    return Set(suspects.filter { gaps.isRegular(agent: $0) })
  }
}

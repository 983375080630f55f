import Statistics
import Traffic

/// Tells health checks from other requests, in the cells of a cube by agent and path.
struct ProbeTally {
  private static let layout = CubeLayout(
    [.outcome, .status, .userAgent, .path].map { .column(.stored($0)) }, [.histogram(.duration)])

  /// Requests of one agent, absent or not, for one path.
  private struct Pair {
    var agent: Int64
    var path: Int64
    var requests: Int64 = 0
    /// Durations that count for latency.
    var latency = LatencySketch()
  }

  private struct Agent {
    /// Number of its name in `HealthCheckNames.agents`.
    var mark: Int?
    var requests: Int64 = 0
    /// Most requests for one path, and for which.
    var onPath: Int64 = 0
    var path: Int64 = .absent
  }

  /// Suspects call this often at least, and at most one request in twenty.
  private static let leastRequests: Int64 = 50
  private static let mostSuspects = 20

  private let names: any TrafficSource
  private var pairs: [Pair] = []
  private var agents: [Int64: Agent] = [:]
  private var requests: Int64 = 0

  /// Counts the single rows of a scope.
  init(_ traffic: any TrafficSource, _ scope: Scope) async throws {
    names = traffic
    var places: [GroupKey: Int] = [:]
    for cell in try await traffic.cube(Self.layout.request(scope.ofSingleRows)).cells {
      let (agent, path) = (Self.layout.key(.userAgent, of: cell), Self.layout.key(.path, of: cell))
      let place = places[GroupKey(first: agent, second: path)] ?? pairs.count
      if place == pairs.count {
        places[GroupKey(first: agent, second: path)] = place
        pairs.append(Pair(agent: agent, path: path))
      }
      pairs[place].requests += cell.requests
      let (status, outcome) = (Self.layout.key(.status, of: cell), Self.layout.key(.outcome, of: cell))
      if StatusRule.countsForLatency(status: status, outcome: outcome) {
        pairs[place].latency.add(Self.layout.histogram(.duration, of: cell))
      }
    }
    requests = pairs.reduce(0) { $0 + $1.requests }
    for pair in pairs where pair.agent != .absent { count(pair) }
  }

  private mutating func count(_ pair: Pair) {
    var agent = agents[pair.agent] ?? Agent(mark: mark(ofAgent: pair.agent))
    agent.requests += pair.requests
    if pair.requests > agent.onPath { (agent.onPath, agent.path) = (pair.requests, pair.path) }
    agents[pair.agent] = agent
  }

  private func mark(ofAgent agent: Int64) -> Int? {
    names.text(agent).flatMap { HealthCheckNames.name(inAgent: $0) }
      .flatMap { HealthCheckNames.agents.firstIndex(of: $0) }
  }

  /// Number in `HealthCheckNames.paths`.
  private func mark(ofPath path: Int64) -> Int? {
    names.text(path).flatMap { HealthCheckNames.path(ofTemplate: $0) }
      .flatMap { HealthCheckNames.paths.firstIndex(of: $0) }
  }

  /// Unmarked agents that ask for one path without variables, the busiest first.
  var suspects: [Int64] {
    let found = agents.filter { _, agent in
      agent.mark == nil && agent.requests >= Self.leastRequests && agent.requests * 20 <= requests
        && agent.onPath * 100 >= agent.requests * 95
        && names.text(agent.path)?.contains { $0 == "{" || $0 == "?" } == false
    }
    let ranked = found.map { (number: $0.key, requests: $0.value.requests, name: names.text($0.key) ?? "") }
    return ranked.sorted { ($1.requests, $0.name) < ($0.requests, $1.name) }.prefix(Self.mostSuspects).map(\.number)
  }

  /// - Parameter regular: agents that are known by their rhythm.
  func answer(regular: Set<Int64>) -> ProbeTraffic.Answer {
    var byAgent = [Int64](repeating: 0, count: HealthCheckNames.agents.count)
    var byPath = [Int64](repeating: 0, count: HealthCheckNames.paths.count)
    var answer = ProbeTraffic.Answer(
      marks: [], probes: 0, requests: requests, all: LatencySketch(), withoutProbes: LatencySketch())
    for pair in pairs {
      let (agent, path) = (agents[pair.agent]?.mark, mark(ofPath: pair.path))
      if let agent { byAgent[agent] += pair.requests }
      if let path { byPath[path] += pair.requests }
      answer.all.merge(pair.latency)
      if agent != nil || path != nil || regular.contains(pair.agent) {
        answer.probes += pair.requests
      } else {
        answer.withoutProbes.merge(pair.latency)
      }
    }
    func add(_ kind: ProbeTraffic.Mark.Kind, _ text: String, _ requests: Int64) {
      if requests > 0 { answer.marks.append(ProbeTraffic.Mark(kind: kind, text: text, requests: requests)) }
    }
    for (text, requests) in zip(HealthCheckNames.agents, byAgent) { add(.agent, text, requests) }
    for (text, requests) in zip(HealthCheckNames.paths, byPath) { add(.path, text, requests) }
    for agent in regular { add(.rhythm, names.text(agent) ?? "", agents[agent]?.requests ?? 0) }
    answer.marks.sort { ($0.kind.rawValue, $0.text) < ($1.kind.rawValue, $1.text) }
    return answer
  }
}

import Statistics
import Traffic

/// Counts health checks, and durations with and without them.
struct ProbeTally: TrafficFold {
  static let columns: [ScanColumn] = [
    .stored(.userAgent), .stored(.path), .stored(.duration), .stored(.status), .stored(.outcome),
  ]

  private struct Agent: Sendable {
    /// Number of its name in `HealthCheckNames.agents`, −1 for none.
    var mark: Int8
    var isRegular: Bool
    var requests: Int64 = 0
    /// The first template it asked for, and how often.
    var template: Int64
    var onTemplate: Int64 = 0
  }

  /// Suspects call this often at least, and at most one request in twenty.
  private static let leastRequests: Int64 = 50
  private static let mostSuspects = 20

  private let names: any TrafficSource
  private let regular: Set<Int64>
  private var agents = KeyTable()
  private var agentCounts: [Agent] = []
  private var templates = KeyTable()
  /// Number of the path in `HealthCheckNames.paths`, −1 for none.
  private var templateMarks: [Int8] = []
  private var byAgentMark = [Int64](repeating: 0, count: HealthCheckNames.agents.count)
  private var byPathMark = [Int64](repeating: 0, count: HealthCheckNames.paths.count)
  private var requests: Int64 = 0
  private var probes: Int64 = 0
  private var probeLatency = LatencySketch()
  private var otherLatency = LatencySketch()
  private var probeDurations: [Int64] = []
  private var otherDurations: [Int64] = []

  init(names: any TrafficSource, regular: Set<Int64> = []) {
    self.names = names
    self.regular = regular
  }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (agent, template, duration, status, outcome) = (batch[0], batch[1], batch[2], batch[3], batch[4])
    probeDurations.removeAll(keepingCapacity: true)
    otherDurations.removeAll(keepingCapacity: true)
    otherDurations.reserveCapacity(batch.rows)
    requests += Int64(batch.rows)
    for row in 0..<batch.rows {
      let isProbe = note(agent: agent[row], template: template[row])
      if isProbe { probes &+= 1 }
      guard duration[row] >= 0, StatusRule.countsForLatency(status: status[row], outcome: outcome[row]) else { continue }
      if isProbe { probeDurations.append(duration[row]) } else { otherDurations.append(duration[row]) }
    }
    probeDurations.withUnsafeBufferPointer { probeLatency.add(contentsOf: $0) }
    otherDurations.withUnsafeBufferPointer { otherLatency.add(contentsOf: $0) }
  }

  /// Counts a row and says whether it is a health check.
  @inline(__always)
  private mutating func note(agent: Int64, template: Int64) -> Bool {
    let path = templates.index(of: GroupKey(first: template))
    if path == templateMarks.count { templateMarks.append(pathMark(template)) }
    let pathMark = templateMarks[path]
    if pathMark >= 0 { byPathMark[Int(pathMark)] &+= 1 }
    guard agent != .absent else { return pathMark >= 0 }
    let index = agents.index(of: GroupKey(first: agent))
    if index == agentCounts.count { agentCounts.append(newAgent(agent, template)) }
    return agentCounts.withUnsafeMutableBufferPointer { counts in
      counts[index].requests &+= 1
      if counts[index].template == template { counts[index].onTemplate &+= 1 }
      let mark = counts[index].mark
      if mark >= 0 { byAgentMark[Int(mark)] &+= 1 }
      return mark >= 0 || pathMark >= 0 || counts[index].isRegular
    }
  }

  private func pathMark(_ template: Int64) -> Int8 {
    guard let text = names.text(template), let path = HealthCheckNames.path(ofTemplate: text) else { return -1 }
    return Int8(HealthCheckNames.paths.firstIndex(of: path) ?? -1)
  }

  private func newAgent(_ agent: Int64, _ template: Int64) -> Agent {
    let name = names.text(agent).flatMap { HealthCheckNames.name(inAgent: $0) }
    let mark = name.flatMap { HealthCheckNames.agents.firstIndex(of: $0) } ?? -1
    return Agent(mark: Int8(mark), isRegular: regular.contains(agent), template: template)
  }

  mutating func merge(_ later: Self) {
    for (key, counts) in zip(later.agents.keys, later.agentCounts) {
      let index = agents.index(of: key)
      if index == agentCounts.count {
        agentCounts.append(counts)
      } else {
        agentCounts[index].requests += counts.requests
        // Another first template there: at most one of the two is nearly all of its requests.
        if agentCounts[index].template == counts.template {
          agentCounts[index].onTemplate += counts.onTemplate
        } else if agentCounts[index].onTemplate < counts.onTemplate {
          (agentCounts[index].template, agentCounts[index].onTemplate) = (counts.template, counts.onTemplate)
        }
      }
    }
    for index in byAgentMark.indices { byAgentMark[index] += later.byAgentMark[index] }
    for index in byPathMark.indices { byPathMark[index] += later.byPathMark[index] }
    requests += later.requests
    probes += later.probes
    probeLatency.merge(later.probeLatency)
    otherLatency.merge(later.otherLatency)
  }

  /// Unmarked agents that ask for one path without variables, the busiest first.
  var suspects: [Int64] {
    let found = zip(agents.keys, agentCounts).filter { key, counts in
      counts.mark < 0 && counts.requests >= Self.leastRequests && counts.requests * 20 <= requests
        && counts.onTemplate * 100 >= counts.requests * 95
        && names.text(counts.template)?.contains { $0 == "{" || $0 == "?" } == false
    }
    let ranked = found.sorted { a, b in
      a.1.requests != b.1.requests
        ? a.1.requests > b.1.requests : (names.text(a.0.first) ?? "") < (names.text(b.0.first) ?? "")
    }
    return ranked.prefix(Self.mostSuspects).map(\.0.first)
  }

  func answer(names: any TrafficSource) -> ProbeTraffic.Answer {
    var marks: [ProbeTraffic.Mark] = []
    for (text, count) in zip(HealthCheckNames.agents, byAgentMark) where count > 0 {
      marks.append(ProbeTraffic.Mark(kind: .agent, text: text, requests: count))
    }
    for (text, count) in zip(HealthCheckNames.paths, byPathMark) where count > 0 {
      marks.append(ProbeTraffic.Mark(kind: .path, text: text, requests: count))
    }
    for (key, counts) in zip(agents.keys, agentCounts) where counts.isRegular {
      marks.append(ProbeTraffic.Mark(kind: .rhythm, text: names.text(key.first) ?? "", requests: counts.requests))
    }
    marks.sort { ($0.kind.rawValue, $0.text) < ($1.kind.rawValue, $1.text) }
    var all = probeLatency
    all.merge(otherLatency)
    return ProbeTraffic.Answer(
      marks: marks, probes: probes, requests: requests, all: all, withoutProbes: otherLatency)
  }
}

/// Arrivals of some agents by address.
struct ProbeGaps: TrafficFold {
  static let columns: [ScanColumn] = [.stored(.userAgent), .stored(.client), .stored(.arrival)]
  /// Gaps needed to call them even, and how far they may vary: standard deviation over mean.
  private static let fewestGaps = 50
  private static let mostVariation = 0.05

  private var table = KeyTable()
  private var arrivals: [[Int64]] = []

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (agent, client, arrival) = (batch[0], batch[1], batch[2])
    for row in 0..<batch.rows {
      let index = table.index(of: GroupKey(first: agent[row], second: client[row]))
      if index == arrivals.count { arrivals.append([]) }
      arrivals[index].append(arrival[row])
    }
  }

  mutating func merge(_ later: Self) {
    for (key, times) in zip(later.table.keys, later.arrivals) {
      let index = table.index(of: key)
      if index == arrivals.count { arrivals.append([]) }
      arrivals[index] += times
    }
  }

  /// Every address of the agent that called often enough calls in even steps, and there is one.
  func isRegular(agent: Int64) -> Bool {
    let judged = zip(table.keys, arrivals).filter { $0.0.first == agent && $0.1.count > Self.fewestGaps }
    return !judged.isEmpty && judged.allSatisfy { Self.isEven($0.1) }
  }

  private static func isEven(_ arrivals: [Int64]) -> Bool {
    let sorted = arrivals.sorted()
    let gaps = zip(sorted, sorted.dropFirst()).map { Double($1 &- $0) }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    return mean > 0 && variance.squareRoot() <= mostVariation * mean
  }
}

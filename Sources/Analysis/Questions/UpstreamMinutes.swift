public import Traffic

/// How busy was every endpoint in its busiest step, how much was in progress on average, and when did it fail or rest?
///
/// Work in progress is arrivals × mean upstream time (Little's law) per step: exact over the whole night up to requests
/// in progress at its ends, an estimate for one step as long as upstream times are much shorter than a step.
public struct UpstreamMinutes: Question, Hashable {
  public struct Row: Hashable, Sendable {
    public var service: String?
    public var upstream: String?
    public var requests: Int64
    /// Sum of all upstream times, µs.
    public var busy: Int64
    /// The largest sum of one step, µs, and where that step begins.
    public var busiest: Int64
    public var busiestFrom: Timestamp
    /// Stretches in which the endpoint did not do its work, in order of time.
    public var outages: [Outage]
  }

  /// Steps in a row in which an endpoint failed, or got nothing while its service had work for it.
  public struct Outage: Hashable, Sendable {
    public enum State: String, Hashable, Sendable { case failing, silent }
    public var state: State
    public var from: Timestamp
    public var until: Timestamp
    public var requests: Int64
    public var errors: Int64
  }

  public struct Answer: Hashable, Sendable {
    /// By service, then by address.
    public var rows: [Row]
    public var first: Timestamp?
    public var last: Timestamp?
  }

  /// Fewer requests of a step say nothing about its health, and fewer expected ones nothing about silence.
  public static let fewest: Int64 = 20

  public var scope: Scope
  public var step: Microseconds

  public init(scope: Scope = Scope(), step: Microseconds = .minute) {
    precondition(step.count > 0, "a step has a length")
    self.scope = scope
    self.step = step
  }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let tally = try await traffic.scan(
      ScanRequest(columns: UpstreamTally.columns, filter: scope.filter, threads: scope.threads),
      UpstreamTally(step: step))
    var endpoints = Endpoints(step: step)
    for (index, key) in tally.table.keys.enumerated() { endpoints.add(key, tally.steps[index]) }
    let rows = endpoints.steps.map { key, steps in
      Self.row(traffic.text(key.second), traffic.text(key.first), steps, endpoints.outages(of: key, steps))
    }.sorted { ($0.service ?? "", $0.upstream ?? "") < ($1.service ?? "", $1.upstream ?? "") }
    return Answer(rows: rows, first: endpoints.first, last: endpoints.last.map { $0 + step })
  }

  private static func row(
    _ service: String?, _ upstream: String?, _ steps: [Int64: UpstreamTally.Step], _ outages: [Outage]
  ) -> Row {
    var row = Row(
      service: service, upstream: upstream, requests: 0, busy: 0, busiest: -1,
      busiestFrom: Timestamp(microseconds: 0), outages: outages)
    for (from, step) in steps.sorted(by: { $0.key < $1.key }) {
      row.requests += step.requests
      row.busy = row.busy.clampedSum(step.busy)
      if step.busy > row.busiest { (row.busiest, row.busiestFrom) = (step.busy, Timestamp(microseconds: from)) }
    }
    row.busiest = max(0, row.busiest)
    return row
  }
}

/// Requests, failures and upstream time per (upstream, service, step).
/// Columns: upstream, service, arrival, upstream duration, upstream status, outcome.
private struct UpstreamTally: TrafficFold {
  static let columns: [ScanColumn] = [
    .upstream, .service, .arrival, .upstreamDuration, .upstreamStatus, .outcome,
  ].map { .stored($0) }

  struct Step: Sendable {
    var requests: Int64 = 0
    var errors: Int64 = 0
    var busy: Int64 = 0

    mutating func add(_ other: Step) {
      requests += other.requests
      errors += other.errors
      busy = busy.clampedSum(other.busy)
    }
  }

  let step: Int64
  private(set) var table = KeyTable()
  private(set) var steps: [Step] = []

  init(step: Microseconds) { self.step = step.count }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (upstream, service, arrival, duration) = (batch[0], batch[1], batch[2], batch[3])
    let (status, outcome) = (batch[4], batch[5])
    // Neighbours mostly fall into the same step: a division only where they do not.
    var start = Int64.max
    for row in 0..<batch.rows where upstream[row] != .absent {
      if UInt64(bitPattern: arrival[row] &- start) >= UInt64(step) { start = arrival[row].flooredMultiple(of: step) }
      let index = table.index(of: GroupKey(first: upstream[row], second: service[row], third: start))
      if index == steps.count { steps.append(Step()) }
      steps[index].requests &+= 1
      if duration[row] > 0 { steps[index].busy = steps[index].busy.clampedSum(duration[row]) }
      if StatusRule.isServerError(status[row]) || StatusRule.blamesUpstream(outcome[row]) { steps[index].errors &+= 1 }
    }
  }

  mutating func merge(_ later: Self) {
    for (number, key) in later.table.keys.enumerated() {
      let index = table.index(of: key)
      if index == steps.count { steps.append(Step()) }
      steps[index].add(later.steps[number])
    }
  }
}

/// The steps of every endpoint, and what its service had to do in each.
private struct Endpoints {
  let step: Microseconds
  /// By (service, upstream).
  private(set) var steps: [GroupKey: [Int64: UpstreamTally.Step]] = [:]
  private var perService: [Int64: [Int64: Int64]] = [:]
  private var endpoints: [Int64: Int64] = [:]
  private(set) var first: Timestamp?
  private(set) var last: Timestamp?

  init(step: Microseconds) { self.step = step }

  /// - Parameter key: upstream, service, start of the step.
  mutating func add(_ key: GroupKey, _ counts: UpstreamTally.Step) {
    let endpoint = GroupKey(first: key.second, second: key.first)
    if steps[endpoint] == nil { endpoints[key.second, default: 0] += 1 }
    steps[endpoint, default: [:]][key.third] = counts
    perService[key.second, default: [:]][key.third, default: 0] += counts.requests
    let from = Timestamp(microseconds: key.third)
    first = first.map { min($0, from) } ?? from
    last = last.map { max($0, from) } ?? from
  }

  /// Steps in which an endpoint failed half of its requests or more, or got none where the endpoint's own share of
  /// its service's requests would have been `fewest`; neighbours in one state are one outage.
  func outages(of endpoint: GroupKey, _ own: [Int64: UpstreamTally.Step]) -> [UpstreamMinutes.Outage] {
    let service = perService[endpoint.first] ?? [:]
    let all = service.values.reduce(0, +)
    let mine = own.values.reduce(0) { $0 + $1.requests }
    var outages: [UpstreamMinutes.Outage] = []
    for (start, requests) in service.sorted(by: { $0.key < $1.key }) {
      let counts = own[start] ?? UpstreamTally.Step()
      let isExpected = all > 0 && Double(requests) * Double(mine) / Double(all) >= Double(UpstreamMinutes.fewest)
      guard let state = state(counts, isExpected) else { continue }
      let from = Timestamp(microseconds: start)
      if let last = outages.last, last.state == state, last.until == from {
        outages[outages.count - 1].until = from + step
        outages[outages.count - 1].requests += counts.requests
        outages[outages.count - 1].errors += counts.errors
      } else {
        outages.append(
          UpstreamMinutes.Outage(
            state: state, from: from, until: from + step, requests: counts.requests, errors: counts.errors))
      }
    }
    return outages
  }

  private func state(_ counts: UpstreamTally.Step, _ isExpected: Bool) -> UpstreamMinutes.Outage.State? {
    if counts.requests == 0 { return isExpected ? .silent : nil }
    return counts.requests >= UpstreamMinutes.fewest && counts.errors * 2 >= counts.requests ? .failing : nil
  }
}

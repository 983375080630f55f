import Simulation
public import Traffic

/// Who meets a limit under one configuration and not under the other, request by request.
public struct ImpactDifference: Sendable {
  /// Requests by what the two configurations decided.
  public struct Counts: Hashable, Sendable {
    public var requests: Int64 = 0
    /// Rejected by the later configuration only.
    public var newlyRejected: Int64 = 0
    /// Rejected by the earlier configuration only.
    public var relieved: Int64 = 0
    public var rejectedByBoth: Int64 = 0

    public var changed: Int64 { newlyRejected + relieved }
  }

  /// One route or caller with a changed decision.
  public struct Row: Hashable, Sendable {
    /// nil where the log does not say.
    public var name: String?
    /// Of a route, its method.
    public var method: String?
    public var counts: Counts
    /// The first that is newly rejected.
    public var firstNewlyRejected: RequestPlace?
  }

  public var total: Counts
  /// Most newly rejected first, then most relieved, then by name; those with changes only.
  public var routes: [Row]
  public var callers: [Row]
  /// Callers that are rejected under the later configuration and were not under the earlier, and the other way round.
  public var callersNewlyHit: Int64
  public var callersFreed: Int64

  /// Replays the traffic twice: once to note what the earlier configuration rejects, once to compare.
  public static func between(
    _ earlier: WhatIf, and later: WhatIf, on traffic: any TrafficSource
  ) async throws -> ImpactDifference {
    let noted = try await Replay.run(
      earlier.model, on: traffic, filter: earlier.filter, options: earlier.options, threads: earlier.threads,
      into: RejectedRequests())
    let compared = try await Replay.run(
      later.model, on: traffic, filter: later.filter, options: later.options, threads: later.threads,
      into: DecisionComparison(rejectedEarlier: noted))
    return ImpactDifference(compared, names: traffic)
  }
}

extension ImpactDifference {
  init(_ comparison: DecisionComparison, names: any TrafficSource) {
    total = comparison.total
    routes = Self.rows(comparison.routes) { key in
      (names.text(of: key.first, in: .route), names.text(of: key.second, in: .stored(.method)))
    }
    callers = Self.rows(comparison.callers) { key in
      (names.text(of: key.first, in: .stored(key.second == 1 ? .client : .consumer)), nil)
    }
    let counts = comparison.callers.counts
    callersNewlyHit = Int64(counts.count { $0.newlyRejected > 0 && $0.relieved + $0.rejectedByBoth == 0 })
    callersFreed = Int64(counts.count { $0.relieved > 0 && $0.newlyRejected + $0.rejectedByBoth == 0 })
  }

  private static func rows(
    _ groups: GroupedDifference, name: (GroupKey) -> (name: String?, method: String?)
  ) -> [Row] {
    groups.counts.indices.filter { groups.counts[$0].changed > 0 }.map { index in
      let (text, method) = name(groups.table.keys[index])
      return Row(name: text, method: method, counts: groups.counts[index], firstNewlyRejected: groups.first[index])
    }.sorted { a, b in
      let (left, right) = (a.counts, b.counts)
      if left.newlyRejected != right.newlyRejected { return left.newlyRejected > right.newlyRejected }
      if left.relieved != right.relieved { return left.relieved > right.relieved }
      return (a.name ?? "", a.method ?? "") < (b.name ?? "", b.method ?? "")
    }
  }
}

/// The requests that a replay rejects: one bit per line of each source.
struct RejectedRequests: DecisionSink {
  static let columns: [ScanColumn] = [.source, .stored(.line)]

  private var lines: [Int64: [UInt64]] = [:]
  /// Lines from here on are kept singly, so that a wrong line number cannot fill the memory.
  private static let densest: Int64 = 1 << 32
  private var distant: Set<RequestPlace> = []

  mutating func take(_ request: RecordedRequest, _ decision: Decision) {
    guard decision.verdict.isRejected, decision.attempt == 0 else { return }
    insert(source: request[0], line: request[1])
  }

  mutating func insert(source: Int64, line: Int64) {
    guard line >= 0, line < Self.densest else {
      distant.insert(RequestPlace(source: source, line: line, arrival: 0))
      return
    }
    let word = Int(line >> 6)
    var words = lines.removeValue(forKey: source) ?? []
    if words.count <= word { words.append(contentsOf: repeatElement(0, count: max(word + 1, words.count * 2) - words.count)) }
    words[word] |= 1 << UInt64(line & 63)
    lines[source] = words
  }

  func contains(source: Int64, line: Int64) -> Bool {
    guard line >= 0, line < Self.densest else {
      return distant.contains(RequestPlace(source: source, line: line, arrival: 0))
    }
    guard let words = lines[source], Int(line >> 6) < words.count else { return false }
    return words[Int(line >> 6)] & 1 << UInt64(line & 63) != 0
  }
}

/// Holds the decisions of a replay against those of an earlier one.
struct DecisionComparison: DecisionSink {
  static let columns: [ScanColumn] = [
    .route, .stored(.method), .stored(.consumer), .stored(.client), .source, .stored(.line),
  ]

  let rejectedEarlier: RejectedRequests
  private(set) var total = ImpactDifference.Counts()
  private(set) var routes = GroupedDifference()
  private(set) var callers = GroupedDifference()

  init(rejectedEarlier: RejectedRequests) { self.rejectedEarlier = rejectedEarlier }

  mutating func take(_ request: RecordedRequest, _ decision: Decision) {
    guard decision.attempt == 0 else { return }
    let was = rejectedEarlier.contains(source: request[4], line: request[5])
    let isRejected = decision.verdict.isRejected
    total.add(was: was, isRejected: isRejected)
    let place = RequestPlace(source: request[4], line: request[5], arrival: request.arrival)
    routes.add(GroupKey(first: request[0], second: request[1]), was: was, isRejected: isRejected, place)
    let caller = request[2] != .absent ? GroupKey(first: request[2]) : GroupKey(first: request[3], second: 1)
    callers.add(caller, was: was, isRejected: isRejected, place)
  }
}

/// Differences by key, numbered in order of appearance.
struct GroupedDifference: Sendable {
  private(set) var table = KeyTable()
  private(set) var counts: [ImpactDifference.Counts] = []
  private(set) var first: [RequestPlace?] = []

  mutating func add(_ key: GroupKey, was: Bool, isRejected: Bool, _ place: RequestPlace) {
    let index = table.index(of: key)
    if index == counts.count {
      counts.append(ImpactDifference.Counts())
      first.append(nil)
    }
    counts[index].add(was: was, isRejected: isRejected)
    if isRejected, !was, first[index] == nil { first[index] = place }
  }
}

extension ImpactDifference.Counts {
  @inline(__always)
  mutating func add(was: Bool, isRejected: Bool) {
    requests &+= 1
    switch (was, isRejected) {
    case (false, true): newlyRejected &+= 1
    case (true, false): relieved &+= 1
    case (true, true): rejectedByBoth &+= 1
    case (false, false): break
    }
  }
}

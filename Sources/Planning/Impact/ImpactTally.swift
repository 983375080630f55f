internal import Statistics
public import Simulation
public import Traffic

/// Adds up what a replay decided: in all, per route, caller, rule and minute.
public struct ImpactTally: DecisionSink {
  public static let columns: [ScanColumn] = [
    .route, .stored(.consumer), .stored(.client), .source, .stored(.line), .stored(.method),
    .stored(.limit), .stored(.outcome), .stored(.duration),
  ]

  private(set) var total = ImpactCounts()
  private var routes = GroupedImpact()
  private var callers = GroupedImpact()
  private(set) var rules: [ImpactGroup]
  private(set) var delays = LatencySketch()
  private(set) var minutes = MinuteCounts()
  private var lockOuts = LockOuts()
  private(set) var storms = RetryStormFold()
  private(set) var recordedRejections: Int64 = 0
  /// Requests whose end stands for their arrival.
  private(set) var withoutArrival: Int64 = 0
  private let endStamped: Set<Int64>

  /// - Parameters:
  ///   - rules: how many rules the model has.
  ///   - endStamped: sources whose stamps are of the end of a request.
  public init(rules: Int, endStamped: Set<Int64> = []) {
    self.endStamped = endStamped
    self.rules = Array(repeating: ImpactGroup(), count: rules)
  }

  public mutating func take(_ request: RecordedRequest, _ decision: Decision) {
    let caller = callers.index(of: Self.callerKey(request))
    let route = routes.index(of: GroupKey(first: request[0], second: request[5]))
    total.add(decision)
    callers.groups[caller].counts.add(decision)
    routes.groups[route].counts.add(decision)
    if decision.verdict.delay > 0 { delays.add(decision.verdict.delay) }
    minutes.add(request.arrival, isRejected: decision.verdict.isRejected)
    storms.record(
      time: request.arrival, isFresh: decision.attempt == 0, isRejected: decision.verdict.isRejected)
    if decision.attempt == 0, Self.wasRejected(request) { recordedRejections &+= 1 }
    if request[8] == .absent, endStamped.contains(request[3]) { withoutArrival &+= 1 }
    lockOuts.note(caller, at: request.arrival, isRejected: decision.verdict.isRejected)
    if decision.rule >= 0 || decision.dryRunRule >= 0 { blame(request, decision, caller: caller, route: route) }
  }

  /// Whether a limit rejected it when it was recorded.
  private static func wasRejected(_ request: RecordedRequest) -> Bool {
    let limit = request[6]
    return limit == LimitVerdict.rejected.rawValue || limit == LimitVerdict.inferredRejected.rawValue
      || request[7] == Outcome.rateLimited.rawValue
  }

  private mutating func blame(_ request: RecordedRequest, _ decision: Decision, caller: Int, route: Int) {
    let rule = Int(decision.rule >= 0 ? decision.rule : decision.dryRunRule)
    guard rules.indices.contains(rule) else { return }
    rules[rule].counts.add(decision)
    guard decision.verdict.isRejected || decision.dryRunRule >= 0 else { return }
    let place = RequestPlace(source: request[3], line: request[4], arrival: request.arrival)
    rules[rule].note(place)
    callers.groups[caller].note(place)
    routes.groups[route].note(place)
  }

  /// A consumer, or where the log names none a client address.
  private static func callerKey(_ request: RecordedRequest) -> GroupKey {
    request[1] != .absent ? GroupKey(first: request[1]) : GroupKey(first: request[2], second: 1)
  }

  /// Groups by route and method.
  var byRoute: [(route: Int64, method: Int64, group: ImpactGroup)] {
    zip(routes.table.keys, routes.groups).map { ($0.first, $0.second, $1) }
  }

  /// Groups by caller with the longest lock-out of each.
  var byCaller: [(value: Int64, isClient: Bool, group: ImpactGroup, lockOut: LockOuts.LockOut)] {
    callers.groups.indices.map { index in
      let key = callers.table.keys[index]
      return (key.first, key.second == 1, callers.groups[index], lockOuts.longest(of: index))
    }
  }
}

/// How many attempts ended how.
public struct ImpactCounts: Hashable, Sendable {
  /// Attempts in all; each is passed, delayed or rejected.
  public var attempts: Int64 = 0
  public var passed: Int64 = 0
  public var delayed: Int64 = 0
  public var rejected: Int64 = 0
  /// Passed or delayed, and a rule in dry run would have rejected them.
  public var rejectedDryRun: Int64 = 0
  /// Rejected attempts that the client tried again.
  public var triedAgain: Int64 = 0

  public init() {}

  @inline(__always)
  mutating func add(_ decision: Decision) {
    attempts &+= 1
    if decision.verdict.delay == 0 {
      passed &+= 1
    } else if decision.verdict.delay > 0 {
      delayed &+= 1
    } else {
      rejected &+= 1
      if decision.isTriedAgain { triedAgain &+= 1 }
    }
    if decision.dryRunRule >= 0 { rejectedDryRun &+= 1 }
  }

  /// Requests: attempts that are no second try.
  public var requests: Int64 { attempts - triedAgain }
  /// Requests whose last attempt was rejected.
  public var lost: Int64 { rejected - triedAgain }
}

/// A request in the log.
public struct RequestPlace: Hashable, Sendable {
  /// Number of the source.
  public var source: Int64
  public var line: Int64
  /// µs since 1970 UTC.
  public var arrival: Int64

  public init(source: Int64, line: Int64, arrival: Int64) {
    self.source = source
    self.line = line
    self.arrival = arrival
  }
}

/// Counts of one group and the first requests that were rejected.
public struct ImpactGroup: Hashable, Sendable {
  public static let samples = 3
  public var counts = ImpactCounts()
  /// At most `samples`, the first ones.
  public var firstRejections: [RequestPlace] = []

  public init() {}

  /// Takes a rejected request in; one that is tried again and rejected again is one request.
  mutating func note(_ place: RequestPlace) {
    guard firstRejections.count < Self.samples else { return }
    let isKnown = firstRejections.contains { $0.source == place.source && $0.line == place.line }
    if !isKnown { firstRejections.append(place) }
  }
}

/// Groups by key, numbered in order of appearance.
struct GroupedImpact: Sendable {
  private(set) var table = KeyTable()
  var groups: [ImpactGroup] = []

  @inline(__always)
  mutating func index(of key: GroupKey) -> Int {
    let index = table.index(of: key)
    if index == groups.count { groups.append(ImpactGroup()) }
    return index
  }
}

/// Attempts and rejections per minute.
struct MinuteCounts: Sendable {
  private(set) var table = KeyTable()
  private(set) var attempts: [Int64] = []
  private(set) var rejected: [Int64] = []

  static let length: Int64 = 60_000_000

  mutating func add(_ arrival: Int64, isRejected: Bool) {
    let index = table.index(of: GroupKey(first: arrival.flooredMultiple(of: Self.length)))
    if index == attempts.count {
      attempts.append(0)
      rejected.append(0)
    }
    attempts[index] &+= 1
    if isRejected { rejected[index] &+= 1 }
  }

  /// In order of time.
  var all: [(minute: Int64, attempts: Int64, rejected: Int64)] {
    attempts.indices.map { (table.keys[$0].first, attempts[$0], rejected[$0]) }.sorted { $0.0 < $1.0 }
  }
}

/// For each caller the longest time from a rejection to the next admission.
struct LockOuts: Sendable {
  struct LockOut: Hashable, Sendable {
    /// µs; 0 where the caller was never locked out.
    var length: Int64 = 0
    var start: Int64 = .absent
    /// It had not ended when the log did.
    var isOpen = false
  }

  private var since: [Int64] = []
  private var last: [Int64] = []
  private var longest: [LockOut] = []

  @inline(__always)
  mutating func note(_ caller: Int, at time: Int64, isRejected: Bool) {
    if caller >= since.count { grow(to: caller) }
    if isRejected {
      if since[caller] == .absent { since[caller] = time }
      last[caller] = time
    } else if since[caller] != .absent {
      close(caller, at: time)
      since[caller] = .absent
    }
  }

  private mutating func grow(to caller: Int) {
    while since.count <= caller {
      since.append(.absent)
      last.append(.absent)
      longest.append(LockOut())
    }
  }

  private mutating func close(_ caller: Int, at time: Int64) {
    let length = time - since[caller]
    if length > longest[caller].length || longest[caller].start == .absent {
      longest[caller] = LockOut(length: length, start: since[caller])
    }
  }

  func longest(of caller: Int) -> LockOut {
    guard caller < since.count else { return LockOut() }
    guard since[caller] != .absent else { return longest[caller] }
    let open = LockOut(length: last[caller] - since[caller], start: since[caller], isOpen: true)
    return open.length > longest[caller].length || longest[caller].start == .absent ? open : longest[caller]
  }
}

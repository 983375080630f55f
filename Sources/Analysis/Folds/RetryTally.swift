import Statistics
import Traffic

/// Chains of attempts by caller, for a horizon that is known. Needs order of arrival.
///
/// What follows an attempt is only judged where a whole horizon lies between the attempt and the last arrival. The odds
/// of all are those of callers that were rejected: how often others come says nothing about them.
struct RetryTally: TrafficFold {
  /// Counts of one caller, or of all.
  struct Counts: Sendable, Hashable {
    var attempts: Int64 = 0
    var rejected: Int64 = 0
    /// Attempts that follow a rejection of their group within the horizon.
    var linked: Int64 = 0
    /// Chains whose first attempt was rejected: those that met a limiter.
    var rejectedHeads: Int64 = 0
    /// Chains that met a limiter and ended otherwise.
    var recovered: Int64 = 0
    /// Chains whose last attempt was rejected less than a horizon before the traffic ended.
    var undecided: Int64 = 0
    var longestChain: Int64 = 0
    /// µs.
    var longestSpan: Int64 = 0
    /// Gaps to a linked attempt that are at least Retry-After and at most a tenth longer.
    var honoured: Int64 = 0
    var odds = RetryOdds()
    /// The caller is rejected at least once in the traffic.
    var isRejected = false

    @inline(__always)
    mutating func add(_ attempt: RecordedAttempt, _ link: AttemptLinks.Link) {
      attempts &+= 1
      longestChain = max(longestChain, Int64(link.position))
      if attempt.answer == .rejected { rejected &+= 1 }
      guard link.isLinked else {
        if attempt.answer == .rejected { rejectedHeads &+= 1 }
        return
      }
      linked &+= 1
      longestSpan = max(longestSpan, link.span)
      if attempt.answer != .rejected { recovered &+= 1 }
    }
  }

  let horizon: Int64
  /// Of all traffic, µs since 1970 UTC.
  private let last: Int64
  private let retryAfter: Int64?
  private let rejectedCallers: Set<Int64>
  private var links: AttemptLinks
  private var table = KeyTable()
  private var counts: [Counts] = []
  private var gaps: [Int: LatencySketch] = [:]
  private(set) var total = Counts()
  private(set) var gapsAfterRejection = LatencySketch()
  private(set) var gapsAfterSuccess = LatencySketch()
  private(set) var byPosition = [RetryOdds.Followed](
    repeating: RetryOdds.Followed(), count: RetryEvidence.positions)

  /// - Parameter gaps: of the same traffic.
  init(horizon: Microseconds, _ gaps: RetryGaps, retryAfter: Microseconds?) {
    self.horizon = horizon.count
    last = gaps.last
    rejectedCallers = gaps.rejectedCallers
    self.retryAfter = retryAfter?.count
    links = AttemptLinks(horizon: horizon.count)
  }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let columns = AttemptColumns(batch)
    for row in 0..<batch.rows { take(columns[row]) }
  }

  mutating func take(_ attempt: RecordedAttempt) {
    let link = links.link(attempt)
    let index = table.index(of: GroupKey(first: attempt.caller))
    if index == counts.count {
      counts.append(Counts())
      counts[index].isRejected = rejectedCallers.contains(attempt.caller)
    }
    counts[index].add(attempt, link)
    total.add(attempt, link)
    if link.isLinked { takeGap(link, of: index) }
    let position = min(Int(link.position), RetryEvidence.positions) - 1
    if isJudged(attempt.arrival) {
      count(of: attempt.answer, in: index) { $0.events += 1 }
      if attempt.answer == .rejected { byPosition[position].events += 1 }
    }
    guard let previous = link.previous, isJudged(attempt.arrival &- link.gap) else { return }
    count(of: previous, in: index) { $0.followed += 1 }
    if previous == .rejected {
      gapsAfterRejection.add(link.gap)
      byPosition[min(Int(link.position) - 1, RetryEvidence.positions) - 1].followed += 1
    } else if previous == .served, counts[index].isRejected {
      gapsAfterSuccess.add(link.gap)
    }
  }

  private mutating func takeGap(_ link: AttemptLinks.Link, of index: Int) {
    gaps[index, default: LatencySketch()].add(link.gap)
    guard let retryAfter, link.gap >= retryAfter, link.gap - retryAfter <= retryAfter / 10 else { return }
    counts[index].honoured += 1
    total.honoured += 1
  }

  /// A whole horizon of traffic lies after the instant.
  private func isJudged(_ arrival: Int64) -> Bool { last &- arrival >= horizon }

  private mutating func count(
    of answer: RecordedAttempt.Answer, in index: Int, _ change: (inout RetryOdds.Followed) -> Void
  ) {
    switch answer {
    case .rejected:
      change(&counts[index].odds.afterRejection)
      change(&total.odds.afterRejection)
    case .served:
      change(&counts[index].odds.afterSuccess)
      if counts[index].isRejected { change(&total.odds.afterSuccess) }
    case .other: break
    }
  }

  /// Order by arrival uses one fold for everything.
  mutating func merge(_ later: Self) {
    precondition(later.total.attempts == 0, "a scan in arrival order has one fold")
  }

  /// Counts and gaps of every caller, with the chains that are still open marked. Ask once, at the end.
  mutating func finish() -> [(caller: Int64, counts: Counts, gaps: LatencySketch)] {
    for caller in links.undecided(at: last) {
      counts[table.index(of: GroupKey(first: caller))].undecided += 1
      total.undecided += 1
    }
    return table.keys.indices.map { (table.keys[$0].first, counts[$0], gaps[$0] ?? LatencySketch()) }
  }

  /// What the replay needs to know.
  func evidence() -> RetryEvidence {
    var evidence = RetryEvidence(horizon: Microseconds(horizon), overall: total.odds)
    for (index, key) in table.keys.enumerated() where counts[index].odds.isEnough {
      evidence.byCaller[key.first] = counts[index].odds
    }
    evidence.gapsAfterRejection = gapsAfterRejection
    evidence.gapsAfterSuccess = gapsAfterSuccess
    evidence.byPosition = byPosition
    evidence.longestChain = Int(clamping: total.longestChain)
    evidence.longestSpan = Microseconds(total.longestSpan)
    return evidence
  }
}

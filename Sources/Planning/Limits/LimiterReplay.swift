internal import Gateways
internal import Simulation
internal import Traffic

/// Replays the arrivals of one key through a limiter that starts fresh.
enum LimiterReplay {
  /// How many are rejected; counting ends once there are more than `bound`.
  static func rejections(
    by settings: LimiterSettings, of arrivals: UnsafeBufferPointer<Int64>, stoppingAbove bound: Int64
  ) -> Int64 {
    var counting = Counting(arrivals: arrivals, bound: bound)
    settings.accept(&counting)
    return counting.rejected
  }

  /// What happens to the requests of a key.
  static func tally(
    _ settings: LimiterSettings, of arrivals: UnsafeBufferPointer<Int64>, key: GroupKey
  ) -> ReplayTally {
    var tallying = Tallying(arrivals: arrivals, watch: RejectionWatch(key: key))
    settings.accept(&tallying)
    return tallying.watch.tally(requests: arrivals.count)
  }

  /// The same for arrivals that come piece by piece.
  static func run(_ settings: LimiterSettings, key: GroupKey) -> (any ReplayRun)? {
    var opening = Opening(key: key)
    settings.accept(&opening)
    return opening.run
  }
}

private struct Counting: LimiterVisitor {
  let arrivals: UnsafeBufferPointer<Int64>
  let bound: Int64
  var rejected: Int64 = 0

  mutating func visit<L: Limiter>(_ limiter: L) {
    var limiter = limiter
    var state = limiter.fresh
    var rejected: Int64 = 0
    for arrival in arrivals where limiter.decide(&state, at: arrival).isRejected {
      rejected &+= 1
      if rejected > bound { break }
    }
    self.rejected = rejected
  }

  mutating func visit<C: ConcurrencyControl>(_ control: C) { refuseConcurrency() }
}

private struct Tallying: LimiterVisitor {
  let arrivals: UnsafeBufferPointer<Int64>
  var watch: RejectionWatch

  mutating func visit<L: Limiter>(_ limiter: L) {
    var limiter = limiter
    var state = limiter.fresh
    for arrival in arrivals { watch.take(arrival, isRejected: limiter.decide(&state, at: arrival).isRejected) }
  }

  mutating func visit<C: ConcurrencyControl>(_ control: C) { refuseConcurrency() }
}

/// The replay of one key whose arrivals come piece by piece.
protocol ReplayRun: Sendable {
  mutating func absorb(_ arrivals: UnsafeBufferPointer<Int64>)
  /// After the last piece.
  mutating func finish() -> ReplayTally
}

private struct LimiterRun<L: Limiter>: ReplayRun {
  var limiter: L
  var state: L.State
  var watch: RejectionWatch
  var requests = 0

  mutating func absorb(_ arrivals: UnsafeBufferPointer<Int64>) {
    for arrival in arrivals { watch.take(arrival, isRejected: limiter.decide(&state, at: arrival).isRejected) }
    requests += arrivals.count
  }

  mutating func finish() -> ReplayTally { watch.tally(requests: requests) }
}

private struct Opening: LimiterVisitor {
  let key: GroupKey
  var run: (any ReplayRun)?

  mutating func visit<L: Limiter>(_ limiter: L) {
    run = LimiterRun(limiter: limiter, state: limiter.fresh, watch: RejectionWatch(key: key))
  }

  mutating func visit<C: ConcurrencyControl>(_ control: C) { refuseConcurrency() }
}

private func refuseConcurrency() { preconditionFailure("no dialect of rates and windows is a concurrency limit") }

/// Follows the decisions about one key.
struct RejectionWatch {
  private var rejected: Int64 = 0
  private var first: ReplayTally.Place?
  private var lockout: Int64 = 0
  private var lockedSince: Int64?
  private var last: Int64 = .min
  private var ordinal = 0
  private var minutes: [Int64: Int64] = [:]
  private var minute: (start: Int64, count: Int64) = (0, 0)
  private let key: GroupKey

  init(key: GroupKey) { self.key = key }

  mutating func take(_ arrival: Int64, isRejected: Bool) {
    ordinal = arrival == last ? ordinal &+ 1 : 0
    last = arrival
    guard isRejected else {
      if lockedSince != nil { endLockout(at: arrival) }
      return
    }
    rejected &+= 1
    if first == nil { first = ReplayTally.Place(arrival: arrival, ordinal: ordinal, key: key) }
    if lockedSince == nil { lockedSince = arrival }
    let start = arrival.flooredMultiple(of: 60_000_000)
    if start != minute.start { countMinute() }
    minute = (start, minute.start == start ? minute.count &+ 1 : 1)
  }

  private mutating func endLockout(at arrival: Int64) {
    if let lockedSince { lockout = max(lockout, arrival &- lockedSince) }
    lockedSince = nil
  }

  private mutating func countMinute() {
    if minute.count > 0 { minutes[minute.start, default: 0] += minute.count }
    minute.count = 0
  }

  /// The tally of the key, after its last request.
  mutating func tally(requests: Int) -> ReplayTally {
    endLockout(at: last)
    countMinute()
    var tally = ReplayTally()
    tally.requests = Int64(requests)
    tally.keys = 1
    guard rejected > 0 else { return tally }
    tally.rejected = rejected
    tally.keysHit = 1
    tally.lockout = Microseconds(lockout)
    tally.lockoutKey = key
    tally.first = first
    tally.worst = ReplayTally.Worst(key: key, rejected: rejected, requests: tally.requests)
    tally.minutes = minutes
    return tally
  }
}

/// One rule at work: a limiter and the states of its counter's keys, by key number.
protocol LimitGate: AnyObject {
  /// Decides and updates the state of the key.
  func decide(_ key: Int, at time: Int64) -> Verdict

  /// Decides for `count` requests, one after another; gives delays as in `Verdict`.
  func decide(
    keys: UnsafePointer<Int64>, times: UnsafePointer<Int64>, count: Int, into verdicts: UnsafeMutablePointer<Int64>)

  /// Decides without changing anything yet; `keep` makes it so.
  func consider(_ key: Int, at time: Int64) -> Verdict
  func keep(_ key: Int)
}

/// A rule whose limiter is known to the compiler.
final class KeyedGate<L: Limiter>: LimitGate {
  private var limiter: L
  private let states: KeyedStates<L.State>
  private var considered: L.State

  /// - Parameter states: shared with every other rule on the same counter.
  init(_ limiter: L, states: KeyedStates<L.State>) {
    self.limiter = limiter
    self.states = states
    considered = limiter.fresh
  }

  func decide(_ key: Int, at time: Int64) -> Verdict {
    limiter.decide(&states.state(of: key).pointee, at: time)
  }

  func decide(
    keys: UnsafePointer<Int64>, times: UnsafePointer<Int64>, count: Int, into verdicts: UnsafeMutablePointer<Int64>
  ) {
    // A local copy of a limiter that is parameters only spares the loop the checks of a class property.
    guard L.keepsStateInPlace else { return Self.decide(&limiter, states, keys, times, count, verdicts) }
    var local = limiter
    Self.decide(&local, states, keys, times, count, verdicts)
  }

  private static func decide(
    _ limiter: inout L, _ states: KeyedStates<L.State>, _ keys: UnsafePointer<Int64>, _ times: UnsafePointer<Int64>,
    _ count: Int, _ verdicts: UnsafeMutablePointer<Int64>
  ) {
    for row in 0..<count {
      let key = Int(keys[row])
      verdicts[row] =
        key >= 0
        ? limiter.decide(&states.state(of: key).pointee, at: times[row]).delay
        : KeySpace.verdict(withoutKey: key).delay
    }
  }

  func consider(_ key: Int, at time: Int64) -> Verdict {
    considered = states.state(of: key).pointee
    return limiter.decide(&considered, at: time)
  }

  func keep(_ key: Int) { states.state(of: key).pointee = considered }
}

/// The states of one counter's keys in one flat buffer; a key that comes for the first time starts fresh.
///
/// With a capacity the key not used for longest is forgotten when a new one comes and all places are taken.
final class KeyedStates<State: BitwiseCopyable> {
  private let fresh: State
  private var buffer: UnsafeMutablePointer<State>
  private var capacity: Int
  private var recency: KeyRecency?

  init(fresh: State, keys limit: Int?) {
    self.fresh = fresh
    capacity = 64
    buffer = .allocate(capacity: capacity)
    buffer.initialize(repeating: fresh, count: capacity)
    recency = limit.map { KeyRecency(limit: max(1, $0)) }
  }

  deinit { buffer.deallocate() }

  /// The state of a key; valid until the next call.
  @inline(__always)
  func state(of key: Int) -> UnsafeMutablePointer<State> {
    if key >= capacity { grow(to: key + 1) }
    if recency != nil, let forgotten = recency?.use(key) { buffer[forgotten] = fresh }
    return buffer + key
  }

  private func grow(to wanted: Int) {
    let larger = max(wanted, capacity * 2)
    let next = UnsafeMutablePointer<State>.allocate(capacity: larger)
    next.update(from: buffer, count: capacity)
    (next + capacity).initialize(repeating: fresh, count: larger - capacity)
    buffer.deallocate()
    buffer = next
    capacity = larger
  }
}

/// Which keys are kept: a list from the most to the least recently used, by key number.
struct KeyRecency {
  private let limit: Int
  private var count = 0
  private var newer: [Int32] = []
  private var older: [Int32] = []
  private var newest: Int32 = -1
  private var oldest: Int32 = -1
  private static let unlisted: Int32 = -2

  init(limit: Int) { self.limit = limit }

  /// Puts a key in front; gives the key that had to go for it.
  mutating func use(_ key: Int) -> Int? {
    let key32 = Int32(truncatingIfNeeded: key)
    if key32 == newest { return nil }
    while newer.count <= key {
      newer.append(Self.unlisted)
      older.append(Self.unlisted)
    }
    var forgotten: Int?
    if newer[key] == Self.unlisted {
      if count == limit { forgotten = forgetOldest() }
      count += 1
    } else {
      unlink(key)
    }
    newer[key] = -1
    older[key] = newest
    if newest >= 0 { newer[Int(newest)] = key32 }
    newest = key32
    if oldest < 0 { oldest = key32 }
    return forgotten
  }

  private mutating func forgetOldest() -> Int {
    let last = Int(oldest)
    unlink(last)
    newer[last] = Self.unlisted
    older[last] = Self.unlisted
    count -= 1
    return last
  }

  private mutating func unlink(_ key: Int) {
    let (before, after) = (newer[key], older[key])
    if before >= 0 { older[Int(before)] = after } else { newest = after }
    if after >= 0 { newer[Int(after)] = before } else { oldest = before }
  }
}

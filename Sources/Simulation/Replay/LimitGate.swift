import Gateways
import Traffic

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
    limiter.decide(&state(of: key, at: time).pointee, at: time)
  }

  /// The state of a key, after what a new key pushes out is gone.
  @inline(__always)
  private func state(of key: Int, at time: Int64) -> UnsafeMutablePointer<L.State> {
    if states.isBounded { states.use(key, at: time) { limiter.isDrained($0, at: time) } }
    return states.state(of: key)
  }

  func decide(
    keys: UnsafePointer<Int64>, times: UnsafePointer<Int64>, count: Int, into verdicts: UnsafeMutablePointer<Int64>
  ) {
    // A local copy of a limiter that is parameters only spares the loop the checks of a class property.
    if states.isBounded { return decideOneByOne(keys, times, count, verdicts) }
    guard L.keepsStateInPlace else { return Self.decide(&limiter, states, keys, times, count, verdicts) }
    var local = limiter
    Self.decide(&local, states, keys, times, count, verdicts)
  }

  private func decideOneByOne(
    _ keys: UnsafePointer<Int64>, _ times: UnsafePointer<Int64>, _ count: Int, _ verdicts: UnsafeMutablePointer<Int64>
  ) {
    for row in 0..<count {
      let key = Int(keys[row])
      verdicts[row] = (key >= 0 ? decide(key, at: times[row]) : KeySpace.verdict(withoutKey: key)).delay
    }
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
    considered = state(of: key, at: time).pointee
    return limiter.decide(&considered, at: time)
  }

  func keep(_ key: Int) { states.state(of: key).pointee = considered }
}

/// The states of one counter's keys in one flat buffer; a key that comes for the first time starts fresh.
final class KeyedStates<State: BitwiseCopyable> {
  private let fresh: State
  private var buffer: UnsafeMutablePointer<State>
  private var capacity: Int
  private var recency: KeyRecency?

  /// Whether keys may be forgotten, so that every use has to be told.
  let isBounded: Bool

  init(fresh: State, keys limit: KeyCapacity?) {
    self.fresh = fresh
    capacity = 64
    buffer = .allocate(capacity: capacity)
    buffer.initialize(repeating: fresh, count: capacity)
    recency = limit.map(KeyRecency.init)
    isBounded = recency != nil
  }

  deinit { buffer.deallocate() }

  /// The state of a key; valid until the next call.
  @inline(__always)
  func state(of key: Int) -> UnsafeMutablePointer<State> {
    if key >= capacity { grow(to: key + 1) }
    return buffer + key
  }

  /// A key is used: makes room for it where it is new.
  /// - Parameter isDrained: whether an idle key's state may go.
  func use(_ key: Int, at time: Int64, isDrained: (State) -> Bool) {
    recency?.use(key, at: time, mayForget: { isDrained(buffer[$0]) }, forget: { buffer[$0] = fresh })
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
///
/// A new key first takes the places of up to two keys that have been idle for long enough and are drained; when all
/// places are taken the key not used for longest goes, whatever its state.
/// - Source: nginx, `ngx_http_limit_req_expire`; without idle time a plain LRU (Envoy's descriptors, Traefik's map).
struct KeyRecency {
  private let limit: Int
  private let idle: Int64?
  private var count = 0
  private var newer: [Int32] = []
  private var older: [Int32] = []
  private var lastUse: [Int64] = []
  private var newest: Int32 = -1
  private var oldest: Int32 = -1
  private static let unlisted: Int32 = -2

  init(_ capacity: KeyCapacity) {
    limit = max(1, capacity.keys)
    idle = capacity.idle?.count
  }

  mutating func use(_ key: Int, at time: Int64, mayForget: (Int) -> Bool, forget: (Int) -> Void) {
    while newer.count <= key {
      newer.append(Self.unlisted)
      older.append(Self.unlisted)
      lastUse.append(0)
    }
    lastUse[key] = time
    if Int32(truncatingIfNeeded: key) == newest { return }
    if newer[key] == Self.unlisted {
      makeRoom(at: time, mayForget, forget)
      count += 1
    } else {
      unlink(key)
    }
    putInFront(key)
  }

  private mutating func makeRoom(at time: Int64, _ mayForget: (Int) -> Bool, _ forget: (Int) -> Void) {
    if let idle {
      for _ in 0..<2 {
        guard oldest >= 0, time - lastUse[Int(oldest)] >= idle, mayForget(Int(oldest)) else { break }
        forget(removeOldest())
      }
    }
    if count == limit { forget(removeOldest()) }
  }

  private mutating func removeOldest() -> Int {
    let last = Int(oldest)
    unlink(last)
    newer[last] = Self.unlisted
    older[last] = Self.unlisted
    count -= 1
    return last
  }

  private mutating func putInFront(_ key: Int) {
    let key32 = Int32(truncatingIfNeeded: key)
    newer[key] = -1
    older[key] = newest
    if newest >= 0 { newer[Int(newest)] = key32 }
    newest = key32
    if oldest < 0 { oldest = key32 }
  }

  private mutating func unlink(_ key: Int) {
    let (before, after) = (newer[key], older[key])
    if before >= 0 { older[Int(before)] = after } else { newest = after }
    if after >= 0 { newer[Int(after)] = before } else { oldest = before }
  }
}

import Gateways
import Traffic

/// One rule at work: a limiter and the states of its counter's keys, by key number.
///
/// Functions made where the limiter's type is known, instead of a generic class: a method of a generic class is called
/// through a table and looks its types up at every call, a closure is compiled for the limiter. (Measured: a replay
/// through two zones and a connection limit took 1.8 µs a request with generic classes.)
final class LimitGate {
  /// Decides and updates the state of the key.
  let decide: (_ key: Int, _ time: Int64) -> Verdict

  /// Decides for `count` requests, one after another; `verdicts` are delays as in `Verdict`.
  let decideAll:
    (
      _ keys: UnsafePointer<Int64>, _ times: UnsafePointer<Int64>, _ count: Int, _ verdicts: UnsafeMutablePointer<Int64>
    ) -> Void

  /// Decides without changing anything yet; `keep` makes it so.
  let consider: (_ key: Int, _ time: Int64) -> Verdict
  let keep: (_ key: Int) -> Void

  /// - Parameter states: shared with every other rule on the same counter.
  init<L: Limiter>(_ limiter: L, states: KeyedStates<L.State>) {
    let considered = Considered(limiter.fresh)
    // A limiter that is parameters only is copied for each call; one that holds times lives in a box.
    let box = LimiterBox(limiter)
    let decide = { (key: Int, time: Int64) -> Verdict in
      let state = states.use(key, at: time) { limiter.isDrained($0, at: time) }
      guard L.keepsStateInPlace else { return box.limiter.decide(&state.pointee, at: time) }
      var limiter = limiter
      return limiter.decide(&state.pointee, at: time)
    }
    self.decide = decide
    decideAll = { keys, times, count, verdicts in
      for row in 0..<count {
        let key = Int(keys[row])
        verdicts[row] = (key >= 0 ? decide(key, times[row]) : KeySpace.verdict(withoutKey: key)).delay
      }
    }
    consider = { key, time in
      considered.state.pointee = states.use(key, at: time) { limiter.isDrained($0, at: time) }.pointee
      guard L.keepsStateInPlace else { return box.limiter.decide(&considered.state.pointee, at: time) }
      var limiter = limiter
      return limiter.decide(&considered.state.pointee, at: time)
    }
    keep = { key in states.state(of: key).pointee = considered.state.pointee }
  }
}

/// A limiter that changes, such as a log of times.
private final class LimiterBox<L: Limiter> {
  var limiter: L
  init(_ limiter: L) { self.limiter = limiter }
}

/// The state that a joined rule would have.
private final class Considered<State: BitwiseCopyable> {
  let state: UnsafeMutablePointer<State>

  init(_ fresh: State) {
    state = .allocate(capacity: 1)
    state.initialize(to: fresh)
  }

  deinit { state.deallocate() }
}

/// The states of one counter's keys in one flat buffer; a key that comes for the first time starts fresh.
final class KeyedStates<State: BitwiseCopyable> {
  private let fresh: State
  private var buffer: UnsafeMutablePointer<State>
  private var capacity: Int
  /// nil: as many keys as come.
  private let recency: KeyRecency?

  init(fresh: State, keys limit: KeyCapacity?) {
    self.fresh = fresh
    capacity = 64
    buffer = .allocate(capacity: capacity)
    buffer.initialize(repeating: fresh, count: capacity)
    recency = limit.map(KeyRecency.init)
  }

  deinit { buffer.deallocate() }

  /// The state of a key; valid until the next call.
  @inline(__always)
  func state(of key: Int) -> UnsafeMutablePointer<State> {
    if key >= capacity { grow(to: key + 1) }
    return buffer + key
  }

  /// The same for a key that is used now, which may push another out.
  /// - Parameter isDrained: whether an idle key's state may go.
  @inline(__always)
  func use(_ key: Int, at time: Int64, isDrained: (State) -> Bool) -> UnsafeMutablePointer<State> {
    let state = state(of: key)
    guard let recency, recency.isNew(key, at: time) else { return state }
    let buffer = buffer
    recency.makeRoom(at: time, mayForget: { isDrained(buffer[$0]) }, forget: { buffer[$0] = fresh })
    recency.append(key, at: time)
    return state
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

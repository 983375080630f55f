/// A rule about requests in progress at work: one control per key number. Functions for the reason of `LimitGate`.
final class ConcurrencyGate {
  /// A request arrives; `place` is what it is known by if it has to wait.
  let enter: (_ key: Int, _ place: Int32, _ time: Int64) -> ConcurrencyEntry

  /// A request that was let in is done; gives the place of the waiting one that starts now.
  let leave: (_ key: Int, _ departure: Departure) -> Int32?

  /// Gives the place of a request whose wait is over.
  let expire: (_ key: Int, _ time: Int64) -> Int32?

  /// When the next waiting request gives up.
  let deadline: (_ key: Int) -> Int64?
  let inProgress: (_ key: Int) -> Int64

  init<C: ConcurrencyControl>(_ control: C) {
    let controls = Controls(control)
    enter = { key, place, time in
      controls.makeRoom(for: key)
      return controls.all[key].enter(Int(place), at: time)
    }
    leave = { key, departure in controls.all[key].leave(departure).map { Int32(truncatingIfNeeded: $0) } }
    expire = { key, time in controls.all[key].expire(at: time).map { Int32(truncatingIfNeeded: $0) } }
    deadline = { key in controls.all[key].deadline }
    inProgress = { key in controls.all[key].inProgress }
  }
}

/// One control per key number.
private final class Controls<C: ConcurrencyControl> {
  private let fresh: C
  var all: [C] = []

  init(_ fresh: C) { self.fresh = fresh }

  @inline(__always)
  func makeRoom(for key: Int) {
    while all.count <= key { all.append(fresh) }
  }
}

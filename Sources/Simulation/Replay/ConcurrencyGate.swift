/// A rule about requests in progress at work: one control per key number.
protocol ConcurrencyGate: AnyObject {
  /// A request arrives.
  /// - Parameter place: what it is known by if it has to wait.
  func enter(_ key: Int, place: Int32, at time: Int64) -> ConcurrencyEntry

  /// A request that was let in is done; gives the place of the waiting one that starts now.
  func leave(_ key: Int, _ departure: Departure) -> Int32?

  /// Gives the place of a request whose wait is over.
  func expire(_ key: Int, at time: Int64) -> Int32?

  /// When the next waiting request gives up.
  func deadline(_ key: Int) -> Int64?
  func inProgress(_ key: Int) -> Int64
}

/// A gate whose control is known to the compiler.
final class KeyedConcurrencyGate<C: ConcurrencyControl>: ConcurrencyGate {
  private let fresh: C
  private var controls: [C] = []

  init(_ control: C) { fresh = control }

  func enter(_ key: Int, place: Int32, at time: Int64) -> ConcurrencyEntry {
    while controls.count <= key { controls.append(fresh) }
    return controls[key].enter(Int(place), at: time)
  }

  func leave(_ key: Int, _ departure: Departure) -> Int32? {
    controls[key].leave(departure).map { Int32(truncatingIfNeeded: $0) }
  }

  func expire(_ key: Int, at time: Int64) -> Int32? {
    controls[key].expire(at: time).map { Int32(truncatingIfNeeded: $0) }
  }

  func deadline(_ key: Int) -> Int64? { controls[key].deadline }
  func inProgress(_ key: Int) -> Int64 { controls[key].inProgress }
}

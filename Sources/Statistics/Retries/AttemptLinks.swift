import Traffic

/// Links every attempt to the one before it of the same caller, target, method and body length.
///
/// Attempts come in order of arrival. An attempt continues a chain when the one before it was rejected and not longer
/// ago than the horizon; otherwise it begins one. Groups are kept in two tables, of this stretch of one horizon and of
/// the stretch before, so that whoever is silent for longer is forgotten and memory follows the callers of two horizons.
/// - Complexity: O(1) per attempt, no allocation for a group that is known.
/// - Source: the linking rule of survivorship correction, "demand behind already throttled traffic".
public struct AttemptLinks: Sendable {
  /// How an attempt hangs together with the one before it in its group.
  public struct Link: Hashable, Sendable, BitwiseCopyable {
    /// Attempts of the chain up to and with this one; 1 begins a chain.
    public var position: Int32
    /// What the attempt before it was answered; nil where there was none within the horizon.
    public var previous: RecordedAttempt.Answer?
    /// µs since the attempt before; 0 where there was none.
    public var gap: Int64
    /// µs since the first attempt of the chain.
    public var span: Int64

    /// It may be a retry: the attempt before it was rejected.
    public var isLinked: Bool { position > 1 }
  }

  /// µs; longer gaps link nothing.
  public let horizon: Int64
  private var stretch = Int64.min
  private var current = AttemptTable()
  private var previous = AttemptTable()

  /// - Precondition: `horizon` is positive.
  public init(horizon: Int64) {
    precondition(horizon > 0, "a horizon has a length")
    self.horizon = horizon
  }

  public mutating func link(_ attempt: RecordedAttempt) -> Link {
    turn(to: attempt.arrival)
    let key = AttemptTable.Key(attempt)
    let place = current.place(of: key)
    let before = place.index >= 0 ? current.states[place.index] : previous.state(of: key)
    let link = before.flatMap { continuation(attempt, after: $0) } ?? Link.alone
    let state = AttemptTable.State(
      arrival: max(attempt.arrival, before?.arrival ?? attempt.arrival), start: attempt.arrival &- link.span,
      position: link.position, answer: attempt.answer)
    if place.index >= 0 { current.states[place.index] = state } else { current.insert(key, at: place, state) }
    return link
  }

  /// Groups whose last attempt was rejected within the horizon before `end`: whether they try again is not known.
  public func undecided(at end: Int64) -> [Int64] {
    var callers = current.rejected(within: horizon, of: end, except: nil)
    callers += previous.rejected(within: horizon, of: end, except: current)
    return callers
  }

  /// Groups in memory.
  public var groups: Int { current.states.count + previous.states.count }

  /// How an attempt follows the one before; nil where that was longer ago than the horizon.
  private func continuation(_ attempt: RecordedAttempt, after before: AttemptTable.State) -> Link? {
    let gap = max(0, attempt.arrival &- before.arrival)
    guard gap <= horizon else { return nil }
    guard before.answer == .rejected else { return Link(position: 1, previous: before.answer, gap: gap, span: 0) }
    return Link(
      position: before.position &+ 1, previous: .rejected, gap: gap, span: max(0, attempt.arrival &- before.start))
  }

  /// Forgets groups that were silent for a whole stretch.
  private mutating func turn(to arrival: Int64) {
    let now = arrival.flooredQuotient(by: horizon)
    guard now > stretch else { return }
    let isNext = stretch != .min && now == stretch + 1
    stretch = now
    if isNext { swap(&previous, &current) } else { previous.removeAll() }
    current.removeAll()
  }
}

extension AttemptLinks.Link {
  /// Nothing before it within the horizon.
  static let alone = Self(position: 1, previous: nil, gap: 0, span: 0)
}

/// The last attempt of every group of one stretch. Open addressing over exact keys.
struct AttemptTable: Sendable {
  struct Key: Hashable, Sendable, BitwiseCopyable {
    var caller: Int64
    var target: Int64
    var method: Int64
    var bodyBytes: Int64

    init(_ attempt: RecordedAttempt) {
      (caller, target) = (attempt.caller, attempt.target)
      (method, bodyBytes) = (attempt.method, attempt.bodyBytes)
    }

    var hash: Int {
      var hash = UInt64(bitPattern: caller) &* 0x9E37_79B9_7F4A_7C15
      hash = (hash ^ hash >> 32 ^ UInt64(bitPattern: target)) &* 0xD6E8_FEB8_6659_FD93
      hash = (hash ^ hash >> 32 ^ UInt64(bitPattern: method)) &* 0xA076_1D64_78BD_642F
      hash = (hash ^ hash >> 32 ^ UInt64(bitPattern: bodyBytes)) &* 0xE703_7ED1_A0B4_28DB
      return Int(truncatingIfNeeded: hash >> 33)
    }
  }

  struct State: Sendable, BitwiseCopyable {
    /// Of the last attempt.
    var arrival: Int64
    /// Arrival of the first attempt of the chain.
    var start: Int64
    var position: Int32
    var answer: RecordedAttempt.Answer
  }

  /// A slot and the number of the group there, −1 where the slot is free.
  struct Place { var slot: Int, index: Int }

  private var keys: [Key] = []
  var states: [State] = []
  private var slots = [Int32](repeating: -1, count: 64)

  func place(of key: Key) -> Place {
    slots.withUnsafeBufferPointer { slots in
      keys.withUnsafeBufferPointer { keys in
        let mask = slots.count - 1
        var slot = key.hash & mask
        while slots[slot] >= 0 {
          let index = Int(slots[slot])
          if keys[index] == key { return Place(slot: slot, index: index) }
          slot = (slot + 1) & mask
        }
        return Place(slot: slot, index: -1)
      }
    }
  }

  func state(of key: Key) -> State? {
    guard !states.isEmpty else { return nil }
    let index = place(of: key).index
    return index >= 0 ? states[index] : nil
  }

  mutating func insert(_ key: Key, at place: Place, _ state: State) {
    slots[place.slot] = Int32(states.count)
    keys.append(key)
    states.append(state)
    if states.count * 2 > slots.count { grow() }
  }

  mutating func removeAll() {
    guard !states.isEmpty else { return }
    // A table that was far too large for the stretch shrinks, so that one busy stretch is not paid for ever after.
    let slotsNeeded = max(64, slots.count > states.count * 16 ? slots.count / 4 : slots.count)
    keys.removeAll(keepingCapacity: true)
    states.removeAll(keepingCapacity: true)
    slots = [Int32](repeating: -1, count: slotsNeeded)
  }

  /// Callers of the groups whose last attempt was rejected at most `horizon` before `end`.
  func rejected(within horizon: Int64, of end: Int64, except later: AttemptTable?) -> [Int64] {
    states.indices.compactMap { index in
      let state = states[index]
      guard state.answer == .rejected, end &- state.arrival < horizon else { return nil }
      if let later, later.place(of: keys[index]).index >= 0 { return nil }
      return keys[index].caller
    }
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 4)
    let mask = slots.count - 1
    for (index, key) in keys.enumerated() {
      var slot = key.hash & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(index)
    }
  }
}

/// The gateway's response cache: fresh for the route's seconds, direct-mapped, so that the hit ratio
/// follows from how popular the keys are.
struct ResponseCache {
  private struct Slot {
    var key: UInt64 = 0
    /// Last second in which the answer is fresh.
    var freshUntil = -1
  }

  private static let slotBits: UInt64 = 17
  private var slots = [Slot](repeating: Slot(), count: 1 << slotBits)

  static func key(route: UInt8, first: Int, second: Int) -> UInt64 {
    scrambled(scrambled(UInt64(first)) &+ UInt64(second) &* 0x9E37_79B9 &+ UInt64(route) << 56)
  }

  /// What a look-up at `second` finds. A stale answer is mostly fetched again, sometimes served.
  @inline(__always)
  func lookUp(_ key: UInt64, at second: Int, _ random: inout SeededGenerator) -> CacheVerdict {
    let slot = slots[Int(key >> (64 - Self.slotBits))]
    guard slot.key == key else { return .miss }
    if second <= slot.freshUntil { return .hit }
    switch random.below(100) {
    case 0..<6: return .stale
    case 6..<10: return .updating
    case 10..<16: return .revalidated
    default: return .expired
    }
  }

  @inline(__always)
  mutating func store(_ key: UInt64, freshUntil second: Int) {
    slots[Int(key >> (64 - Self.slotBits))] = Slot(key: key, freshUntil: second)
  }
}

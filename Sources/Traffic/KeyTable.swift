/// A group's key: up to three integers (symbols, codes, time buckets).
public struct GroupKey: Hashable, Sendable {
  public var first: Int64
  public var second: Int64
  public var third: Int64

  @inlinable
  public init(first: Int64, second: Int64 = 0, third: Int64 = 0) {
    self.first = first
    self.second = second
    self.third = third
  }
}

/// Numbers distinct keys 0, 1, 2 … in order of first appearance. Open addressing; a known key allocates nothing.
public struct KeyTable: Sendable {
  public internal(set) var keys: [GroupKey] = []
  @usableFromInline var slots: [Int32]
  @usableFromInline var last = -1

  public init() { slots = [Int32](repeating: -1, count: 64) }

  public var count: Int { keys.count }

  /// The number of a key, new or known.
  @inlinable @inline(__always)
  public mutating func index(of key: GroupKey) -> Int {
    if last >= 0, keys[last] == key { return last }
    last = find(key)
    return last
  }

  @usableFromInline
  mutating func find(_ key: GroupKey) -> Int {
    let (slot, index) = place(of: key)
    if index >= 0 { return index }
    slots[slot] = Int32(keys.count)
    keys.append(key)
    if keys.count * 2 > slots.count { grow() }
    return keys.count - 1
  }

  /// The slot of a key and its number there, −1 where the slot is free.
  private func place(of key: GroupKey) -> (slot: Int, index: Int) {
    slots.withUnsafeBufferPointer { slots in
      keys.withUnsafeBufferPointer { keys in
        let mask = slots.count - 1
        var slot = Self.hash(key) & mask
        while slots[slot] >= 0 {
          let index = Int(slots[slot])
          if keys[index] == key { return (slot, index) }
          slot = (slot + 1) & mask
        }
        return (slot, -1)
      }
    }
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 4)
    let mask = slots.count - 1
    for (index, key) in keys.enumerated() {
      var slot = Self.hash(key) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(index)
    }
  }

  private static func hash(_ key: GroupKey) -> Int {
    var hash = UInt64(bitPattern: key.first) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ UInt64(bitPattern: key.second)) &* 0xD6E8_FEB8_6659_FD93
    hash = (hash ^ hash >> 32 ^ UInt64(bitPattern: key.third)) &* 0xA076_1D64_78BD_642F
    return Int(truncatingIfNeeded: hash >> 33)
  }
}

import Traffic

/// Numbers of a few callers among many rows: a small table that stays in the nearest cache.
struct CallerNumbers: Sendable {
  private var keys: [Int64]
  private var numbers: [Int32]
  private let shift: UInt64

  /// Callers get the numbers 0, 1, 2 …; at most 1,024, all different.
  init(_ callers: [Int64]) {
    precondition(callers.count <= 1_024, "only a few callers are followed")
    var bits: UInt64 = 4
    while 1 << bits < callers.count * 4 { bits += 1 }
    shift = 64 - bits
    keys = [Int64](repeating: 0, count: 1 << bits)
    numbers = [Int32](repeating: -1, count: 1 << bits)
    for (number, caller) in callers.enumerated() {
      var slot = Self.slot(of: caller, shift)
      while numbers[slot] >= 0 { slot = (slot + 1) & (keys.count - 1) }
      keys[slot] = caller
      numbers[slot] = Int32(number)
    }
  }

  /// Calls `body` with a function from callers to their numbers, −1 for all others.
  @inline(__always)
  func withLookup<Result>(_ body: ((Int64) -> Int32) -> Result) -> Result {
    let mask = keys.count - 1
    let shift = shift
    return keys.withUnsafeBufferPointer { keys in
      numbers.withUnsafeBufferPointer { numbers in
        body { caller in
          var slot = Self.slot(of: caller, shift)
          while numbers[slot] >= 0 {
            if keys[slot] == caller { return numbers[slot] }
            slot = (slot + 1) & mask
          }
          return -1
        }
      }
    }
  }

  @inline(__always)
  private static func slot(of caller: Int64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (UInt64(bitPattern: caller) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }
}

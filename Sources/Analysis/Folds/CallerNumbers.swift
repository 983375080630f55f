import Traffic

/// Numbers of a few callers among many rows: a small table that stays in the nearest cache.
///
/// Perfect hashing, so that a look-up has no branch: whether a row's caller is one of the few cannot be predicted.
struct CallerNumbers: Sendable {
  /// Callers by number.
  private let keys: [Int64]
  private let numbers: [UInt16]
  private let multiplier: UInt64
  private let shift: UInt64

  var count: Int { keys.count }

  /// Callers get the numbers 0, 1, 2 …; 1 to 1,024, all different.
  init(_ callers: [Int64]) {
    precondition((1...1_024).contains(callers.count), "only a few callers are followed")
    precondition(Set(callers).count == callers.count, "each caller is followed once")
    keys = callers
    // Four times as many slots as pairs of callers: a multiplier fails one time in four at most.
    var bits: UInt64 = 2
    while 1 << bits < 2 * callers.count * callers.count { bits += 1 }
    var multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
    var attempts = 0
    while true {
      if let numbers = Self.numbers(callers, multiplier, bits) {
        (self.numbers, self.multiplier, shift) = (numbers, multiplier, 64 - bits)
        return
      }
      attempts += 1
      multiplier = (multiplier &* 0xD6E8_FEB8_6659_FD93) | 1
      if attempts % 16 == 0 { bits += 1 }
    }
  }

  /// The number in each slot; nil where two callers share one. Slots without a caller have number 0.
  private static func numbers(_ callers: [Int64], _ multiplier: UInt64, _ bits: UInt64) -> [UInt16]? {
    var numbers = [UInt16](repeating: .max, count: 1 << bits)
    for (number, caller) in callers.enumerated() {
      let slot = slot(of: caller, multiplier, 64 - bits)
      guard numbers[slot] == .max else { return nil }
      numbers[slot] = UInt16(number)
    }
    return numbers.map { $0 == .max ? 0 : $0 }
  }

  /// Calls `body` with a function from callers to their numbers, `count` for all others.
  @inline(__always)
  func withLookup<Result>(_ body: ((Int64) -> Int) -> Result) -> Result {
    let (multiplier, shift) = (multiplier, shift)
    return keys.withUnsafeBufferPointer { keys in
      numbers.withUnsafeBufferPointer { numbers in
        body { caller in
          let number = Int(numbers[Self.slot(of: caller, multiplier, shift)])
          return keys[number] == caller ? number : keys.count
        }
      }
    }
  }

  @inline(__always)
  private static func slot(of caller: Int64, _ multiplier: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (UInt64(bitPattern: caller) &* multiplier) &>> shift)
  }
}

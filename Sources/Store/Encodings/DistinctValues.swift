/// The distinct values of a column, how often each occurs, and which one each row has.
///
/// Open addressing over memory that is kept; collecting stops early when there are too many to be worth it.
@safe
struct DistinctValues: ~Copyable {
  /// Whether it describes the values being encoded now.
  var isCurrent = false
  private(set) var count = 0

  private var slots: UnsafeMutableBufferPointer<Int32>
  private var keys: UnsafeMutableBufferPointer<Int64>
  private var counts: UnsafeMutableBufferPointer<UInt32>
  private var rows: UnsafeMutableBufferPointer<Int32>
  private var order: [UInt64] = []
  private var rankOf: [Int32] = []

  init() {
    slots = .allocate(capacity: 0)
    keys = .allocate(capacity: 0)
    counts = .allocate(capacity: 0)
    rows = .allocate(capacity: 0)
  }

  deinit {
    slots.deallocate()
    keys.deallocate()
    counts.deallocate()
    rows.deallocate()
  }

  /// Whether a sample of some 4,096 values repeats itself enough to count all of them; leaves the sample's counts.
  mutating func sampleRepeats(_ values: UnsafeBufferPointer<Int64>) -> Bool {
    let stride = max(1, values.count / 4096)
    var sample: [Int64] = []
    sample.reserveCapacity(values.count / stride + 1)
    var index = 0
    while index < values.count {
      sample.append(values[index])
      index += stride
    }
    let size = sample.count
    _ = sample.withUnsafeBufferPointer { collect($0, limit: size) }
    isCurrent = false
    return count * 5 <= size * 4
  }

  /// Counts all values; false when there are more than `limit` distinct ones.
  mutating func collect(_ values: UnsafeBufferPointer<Int64>, limit: Int) -> Bool {
    isCurrent = false
    reserve(rows: values.count, limit: limit)
    let mask = slotCount(limit) - 1
    let slots = slots.baseAddress!
    let keys = keys.baseAddress!
    let counts = counts.baseAddress!
    let rows = rows.baseAddress!
    slots.update(repeating: -1, count: mask + 1)
    var found = 0
    for row in 0..<values.count {
      let value = values[row]
      let hash = UInt64(bitPattern: value) &* 0x9E37_79B9_7F4A_7C15
      var slot = Int(truncatingIfNeeded: hash &>> 32) & mask
      var index = Int(slots[slot])
      while index >= 0, keys[index] != value {
        slot = (slot &+ 1) & mask
        index = Int(slots[slot])
      }
      if index < 0 {
        guard found < limit else { return false }
        index = found
        slots[slot] = Int32(truncatingIfNeeded: found)
        keys[found] = value
        counts[found] = 0
        found &+= 1
      }
      counts[index] &+= 1
      rows[row] = Int32(truncatingIfNeeded: index)
    }
    count = found
    isCurrent = true
    return true
  }

  private func slotCount(_ limit: Int) -> Int {
    var size = 64
    while size < 2 * limit { size *= 2 }
    return size
  }

  private mutating func reserve(rows needed: Int, limit: Int) {
    let size = slotCount(limit)
    if slots.count < size {
      slots.deallocate()
      slots = .allocate(capacity: size)
    }
    if keys.count < limit + 1 {
      keys.deallocate()
      counts.deallocate()
      keys = .allocate(capacity: limit + 1)
      counts = .allocate(capacity: limit + 1)
    }
    if rows.count < needed + 1 {
      rows.deallocate()
      rows = .allocate(capacity: needed + 1)
    }
  }

  /// Values counted.
  var total: Int {
    var total = 0
    for index in 0..<count { total += Int(counts[index]) }
    return total
  }

  /// Entropy of the counted values in bits, all together: what a perfect code would take.
  var entropyBits: Int {
    let total = total
    let whole = Self.logarithm(total)
    var sum = 0
    for index in 0..<count { sum += Int(counts[index]) * (whole - Self.logarithm(Int(counts[index]))) }
    return sum / 256
  }

  /// 256 × log₂, linear between powers of two: at most 0.09 too small, and the same on every machine.
  static func logarithm(_ value: Int) -> Int {
    guard value > 1 else { return 0 }
    let exponent = 63 - value.leadingZeroBitCount
    let fraction = exponent >= 8 ? value >> (exponent - 8) & 255 : value << (8 - exponent) & 255
    return exponent << 8 + fraction
  }

  /// Orders the values: frequent ones first, equally frequent ones rising.
  mutating func rank() {
    var minimum = Int64.max
    for index in 0..<count { minimum = min(minimum, keys[index]) }
    order = (0..<count).map { UInt64($0) }
    let keys = keys
    let counts = counts
    RadixSort.sort(&order) { UInt64(bitPattern: keys[Int($0)] &- minimum) }
    RadixSort.sort(&order) { UInt64(UInt32.max - counts[Int($0)]) }
    rankOf = [Int32](repeating: 0, count: count)
    for (rank, index) in order.enumerated() { rankOf[Int(index)] = Int32(rank) }
  }

  /// - Precondition: `rank()` came first.
  func value(rank: Int) -> Int64 { keys[Int(order[rank])] }

  /// Writes the rank of every row's value.
  func ranks(into output: UnsafeMutablePointer<Int64>, count: Int) {
    let rows = rows
    rankOf.withUnsafeBufferPointer { ranks in
      for row in 0..<count { output[row] = Int64(ranks[Int(rows[row])]) }
    }
  }
}

/// Stable sort of numbers by an unsigned key: least significant digit first, 11 bits at a time, digits that are
/// the same for all keys skipped.
enum RadixSort {
  static func sort(_ items: inout [UInt64], by key: (UInt64) -> UInt64) {
    guard items.count > 1 else { return }
    var keyed = items.map { (key: key($0), item: $0) }
    var differing: UInt64 = 0
    for entry in keyed { differing |= entry.key ^ keyed[0].key }
    var other = keyed
    var shift: UInt64 = 0
    while shift < 64, differing &>> shift != 0 {
      defer { shift += 11 }
      guard differing &>> shift & 2047 != 0 else { continue }
      distribute(keyed, into: &other, shift: shift)
      swap(&keyed, &other)
    }
    for index in items.indices { items[index] = keyed[index].item }
  }

  private static func distribute(
    _ input: [(key: UInt64, item: UInt64)], into output: inout [(key: UInt64, item: UInt64)], shift: UInt64
  ) {
    var starts = [Int](repeating: 0, count: 2049)
    for entry in input { starts[Int(entry.key &>> shift & 2047) + 1] += 1 }
    for digit in 1...2047 { starts[digit] += starts[digit - 1] }
    for entry in input {
      let digit = Int(entry.key &>> shift & 2047)
      output[starts[digit]] = entry
      starts[digit] += 1
    }
  }
}

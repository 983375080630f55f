/// A growing byte buffer that encoders append to and that is reused from column to column.
@safe
struct ByteSink: ~Copyable {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 1 << 16) {
    self.capacity = capacity
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  mutating func removeAll() { count = 0 }

  /// Cuts back to an earlier count.
  mutating func truncate(to earlier: Int) { count = min(count, earlier) }

  /// Makes room for `bytes` more and eight to spare, so that kernels may store whole words.
  mutating func reserve(_ bytes: Int) {
    let needed = count + bytes + 8
    guard needed > capacity else { return }
    let grownCapacity = max(needed, capacity * 2)
    let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: grownCapacity)
    grown.update(from: base, count: count)
    base.deallocate()
    base = grown
    capacity = grownCapacity
  }

  /// Counts bytes that a kernel stored at `base + count` after `reserve`.
  mutating func advance(_ bytes: Int) { count += bytes }

  mutating func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    reserve(bytes.count)
    if let start = bytes.baseAddress { (base + count).update(from: start, count: bytes.count) }
    count += bytes.count
  }

  /// LEB128: seven bits per byte, low bits first.
  mutating func append(varint value: UInt64) {
    reserve(10)
    var rest = value
    while rest >= 0x80 {
      base[count] = UInt8(truncatingIfNeeded: rest) | 0x80
      count += 1
      rest >>= 7
    }
    base[count] = UInt8(truncatingIfNeeded: rest)
    count += 1
  }

  /// A signed number as zig-zag LEB128.
  mutating func append(signed value: Int64) { append(varint: zigZag(value)) }

  /// The bytes from `start` on, as an array of their own.
  func bytes(from start: Int = 0) -> [UInt8] {
    Array(UnsafeBufferPointer(start: base + start, count: count - start))
  }
}

/// Signed to unsigned with small magnitudes staying small: 0, −1, 1, −2 … become 0, 1, 2, 3 …
@inline(__always)
func zigZag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)) }

@inline(__always)
func unZigZag(_ code: UInt64) -> Int64 { Int64(bitPattern: code &>> 1) ^ -Int64(bitPattern: code & 1) }

/// A fast 64-bit hash of a byte string, for tables in memory. Not stored, not secret, not for adversaries
/// beyond what an occasional long probe costs.
///
/// - Source: the folded 64×64→128 multiply of Wang Yi's *wyhash*; constants are ours.
@inlinable @inline(__always)
public func byteHash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
  let raw = UnsafeRawPointer(bytes)
  var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
  if count > 16 {
    var offset = 0
    while offset &+ 16 < count {
      hash = foldedMultiply(
        raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ 0xD6E8_FEB8_6659_FD93,
        raw.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self) ^ hash)
      offset &+= 16
    }
  }
  let (low, high) = endWords(raw, count)
  return foldedMultiply(low ^ 0xA076_1D64_78BD_642F, high ^ hash)
}

/// The last 16 bytes as two words; of a shorter string all bytes, some of them twice.
@inlinable @inline(__always)
func endWords(_ raw: UnsafeRawPointer, _ count: Int) -> (UInt64, UInt64) {
  if count >= 16 {
    return (
      raw.loadUnaligned(fromByteOffset: count &- 16, as: UInt64.self),
      raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    )
  }
  if count >= 8 {
    return (
      raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    )
  }
  if count >= 4 {
    return (
      UInt64(raw.loadUnaligned(as: UInt32.self)),
      UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
    )
  }
  if count == 0 { return (0, 0) }
  let first = UInt64(raw.load(as: UInt8.self))
  let middle = UInt64(raw.load(fromByteOffset: count >> 1, as: UInt8.self))
  let last = UInt64(raw.load(fromByteOffset: count &- 1, as: UInt8.self))
  return (first | middle << 8, last)
}

@inlinable @inline(__always)
func foldedMultiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let (high, low) = a.multipliedFullWidth(by: b)
  return high ^ low
}

/// Whether two byte strings of one length are equal, eight bytes a step; the last step may overlap the one before.
@inlinable @inline(__always)
public func bytesEqual(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  let x = UnsafeRawPointer(a)
  let y = UnsafeRawPointer(b)
  if count < 8 {
    let (low, high) = endWords(x, count)
    let (otherLow, otherHigh) = endWords(y, count)
    return low == otherLow && high == otherHigh
  }
  var offset = 0
  while offset &+ 8 < count {
    if x.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      != y.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    {
      return false
    }
    offset &+= 8
  }
  return x.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    == y.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
}

/// A fast 64-bit hash of a byte string, for tables in memory. Not stored, not secret, not for adversaries
/// beyond what an occasional long probe costs.
///
/// - Source: the folded 64×64→128 multiply of Wang Yi's *wyhash*; constants are ours.
@inlinable @inline(__always)
public func byteHash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
  let raw = UnsafeRawPointer(bytes)
  var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
  var offset = 0
  while offset &+ 8 <= count {
    let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    hash = foldedMultiply(hash ^ word, 0xD6E8_FEB8_6659_FD93)
    offset &+= 8
  }
  if offset < count {
    var tail: UInt64 = 0
    if count >= 8 {
      tail = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    } else {
      var shift: UInt64 = 0
      while offset < count {
        tail |= UInt64(bytes[offset]) << shift
        shift &+= 8
        offset &+= 1
      }
    }
    hash = foldedMultiply(hash ^ tail, 0xA076_1D64_78BD_642F)
  }
  return foldedMultiply(hash, 0xE703_7ED1_A0B4_28DB)
}

@inlinable @inline(__always)
func foldedMultiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let (high, low) = a.multipliedFullWidth(by: b)
  return high ^ low
}

@inlinable @inline(__always)
func bytesEqual(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  let x = UnsafeRawPointer(a)
  let y = UnsafeRawPointer(b)
  var offset = 0
  while offset &+ 8 <= count {
    if x.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      != y.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    {
      return false
    }
    offset &+= 8
  }
  while offset < count {
    if a[offset] != b[offset] { return false }
    offset &+= 1
  }
  return true
}

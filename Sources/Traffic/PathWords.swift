/// Eight bytes of a path at a time: segment ends, words and numbers without a loop over bytes.
enum PathWords {
  @inline(__always) static var ones: UInt64 { 0x0101_0101_0101_0101 }
  @inline(__always) static var highs: UInt64 { 0x8080_8080_8080_8080 }

  /// Bytes `[index, index + 8)` of `length` bytes, zeros behind the end.
  @inline(__always)
  static func word(_ bytes: UnsafePointer<UInt8>, _ index: Int, _ length: Int) -> UInt64 {
    let raw = UnsafeRawPointer(bytes)
    if index &+ 8 <= length {
      return raw.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
    }
    if length >= 8 {
      // Safe: the last eight bytes; what lies before `index` is shifted out.
      let last = raw.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self).littleEndian
      return last &>> UInt64(truncatingIfNeeded: (index &+ 8 &- length) &* 8)
    }
    return shortWord(bytes, index, length)
  }

  @inline(never)
  private static func shortWord(_ bytes: UnsafePointer<UInt8>, _ index: Int, _ length: Int) -> UInt64 {
    var word: UInt64 = 0
    var place = index
    while place < length {
      word |= UInt64(bytes[place]) << UInt64((place - index) * 8)
      place += 1
    }
    return word
  }

  /// High bits at the bytes that equal `byte`; exact up to the first of them.
  @inline(__always)
  static func matches(_ word: UInt64, _ byte: UInt8) -> UInt64 {
    let x = word ^ (ones &* UInt64(byte))
    return (x &- ones) & ~x & highs
  }

  /// High bits at `/ ? # ;` and at zero bytes; exact up to the first of them.
  @inline(__always)
  static func segmentEnds(_ word: UInt64) -> UInt64 {
    // `/` and `?` differ in one bit.
    let slash = (word | (ones &* 0x10)) ^ (ones &* 0x3F)
    return ((slash &- ones) & ~slash | (word &- ones) & ~word) & highs
      | matches(word, UInt8(ascii: "#")) | matches(word, UInt8(ascii: ";"))
  }

  /// Whether the first `count` bytes (1…8) are all `a…z`.
  @inline(__always)
  static func isLower(_ word: UInt64, _ count: Int) -> Bool {
    let shift = UInt64(truncatingIfNeeded: (8 &- count) &* 8)
    // Bytes behind the end are shifted out and read as the top letter.
    let letters = word &<< shift | ((ones &* 0x7A) & ((1 &<< shift) &- 1))
    return ((letters | highs) &- (ones &* 0x61)) & ~(letters &+ (ones &* 0x05)) & ~letters & highs == highs
  }

  /// The number of the first `count` (1…8) bytes when they are all digits, else negative.
  @inline(__always)
  static func number(_ word: UInt64, _ count: Int) -> Int64 {
    let shift = UInt64(truncatingIfNeeded: (8 &- count) &* 8)
    let digits = (word &<< shift | ((ones &* 0x30) & ((1 &<< shift) &- 1))) ^ (ones &* 0x30)
    if (digits | (digits &+ (ones &* 0x76))) & highs != 0 { return -1 }
    // Pairs, then fours, then eight: three multiplications.
    let pairs = (digits &* 10 &+ digits >> 8) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
    return Int64(truncatingIfNeeded: (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF)
  }

  /// `v1` to `v999`: what most API paths start with.
  @inline(__always)
  static func isVersion(_ word: UInt64, _ count: Int) -> Bool {
    word & 0xFF == 0x76 && count >= 2 && count <= 4 && number(word >> 8, count &- 1) >= 0
  }

  /// Index of the first of two bytes in `[from, end)`, or `end`.
  @inline(__always)
  static func find(
    _ first: UInt8, or second: UInt8, in bytes: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    var index = start
    while index < end {
      let word = word(bytes, index, end)
      let match = matches(word, first) | matches(word, second)
      if match != 0 { return min(end, index &+ match.trailingZeroBitCount >> 3) }
      index &+= 8
    }
    return end
  }
}

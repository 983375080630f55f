/// xoshiro256++, seeded through SplitMix64. The same seed gives the same sequence on every machine.
///
/// Source: Blackman & Vigna, *Scrambled linear pseudorandom number generators*, ACM TOMS 2021.
struct SeededGenerator {
  private var a, b, c, d: UInt64

  init(seed: UInt64) {
    var state = seed
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      return scrambled(state)
    }
    a = next()
    b = next()
    c = next()
    d = next()
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    let sum = a &+ d
    let result = (sum &<< 23 | sum &>> 41) &+ a
    let shifted = b &<< 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = d &<< 45 | d &>> 19
    return result
  }

  /// Uniform in `0..<bound`; the bias of at most bound / 2³² is of no matter here.
  @inline(__always)
  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: ((next() &>> 32) &* UInt64(truncatingIfNeeded: bound)) &>> 32)
  }

  /// Uniform in `0 ..< 1`, in steps of 2⁻⁵³.
  @inline(__always)
  mutating func unit() -> Double { Double(next() &>> 11) * 0x1p-53 }

  /// True in `perMillion` of a million draws.
  @inline(__always)
  mutating func chance(_ perMillion: Int) -> Bool { below(1_000_000) < perMillion }
}

/// SplitMix64's finalizer: a bijection that spreads every input bit over the whole word.
@inline(__always)
func scrambled(_ value: UInt64) -> UInt64 {
  var word = value
  word = (word ^ (word &>> 30)) &* 0xBF58_476D_1CE4_E5B9
  word = (word ^ (word &>> 27)) &* 0x94D0_49BB_1331_11EB
  return word ^ (word &>> 31)
}

/// FNV-1a of a text, to derive a seed from a name.
func nameHash(_ text: String) -> UInt64 {
  text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

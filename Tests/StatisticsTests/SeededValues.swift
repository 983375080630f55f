/// A small seeded generator (SplitMix64).
struct SeededRandom {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}

/// Multisets of durations that sketches find hard.
enum DurationShape: String, CaseIterable, Sendable {
  case logUniform, bimodal, constant, outliers, zeros, milliseconds, single, beyondRange

  func values(seed: UInt64) -> [Int64] {
    var random = SeededRandom(seed: seed)
    let count = self == .single ? 1 : 1 + random.below(3000)
    return (0..<count).map { index in
      switch self {
      case .logUniform, .single: Int64(random.next() >> UInt64(24 + random.below(40)))
      case .bimodal: Int64(random.below(2) == 0 ? 900 + random.below(200) : 2_000_000 + random.below(9000))
      case .constant: 123_457
      case .outliers: index < 2 ? Int64(30_000_000_000 + random.below(99)) : Int64(random.below(3000))
      case .zeros: 0
      case .milliseconds: Int64(random.below(1 << random.below(14))) * 1000
      case .beyondRange: Int64(random.next() >> UInt64(1 + random.below(40)))
      }
    }
  }
}

func hex(_ text: String) -> [UInt8] {
  let digits = Array(text)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16)! }
}

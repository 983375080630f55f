import Simulation

/// What a limiter says to one key's requests.
struct Trace {
  var verdicts: [Verdict] = []

  /// - Parameter times: ms.
  init<L: Limiter>(_ limiter: L, at times: [Int64], from base: Int64 = 0) {
    var limiter = limiter
    var state = limiter.fresh
    verdicts = times.map { limiter.decide(&state, at: (base + $0) * 1_000) }
  }

  /// One word per request: `P`, `R`, or `D` with ms, rounded, such as `D100`.
  var words: String { verdicts.map(\.word).joined(separator: " ") }

  /// One letter per request.
  var letters: [UInt8] { verdicts.map { UInt8(ascii: $0.isRejected ? "R" : $0.isDelayed ? "D" : "P") } }

  func count(_ letter: Unicode.Scalar) -> Int { letters.count { $0 == UInt8(ascii: letter) } }

  /// ms
  var delaySum: Int64 { verdicts.reduce(0) { $0 + max(0, $1.delay) / 1_000 } }

  /// 32-bit FNV-1a over the letters, in hexadecimal.
  var digest: String {
    let hash = letters.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension Verdict {
  var word: String { isRejected ? "R" : isDelayed ? "D\((delay + 500) / 1_000)" : "P" }
}

/// Arrivals in ms: `n` gaps below `gap`, by a linear congruential generator that anybody can write.
func longArrivals(_ n: Int, seed: UInt64, gap: UInt64) -> [Int64] {
  var (state, time) = (seed, Int64(1_000_000))
  return (0..<n).map { _ in
    state = (state * 1_103_515_245 + 12_345) % (1 << 31)
    time += Int64((state >> 16) % gap)
    return time
  }
}

/// An instant at which a minute and ten seconds begin, ms: vectors hold there as at 0.
let alignedBase: Int64 = 1_699_999_980_000

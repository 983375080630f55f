import Gateways
import TestSupport

/// Random parameters and arrivals, decided by a seed.
struct Draw {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// 0 ..< bound.
  mutating func below(_ bound: Int64) -> Int64 { Int64(generator.next() >> 1) % bound }

  mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound + below(range.upperBound - range.lowerBound + 1)
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(below(Int64(elements.count)))] }

  mutating func flip() -> Bool { below(2) == 0 }

  /// Arrivals in µs: bursts, trickles and pauses about as long as `gap`, on a grid that makes exact equality common.
  mutating func arrivals(_ count: Int, gap: Int64) -> [Int64] {
    let grid = pick([1, 1_000, max(1, gap / 4), max(1, gap)])
    var time = pick([0, 1_000_000_000, 1_700_000_000_000_000]) + below(100_000_000)
    return (0..<count).map { _ in
      time += self.gap(about: gap)
      return time / grid * grid
    }
  }

  private mutating func gap(about gap: Int64) -> Int64 {
    switch below(20) {
    case 0..<5: 0
    case 5..<12: below(gap / 4 + 1)
    case 12..<18: below(2 * gap + 1)
    case 18: below(20 * gap + 1)
    default: below(200 * gap + 1)
    }
  }

  /// Rates such as people write, and some that no binary fraction holds.
  mutating func rate() -> LimitRate {
    switch below(4) {
    case 0: .perSecond(within(1...200))
    case 1: .perMinute(within(1...600))
    case 2: LimitRate(within(1...50), per: within(1...600) * 100_000)
    default: LimitRate(within(1...997), per: within(1_000...9_999_991))
    }
  }
}

/// Decides slowly and obviously, usually from the list of all earlier requests.
protocol Oracle {
  /// - Returns: delay in µs, −1 for a rejection.
  mutating func decide(at time: Int64) -> Int64
}

/// Who calls: consumers with API keys, visitors with browsers, probes and scanners, and how popular what
/// they ask for is.
struct Population {
  static let consumerCount = 400
  /// Keys that the gateway does not know, numbered behind the consumers.
  static let unknownKeys = 24
  static let visitorCount = 20_000

  private let consumers = WeightedChoice.zipf(consumerCount)
  private let visitors = WeightedChoice.flatZipf(visitorCount)
  private let products = WeightedChoice.zipf(50_000)
  private let users = WeightedChoice.flatZipf(100_000)
  private let carts = WeightedChoice.flatZipf(60_000)
  private let words = WeightedChoice.zipf(Vocabulary.words.count)
  private let pages = WeightedChoice.zipf(20)
  private let categories = WeightedChoice.zipf(80)
  private let days = WeightedChoice.zipf(30)
  private let builds = WeightedChoice.zipf(6)
  private let probes = WeightedChoice.zipf(Vocabulary.probes.count)

  /// Share of the traffic with a key that the consumer with this rank sends.
  static func share(ofConsumer rank: Int) -> Double {
    let total = (1...consumerCount).reduce(0) { $0 + 1 / Double($1) }
    return 1 / Double(rank + 1) / total
  }

  @inline(__always)
  func consumer(_ random: inout SeededGenerator) -> Int { consumers.draw(&random) }

  @inline(__always)
  func visitor(_ random: inout SeededGenerator) -> Int { visitors.draw(&random) }

  /// The number that stands in the path for a variable; popular things are drawn more often.
  @inline(__always)
  func value(of variable: Variable, at epoch: Int, _ random: inout SeededGenerator) -> Int {
    switch variable {
    case .product: 10_000 + products.draw(&random) * 48_271 % 99_991
    case .user: 100_000 + users.draw(&random) * 48_271 % 899_981
    case .category: 1 + categories.draw(&random)
    case .page: 1 + pages.draw(&random)
    case .cart: carts.draw(&random)
    case .order: random.below(2_000_000)
    case .date: days.draw(&random)
    case .moment: epoch
    case .hash: builds.draw(&random)
    case .word: words.draw(&random)
    case .words: words.draw(&random) << 16 | words.draw(&random)
    case .probe: probes.draw(&random)
    }
  }

  /// The address a consumer calls from: one of up to 48 of its own, in the test range 198.18.0.0/15.
  @inline(__always)
  func address(ofConsumer rank: Int, _ random: inout SeededGenerator) -> UInt32 {
    let machines = 1 + Int(scrambled(UInt64(rank)) % 48)
    let machine = random.below(machines) * random.below(machines) / machines
    return 198 << 24 | 18 << 16 | UInt32(truncatingIfNeeded: scrambled(UInt64(rank << 8 | machine) &+ 1))
      & 0x1_FFFF
  }

  /// The address of a visitor, in the shared range 100.64.0.0/10.
  @inline(__always)
  func address(ofVisitor rank: Int) -> UInt32 {
    100 << 24 | 64 << 16 | UInt32(truncatingIfNeeded: scrambled(UInt64(rank) ^ 0xC11E)) & 0x3F_FFFF
  }
}

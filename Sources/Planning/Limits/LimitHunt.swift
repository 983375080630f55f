internal import Gateways
internal import Traffic

/// The search for the smallest safe limit, as a conversation: it asks about limits, and is told which are safe.
struct LimitHunt: Sendable {
  private let rules: LimitRules
  private let rates: [LimitRate]
  private let width: Int
  private var point: LimitPoint?
  private var search: NumberSearch
  /// nil while searching, and where no limit is safe.
  private(set) var result: FoundLimit?

  /// - Parameters:
  ///   - mostRequests: of any key; a rate that holds as many in its burst needs no larger one.
  ///   - width: limits asked about at once.
  init(_ rules: LimitRules, mostRequests: Int64, width: Int) {
    self.rules = rules
    self.width = width
    let neighbours: @Sendable (Int64) -> [Int64] = { [$0 + 1, $0 + 2] }
    if rules.dialect.axis == .rate {
      let all = RoundRates.all(for: rules.dialect)
      let enough = all.firstIndex { Self.mostBurst(rules, $0) > mostRequests } ?? all.count - 1
      rates = Array(all[...min(enough + 2, all.count - 1)])
      search = NumberSearch(
        in: 0...Int64(rates.count - 1), width: width, neighbours: rules.dialect.isMonotone ? nil : neighbours)
    } else {
      rates = []
      point = .window(rules.window)
      search = Self.sizes(rules, at: .window(rules.window), most: 2 * mostRequests + 2, width: width)
    }
  }

  /// All rates that it may ask about, rising, or its window.
  var points: [LimitPoint] { rates.isEmpty ? point.map { [$0] } ?? [] : rates.map { .rate($0) } }

  /// What to test next; empty when done.
  var candidates: [LimiterSettings] { questions.map { rules.dialect.settings($0.point, size: $0.size) } }

  /// The same as points and sizes.
  var questions: [(point: LimitPoint, size: Int64)] {
    search.candidates.map { number in
      if let point { return (point, number) }
      let rate = rates[Int(number)]
      return (.rate(rate), Self.mostBurst(rules, rate))
    }
  }

  mutating func learn(_ passes: [Bool]) {
    search.learn(passes)
    guard search.isDone, let number = search.result else { return }
    if let point {
      result = FoundLimit(point: point, smallest: number, size: RoundNumbers.up(number))
    } else {
      let rate = rates[Int(number)]
      point = .rate(rate)
      search = Self.sizes(rules, at: .rate(rate), most: Self.mostBurst(rules, rate), width: width)
    }
  }

  /// The largest burst that a rate may have.
  private static func mostBurst(_ rules: LimitRules, _ rate: LimitRate) -> Int64 {
    let within = (Double(rules.burstWithin.count) / 1e6 * rate.perSecond).rounded(.down)
    return max(rules.dialect.smallestSize(at: .rate(rate)), rules.fewestBurst, Int64(min(within, 1e15)))
  }

  private static func sizes(_ rules: LimitRules, at point: LimitPoint, most: Int64, width: Int) -> NumberSearch {
    let least = rules.dialect.smallestSize(at: point)
    return NumberSearch(
      in: least...max(least, most), width: width,
      neighbours: rules.dialect.isMonotone ? nil : NumberSearch.largerSizes)
  }
}

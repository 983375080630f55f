/// The bursts of a night: those that every night has, and those that planted faults bring.
enum Surges {
  /// Mean weight of a second, roughly.
  static let usualWeight = 60.0

  static func all(
    for episodes: [Episode], seconds: Int, isCalm: Bool, _ random: inout SeededGenerator
  ) -> [TrafficCurve.Surge] {
    let usual = (0..<(isCalm ? 0 : 1 + seconds / 14_400)).map { _ in burst(within: seconds, &random) }
    let scan = isCalm ? [] : [self.scan(within: seconds, &random)]
    return usual + scan + episodes.flatMap(surges)
  }

  /// Three keys at once call one route for under two minutes, at three times the night's mean traffic.
  private static func burst(within seconds: Int, _ random: inout SeededGenerator) -> TrafficCurve.Surge {
    let from = random.below(seconds)
    let length = 20 + random.below(90)
    let consumers = (0..<3).map { _ in random.below(60) }
    let callable = Route.all.indices.filter { Route.all[$0].caller == .consumer && Route.all[$0].isLimited }
    let route = callable[random.below(callable.count)]
    return TrafficCurve.Surge(
      seconds: from..<(from + length), weight: usualWeight * 3, consumers: consumers, route: route)
  }

  /// Ten minutes of a scanner.
  private static func scan(within seconds: Int, _ random: inout SeededGenerator) -> TrafficCurve.Surge {
    let from = random.below(seconds)
    let route = Route.all.firstIndex { $0.caller == .scanner }
    return TrafficCurve.Surge(
      seconds: from..<(from + 600), weight: usualWeight / 6, consumers: [], route: route)
  }

  private static func surges(of episode: Episode) -> [TrafficCurve.Surge] {
    switch episode.kind {
    case .hotKey(let rank):
      return [surge(episode, weight: usualWeight / 2, consumers: [rank])]
    case .retryStorm(let upstream):
      let routes = Route.all.indices.filter { Route.all[$0].upstream == upstream }
      return routes.map { route in
        surge(episode, weight: usualWeight * Route.all[route].weight / 50, route: route)
      }
    case .callers(let fault):
      return fault.surges(in: episode.seconds, usualWeight: usualWeight)
    case .design(let fault):
      return surges(of: fault, episode.seconds)
    default:
      return []
    }
  }

  private static func surge(
    _ episode: Episode, weight: Double, consumers: [Int] = [], route: Int? = nil
  ) -> TrafficCurve.Surge {
    TrafficCurve.Surge(seconds: episode.seconds, weight: weight, consumers: consumers, route: route)
  }
}

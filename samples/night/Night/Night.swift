/// A night of gateway traffic: hands out requests in the order in which they end.
struct Night: ~Copyable {
  private var random: SeededGenerator
  private var clock: ArrivalClock
  private var gateway: Gateway
  private var inFlight = EndOrderQueue()
  private let curve: TrafficCurve
  private let routes: WeightedChoice
  private var conditionsMinute = -1
  private var arrival: Int?
  private var lastArrival = 0
  /// Calls that come again, by when; few at a time.
  private var returning: [(due: Int, call: Gateway.Call)] = []

  init(_ options: NightOptions) {
    let seconds = options.hours * 3_600
    let usual = options.isCalm ? [] : Episode.usual(startingAt: options.start)
    let episodes = usual + options.episodes
    // The world follows from the seed alone; what happens at a node from its name too.
    var world = SeededGenerator(seed: options.seed)
    let surges = Surges.all(for: episodes, seconds: seconds, isCalm: options.isCalm, &world)
    curve = TrafficCurve(
      start: options.start, surges: surges, missing: episodes.compactMap(\.missingSeconds),
      noiseSeed: options.seed)
    random = SeededGenerator(seed: options.seed ^ nameHash(options.node))
    clock = ArrivalClock(curve: curve, seconds: seconds, lines: options.lines)
    gateway = Gateway(
      episodes: episodes, linesPerSecond: Double(options.lines) / Double(seconds), start: options.start)
    routes = WeightedChoice(weights: Route.all.map(\.weight))
    arrival = clock.next(&random)
  }

  /// The next request by end time; nil when the night is over.
  mutating func next() -> Request? {
    while let arrival, arrival < inFlight.nextEnd {
      inFlight.push(request(at: arrival))
      self.arrival = clock.next(&random)
    }
    guard inFlight.nextEnd < .max else { return nil }
    return inFlight.pop()
  }

  private mutating func request(at instant: Int) -> Request {
    let returned = nextReturn(before: instant)
    let arrival = returned?.due ?? instant
    let second = clock.second
    if second / 60 != conditionsMinute {
      conditionsMinute = second / 60
      gateway.conditions.update(at: second, load: clock.weight.quiet / TrafficCurve.peak)
      if gateway.conditions.design.flushesCache { gateway.cache = ResponseCache() }
    }
    lastArrival = arrival
    var call = Gateway.Call(route: 0, consumer: nil)
    if let returned {
      call = returned.call
    } else if clock.weight.total > clock.weight.quiet, let surge = surge(at: second) {
      call.route = surge.route ?? routes.draw(&random)
      if !surge.consumers.isEmpty { call.consumer = surge.consumers[random.below(surge.consumers.count)] }
    } else {
      call.route = routes.draw(&random)
    }
    var request = gateway.serve(call, arrival: arrival, &random)
    if let wait = gateway.comeback(for: request, &random) {
      let consumer = request.consumer < 0 ? nil : Int(request.consumer)
      returning.append((request.end + wait, Gateway.Call(route: call.route, consumer: consumer)))
    }
    for hole in curve.missing where hole.contains(request.end / 1_000_000) {
      // No line may end where the log has a hole.
      request.end = max(request.arrival, hole.lowerBound * 1_000_000 - 1)
      request.last.milliseconds = min(request.last.milliseconds, Int32(request.milliseconds))
    }
    return request
  }

  /// The call that comes again before an instant; it takes the place of the arrival then.
  private mutating func nextReturn(before instant: Int) -> (due: Int, call: Gateway.Call)? {
    guard let index = returning.indices.min(by: { returning[$0].due < returning[$1].due }), returning[index].due <= instant
    else { return nil }
    let next = returning.remove(at: index)
    // Never before what has been served already.
    return (max(next.due, lastArrival), next.call)
  }

  /// The surge that the next request belongs to; nil when it is ordinary traffic.
  private mutating func surge(at second: Int) -> TrafficCurve.Surge? {
    var rest = random.unit() * clock.weight.total - clock.weight.quiet
    guard rest >= 0 else { return nil }
    for surge in curve.surges where surge.seconds.contains(second) {
      rest -= surge.weight
      if rest < 0 { return surge }
    }
    return nil
  }
}

/// The imagined gateway: turns a call into a request with its answer, times and log fields.
struct Gateway: ~Copyable {
  /// What arrives: a route, and who calls when that is already decided.
  struct Call {
    var route: Int
    var consumer: Int?
  }

  /// What is precomputed for a route.
  struct Service {
    let latency: LogNormal
    let size: LogNormal
    let first: Variable?
    let second: Variable?
  }

  var conditions: Conditions
  let routes = Route.all
  let population = Population()
  let bandwidth = LogNormal(median: 150, spread: 1.1)
  let start: CalendarTime
  let services: [Service]
  var pools = UpstreamPools()
  var cache = ResponseCache()
  var limiter: RequestLimiter
  /// The limit of a consumer that sends bursts across its edges.
  var edge = MinuteWindow()
  let edgeLimit: Int

  /// - Parameter linesPerSecond: mean of the whole night; the limiter's plans follow it.
  init(episodes: [Episode], linesPerSecond: Double, start: CalendarTime) {
    conditions = Conditions(episodes: episodes, routes: routes)
    limiter = RequestLimiter(linesPerSecond: linesPerSecond)
    edgeLimit = CallerFault.edgeLimit(linesPerSecond: linesPerSecond)
    self.start = start
    services = routes.map { route in
      var texts = ByteTable()
      let variables = PathPattern("\(route.pattern)", texts: &texts).variables
      return Service(
        latency: LogNormal(median: route.latency.median, spread: route.latency.spread),
        size: LogNormal(median: max(1, route.size.median), spread: route.size.spread),
        first: variables.first, second: variables.dropFirst().first)
    }
  }

  /// Serves one call that arrives at `arrival`, µs since the start.
  mutating func serve(_ call: Call, arrival: Int, _ random: inout SeededGenerator) -> Request {
    var request = Request()
    request.arrival = arrival
    request.end = arrival + 60 + random.below(300)
    request.route = UInt8(call.route)
    identify(&request, call, &random)
    if !conditions.callers.isEmpty { disguise(&request, &random) }
    choose(&request, at: start.epoch + arrival / 1_000_000, &random)
    if isAdmitted(&request, &random) {
      request.end += conditions.design.gatewayTime(of: request.route, &random)
      answer(&request, &random)
    } else {
      request.bytesSent = 320
    }
    return request
  }

  // MARK: Who and what

  @inline(__always)
  private func identify(_ request: inout Request, _ call: Call, _ random: inout SeededGenerator) {
    switch routes[call.route].caller {
    case .consumer:
      var rank = call.consumer ?? population.consumer(&random)
      request.address = population.address(ofConsumer: rank, &random)
      request.userAgent = UInt8(scrambled(UInt64(rank)) % UInt64(Vocabulary.firstBrowser))
      if !conditions.design.passThrough.contains(call.route), random.chance(3_000) {
        rank = Population.consumerCount + random.below(Population.unknownKeys)
      }
      request.consumer = Int32(rank)
    case .visitor:
      let rank = population.visitor(&random)
      let browsers = Vocabulary.probeAgent - Vocabulary.firstBrowser
      request.address = population.address(ofVisitor: rank)
      request.userAgent = UInt8(Vocabulary.firstBrowser + Int(scrambled(UInt64(rank)) % UInt64(browsers)))
      request.referer = UInt8(random.below(Vocabulary.referers.count))
    case .probe:
      request.address = 10 << 24 | UInt32(4 + random.below(2))
      request.userAgent = UInt8(Vocabulary.probeAgent)
    case .scanner:
      request.address = 198 << 24 | 19 << 16 | 200 << 8 | UInt32(random.below(3))
      request.userAgent = UInt8(Vocabulary.scannerAgent)
    }
  }

  /// The numbers in the path, and how long the request is.
  @inline(__always)
  private func choose(_ request: inout Request, at epoch: Int, _ random: inout SeededGenerator) {
    let service = services[Int(request.route)]
    if let first = service.first { request.first = population.value(of: first, at: epoch, &random) }
    if let second = service.second { request.second = population.value(of: second, at: epoch, &random) }
    let body = routes[Int(request.route)].body
    request.requestLength = Int32(360 + random.below(180) + (body == 0 ? 0 : body / 2 + random.below(body)))
  }

  /// Key and rate limit; sets status, verdict and wait.
  @inline(__always)
  private mutating func isAdmitted(_ request: inout Request, _ random: inout SeededGenerator) -> Bool {
    guard request.consumer >= 0 else { return true }
    guard request.consumer < Population.consumerCount else {
      request.status = 401
      return false
    }
    guard routes[Int(request.route)].isLimited, !conditions.design.passThrough.contains(request.route) else {
      return true
    }
    if !conditions.callers.isEmpty, let verdict = decree(request, &random) {
      request.limit = verdict
      if verdict == .rejected { request.status = 429 }
      return verdict != .rejected
    }
    let (verdict, wait) = limiter.admit(consumer: Int(request.consumer), at: request.arrival / 1000)
    request.limit = verdict
    request.end += wait * 1000
    if verdict == .rejected { request.status = 429 }
    return verdict != .rejected
  }
}

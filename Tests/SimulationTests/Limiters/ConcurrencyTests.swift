import Gateways
import Simulation
import Testing

/// Limits on requests in progress, driven event by event as an engine drives them.
@Suite struct ConcurrencyTests {
  @Test func `nginx's limit_conn and Traefik's inFlightReq reject the next and count nothing for it`() {
    var limiter = ConcurrencyLimiter(ConcurrencySettings(limit: 1))
    #expect(limiter.enter(0, at: 0) == .admitted)
    #expect(limiter.enter(1, at: 50_000) == .rejected)
    #expect(limiter.inProgress == 1)
    #expect(limiter.leave(Departure(at: 100_000, started: 0)) == nil)
    #expect(limiter.enter(2, at: 100_000) == .admitted)
  }

  @Test func `A smallest limit is one, as nginx lets the first request of a key in`() {
    var limiter = ConcurrencyLimiter(ConcurrencySettings(limit: 0))
    #expect(limiter.enter(0, at: 0) == .admitted)
    #expect(limiter.enter(1, at: 0) == .rejected)
  }

  @Test func `A request that a later rule rejects gives its place back`() {
    var limiter = ConcurrencyLimiter(ConcurrencySettings(limit: 1))
    #expect(limiter.enter(0, at: 0) == .admitted)
    limiter.withdraw()
    #expect(limiter.enter(1, at: 0) == .admitted)
  }

  @Test func `H4: HAProxy's queue gives up after its timeout`() {
    let settings = ConcurrencySettings(limit: 1, queue: .max, queueTimeout: 150_000)
    let ends = served(settings, arrivals: [0, 10_000, 20_000, 30_000], service: [100_000])
    #expect(ends == [.started(0), .started(100_000), .gaveUp(170_000), .gaveUp(180_000)])
  }

  @Test func `A place that is freed at the very deadline is still taken`() {
    let settings = ConcurrencySettings(limit: 1, queue: .max, queueTimeout: 90_000)
    let ends = served(settings, arrivals: [0, 10_000], service: [100_000])
    #expect(ends == [.started(0), .started(100_000)])
  }

  @Test func `A full queue rejects`() {
    let settings = ConcurrencySettings(limit: 1, queue: 1)
    let ends = served(settings, arrivals: [0, 0, 0, 100_000], service: [100_000])
    #expect(ends == [.started(0), .started(100_000), .rejected, .started(200_000)])
  }

  @Test func `Places go to the waiting in the order they came, whatever the services`() {
    let settings = ConcurrencySettings(limit: 2, queue: .max)
    let ends = served(settings, arrivals: [0, 0, 1, 2, 3], service: [50, 30, 10, 10, 10])
    #expect(ends == [.started(0), .started(0), .started(30), .started(40), .started(50)])
  }

  @Test func `APISIX delays by a unit per full block of requests before`() {
    let settings = ConcurrencySettings(limit: 2, queue: 3, delayPerBlock: 100_000)
    var limiter = ConcurrencyLimiter(settings)
    let entries = (0..<6).map { limiter.enter($0, at: 0) }
    #expect(
      entries == [.admitted, .admitted, .delayed(100_000), .delayed(100_000), .delayed(200_000), .rejected])
    #expect(limiter.inProgress == 5)
    #expect(limiter.leave(Departure(at: 10_000, started: 0)) == nil)
    #expect(limiter.enter(6, at: 10_000) == .delayed(200_000))
  }

  @Test func `APISIX's unit moves half way to each latency seen`() {
    let settings = ConcurrencySettings(limit: 1, queue: 5, delayPerBlock: 100_000, learnsDelay: true)
    var limiter = ConcurrencyLimiter(settings)
    #expect(limiter.enter(0, at: 0) == .admitted)
    _ = limiter.leave(Departure(at: 300_000, started: 0))
    #expect(limiter.enter(1, at: 300_000) == .admitted)
    // (100 + 300) / 2
    #expect(limiter.enter(2, at: 300_000) == .delayed(200_000))
  }

  @Test func `M1: a request that limit_conn rejects has spent its token of limit_req`() {
    let rate = nginx(1_000, 0)
    var (state, connections) = (rate.fresh, ConcurrencyLimiter(ConcurrencySettings(limit: 1)))
    // The first takes five seconds.
    let entries = [0, 1_000_000, 2_000_000].map { (time: Int64) in
      rate.decide(&state, at: time).isRejected ? nil : connections.enter(0, at: time)
    }
    #expect(entries == [.admitted, .rejected, .rejected])
  }

  @Test func `M2: delayed requests never meet in limit_conn`() {
    let rate = nginx(1_000, 5, 0)
    var (state, connections) = (rate.fresh, ConcurrencyLimiter(ConcurrencySettings(limit: 1)))
    for expected in [Int64(0), 1_000_000, 2_000_000] {
      let start = rate.decide(&state, at: 0).delay
      #expect(start == expected)
      #expect(connections.enter(0, at: start) == .admitted)
      #expect(connections.leave(Departure(at: start + 100_000, started: start)) == nil)
    }
  }

  @Test func `The queue equals a simulation millisecond by millisecond`() {
    for seed in 0..<400 as Range<UInt64> {
      var draw = Draw(seed: 900_000 + seed)
      let settings = ConcurrencySettings(
        limit: draw.within(1...3), queue: draw.pick([0, 2, .max]), queueTimeout: draw.pick([nil, draw.within(1...60)]))
      var time: Int64 = 0
      let arrivals = (0..<30).map { _ in
        time += draw.below(12)
        return time
      }
      let service = (0..<30).map { _ in draw.within(1...40) }
      let expected = servedTickByTick(settings, arrivals: arrivals, service: service)
      #expect(served(settings, arrivals: arrivals, service: service) == expected, "seed \(900_000 + seed)")
    }
  }
}

/// What became of a request.
enum Fate: Equatable {
  case started(Int64)
  case gaveUp(Int64)
  case rejected
}

/// Drives a limiter by events, as its contract asks.
func served(_ settings: ConcurrencySettings, arrivals: [Int64], service: [Int64]) -> [Fate] {
  var limiter = ConcurrencyLimiter(settings)
  var fates = [Fate?](repeating: nil, count: arrivals.count)
  var departures: [(time: Int64, request: Int)] = []
  var next = 0
  func begin(_ request: Int, at time: Int64) {
    fates[request] = .started(time)
    departures.append((time + service[request % service.count], request))
  }
  while true {
    let departure = departures.min { $0.time < $1.time }
    let arrival = next < arrivals.count ? arrivals[next] : .max
    let (leaving, deadline) = (departure?.time ?? .max, limiter.deadline ?? .max)
    if let departure, leaving <= deadline, leaving <= arrival {
      departures.removeAll { $0.request == departure.request }
      if let request = limiter.leave(Departure(at: leaving, started: 0)) { begin(request, at: leaving) }
    } else if deadline <= arrival, deadline != .max {
      if let request = limiter.expire(at: deadline) { fates[request] = .gaveUp(deadline) }
    } else if next < arrivals.count {
      switch limiter.enter(next, at: arrival) {
      case .admitted: begin(next, at: arrival)
      case .rejected: fates[next] = .rejected
      case .queued, .delayed: break
      }
      next += 1
    } else {
      return fates.compactMap { $0 }
    }
  }
}

/// The same by looking at every request at every tick.
private func servedTickByTick(_ settings: ConcurrencySettings, arrivals: [Int64], service: [Int64]) -> [Fate] {
  var fates = [Fate?](repeating: nil, count: arrivals.count)
  var waiting: [Int] = []
  for tick in 0...(arrivals.max() ?? 0) + service.reduce(0, +) + 100 {
    func inProgress() -> Int64 {
      Int64(
        fates.indices.count { index in
          guard case .started(let start) = fates[index] else { return false }
          return start + service[index] > tick
        })
    }
    while inProgress() < settings.limit, !waiting.isEmpty { fates[waiting.removeFirst()] = .started(tick) }
    for request in waiting where settings.queueTimeout.map({ arrivals[request] + $0 <= tick }) == true {
      fates[request] = .gaveUp(tick)
      waiting.removeAll { $0 == request }
    }
    for request in arrivals.indices where arrivals[request] == tick {
      if inProgress() < settings.limit {
        fates[request] = .started(tick)
      } else if Int64(waiting.count) < settings.queue {
        waiting.append(request)
      } else {
        fates[request] = .rejected
      }
    }
  }
  return fates.compactMap { $0 }
}

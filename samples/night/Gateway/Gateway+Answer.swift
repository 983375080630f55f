extension Gateway {
  /// Cache, upstream, transfer and a client that may not wait for it.
  @inline(__always)
  mutating func answer(_ request: inout Request, _ random: inout SeededGenerator) {
    let route = routes[Int(request.route)]
    let key = ResponseCache.key(route: request.route, first: request.first, second: request.second)
    let second = request.arrival / 1_000_000
    let design = conditions.design
    let isCached = route.cacheSeconds > 0 && !design.passThrough.contains(request.route)
    let isKept = isCached && !design.uncacheable.contains(request.route)
    if isCached {
      request.cache = random.chance(3_000) ? .bypass : isKept ? cache.lookUp(key, at: second, &random) : .miss
    }
    if request.cache.isServed {
      request.status = route.success
    } else {
      callUpstream(&request, route, &random)
    }
    request.bytesSent = Int32(size(of: request, route))
    request.end += transferTime(of: request, route, &random)
    if isKept, request.status == route.success, request.cache != .hit {
      cache.store(key, freshUntil: request.end / 1_000_000 + route.cacheSeconds)
    }
    leaveEarly(&request, &random)
  }

  // MARK: Upstream

  @inline(__always)
  private mutating func callUpstream(
    _ request: inout Request, _ route: Route, _ random: inout SeededGenerator
  ) {
    request.last = attempt(request, route, &random)
    request.attempts = 1
    request.end += Int(request.last.milliseconds) * 1000
    let isRetried = route.isRetried && !conditions.design.passThrough.contains(request.route)
    if isRetried, request.last.status == 502 || request.last.status == 504 {
      request.failed = request.last
      request.last = attempt(request, route, &random)
      request.attempts = 2
      request.end += Int(request.last.milliseconds) * 1000
    }
    request.status = request.last.status
  }

  /// One try at the next server of the route's upstream.
  @inline(__always)
  private mutating func attempt(
    _ request: Request, _ route: Route, _ random: inout SeededGenerator
  ) -> Attempt {
    let endpoint = pools.next(of: route.upstream)
    let extra = conditions.failures[Int(route.upstream.rawValue)]
    var time = latency(of: request, route, &random)
    var status: UInt16
    if conditions.design.thin.contains(request.route) { time = 600 + random.below(800) }
    let isGone =
      conditions.design.stale.contains(route.upstream.rawValue) && pools.isLast(endpoint, of: route.upstream)
    switch isGone ? .refused : pools.failure(at: endpoint, extra: extra, &random) {
    case nil: status = self.status(of: request, route, &random)
    case .refused?: (status, time) = (502, 0)
    case .reset?: (status, time) = (502, time / 2)
    case .timedOut?: (status, time) = (504, 5_000_000 + random.below(900))
    }
    if time > 60_000_000 { (status, time) = (504, 60_000_000) }
    return Attempt(endpoint: UInt8(endpoint), status: status, milliseconds: Int32(time / 1000))
  }

  /// Time at the upstream in µs.
  @inline(__always)
  private func latency(of request: Request, _ route: Route, _ random: inout SeededGenerator) -> Int {
    let word = random.next()
    let isSlow = Int(word >> 44) < route.slow.share
    let shift = conditions.slowness[Int(request.route)]
    let time = services[Int(request.route)].latency.value(
      at: UInt32(truncatingIfNeeded: word), shiftedBy: shift)
    return isSlow ? time * route.slow.factor : time
  }

  @inline(__always)
  private func status(
    of request: Request, _ route: Route, _ random: inout SeededGenerator
  ) -> UInt16 {
    if route.caller == .scanner { return 404 }
    let draw = random.below(1_000_000)
    let errors = 350 + conditions.errors[Int(request.route)]
    if draw < errors { return 500 }
    if draw < errors + 150 { return 503 }
    if draw < errors + 150 + route.refusal.share { return route.refusal.status }
    if request.cache == .revalidated || route.cacheSeconds == 0 { return route.success }
    // A browser's own copy was still good.
    return route.caller == .visitor && draw % 8 == 0 ? 304 : route.success
  }

  // MARK: Answer

  /// Wire bytes: the same resource always has the same size.
  @inline(__always)
  private func size(of request: Request, _ route: Route) -> Int {
    let head = 230
    if request.status >= 400 { return head + 150 }
    guard request.status != 304, route.size.median > 0 else { return head }
    let uniform = UInt32(
      truncatingIfNeeded: scrambled(UInt64(request.first) << 20 ^ UInt64(request.second)))
    return head + services[Int(request.route)].size.value(at: uniform)
  }

  /// Time in µs until the last byte is sent; what fits a socket buffer is sent at once.
  @inline(__always)
  private func transferTime(of request: Request, _ route: Route, _ random: inout SeededGenerator) -> Int {
    guard request.bytesSent > 16_384 else { return 0 }
    let nanosecondsPerByte = bandwidth.value(at: UInt32(truncatingIfNeeded: random.next()))
    let scale = route.caller == .visitor ? 4 : 1
    return (Int(request.bytesSent) - 16_384) * nanosecondsPerByte * scale / 1000
  }

  /// Status 499 for the few clients that hang up, most of them after waiting long.
  @inline(__always)
  private func leaveEarly(_ request: inout Request, _ random: inout SeededGenerator) {
    let duration = request.end - request.arrival
    let share = duration > 2_500_000 ? 60_000 : 600
    guard request.attempts == 1, duration > 4_000, random.chance(share) else { return }
    let stayed = duration / 5 + random.below(duration * 4 / 5)
    request.end = request.arrival + stayed
    request.status = 499
    request.bytesSent = 0
    request.last.status = 0
    request.last.milliseconds = Int32(min(Int(request.last.milliseconds), stayed / 1000))
  }
}

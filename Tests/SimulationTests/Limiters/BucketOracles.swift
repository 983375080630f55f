import Gateways

/// nginx with whole requests per second: the excess of an accepted request is the worst, over all earlier accepted
/// ones, of how many came since beyond what has drained since. Milliseconds, requests scaled by 1,000.
struct ArrivalCurve: Oracle {
  let rate: Int64
  let burst: Int64
  let undelayed: Int64
  private var accepted: [Int64] = []

  init(rate: Int64, burst: Int64, undelayed: Int64) {
    self.rate = rate
    self.burst = burst
    self.undelayed = undelayed
  }

  mutating func decide(at time: Int64) -> Int64 {
    let now = time / 1_000
    var excess: Int64 = 0
    for index in accepted.indices {
      excess = max(excess, Int64(accepted.count - index) * 1_000 - rate * (now - accepted[index]))
    }
    if excess > burst * 1_000 { return -1 }
    accepted.append(now)
    if undelayed == .max || excess <= undelayed * 1_000 { return 0 }
    return (excess - undelayed * 1_000) / rate * 1_000
  }
}

/// nginx, from the description of its code.
struct LeakyOracle: Oracle {
  let rate: Int64
  let burst: Int64
  let undelayed: Int64
  private var node: (excess: Int64, last: Int64)?

  init(rate: Int64, burst: Int64, undelayed: Int64) {
    self.rate = rate
    self.burst = burst
    self.undelayed = undelayed
  }

  mutating func decide(at time: Int64) -> Int64 {
    let now = time / 1_000
    guard let (old, last) = node else {
      node = (0, now)
      return 0
    }
    var excess = old - rate * (now - last) / 1_000 + 1_000
    if excess < 0 { excess = 0 }
    if excess > burst * 1_000 { return -1 }
    node = (excess, now == last ? last : now)
    if undelayed == .max || excess <= undelayed * 1_000 { return 0 }
    return (excess - undelayed * 1_000) * 1_000 / rate * 1_000
  }
}

/// APISIX's limit-req in doubles, as its Lua computes.
struct FloatingLeakyOracle: Oracle {
  let rate: Double
  let burst: Double
  let isDelaying: Bool
  let isRedis: Bool
  private var stored: (excess: Double, last: Double)?

  init(rate: Double, burst: Double, isDelaying: Bool, isRedis: Bool) {
    self.rate = rate
    self.burst = burst
    self.isDelaying = isDelaying
    self.isRedis = isRedis
  }

  mutating func decide(at time: Int64) -> Int64 {
    let now = Double(time / 1_000)
    let lifetime = (burst * 1_000 / rate).rounded(.up) + 1
    if isRedis, let last = stored?.last, now >= last + lifetime * 1_000 { stored = nil }
    var excess = 0.0
    if let stored {
      excess = stored.excess - rate * (now - stored.last).magnitude / 1_000 + 1_000
      if excess < 0 { excess = 0 }
      if excess > burst * 1_000 { return -1 }
    }
    stored = (isRedis ? excess : excess.rounded(.towardZero), now)
    let seconds = excess / rate
    if !isDelaying || seconds < 0.001 { return 0 }
    // Whole µs; the local policy's are exact fractions, which a double may miss by its last bit.
    return isRedis ? Int64(seconds * 1e6) : Int64((excess * 1_000).rounded()) * 1_000 / Int64(rate)
  }
}

/// A bucket that starts full: the request passes when one token is left under the line that every earlier pass drew.
struct TokenLine: Oracle {
  let rate: LimitRate
  let capacity: Int64
  private var passes: [Int64] = []

  init(rate: LimitRate, capacity: Int64) {
    self.rate = rate
    self.capacity = capacity
  }

  mutating func decide(at time: Int64) -> Int64 {
    var fits = capacity >= 1
    for index in passes.indices {
      // In tokens times the period: what was there at most, less what was taken since, and what came since.
      let taken = Int64(passes.count - index) + 1
      fits = fits && (capacity - taken) * rate.period + rate.count * (time - passes[index]) >= 0
    }
    if fits { passes.append(time) }
    return fits ? 0 : -1
  }
}

/// Adds at every tick until the bucket is full.
struct TimerOracle: Oracle {
  let capacity: Int64
  let perFill: Int64
  let interval: Int64
  let phase: Int64
  private var tokens: Int64
  private var nextTick: Int64?

  init(capacity: Int64, perFill: Int64, interval: Int64, phase: Int64) {
    self.capacity = capacity
    self.perFill = perFill
    self.interval = interval
    self.phase = phase
    tokens = capacity
  }

  mutating func decide(at time: Int64) -> Int64 {
    var tick = nextTick ?? firstTick(after: time)
    while tick <= time {
      // A full bucket stays full, so the ticks of a pause go at once.
      let ticks = tokens == capacity ? (time - tick) / interval + 1 : 1
      tokens = min(capacity, tokens + perFill)
      tick += ticks * interval
    }
    nextTick = tick
    guard tokens > 0 else { return -1 }
    tokens -= 1
    return 0
  }

  private func firstTick(after time: Int64) -> Int64 {
    var tick = phase + (time - phase) / interval * interval
    while tick <= time { tick += interval }
    return tick
  }
}

/// Traefik, from the description of its code, in the order of its operations.
struct ReservationOracle: Oracle {
  let rate: Double
  let burst: Double
  let isMemory: Bool
  private var bucket: (tokens: Double, last: Int64, expiry: Double)?

  init(rate: LimitRate, burst: Double, isMemory: Bool) {
    // Both in nanoseconds, as Traefik's durations are.
    self.rate = Double(rate.count * 1_000_000_000) / Double(rate.period * 1_000)
    self.burst = burst
    self.isMemory = isMemory
  }

  mutating func decide(at time: Int64) -> Int64 {
    let seconds = Double(time) / 1e6
    let longest = rate >= 1 ? 1_000_000_000 / (2 * Int64(rate)) : 500_000_000
    let lifetime = rate >= 1 ? 2 : 1 + (1 / rate).rounded(.down)
    if let expiry = bucket?.expiry, (isMemory ? seconds.rounded(.down) : seconds) >= expiry { bucket = nil }
    let (tokens, last, _) = bucket ?? (burst, time, 0)
    let expiry = isMemory ? (seconds + lifetime).rounded(.down) : Double(time + Int64(lifetime) * 1_000_000) / 1e6
    let available = min(burst, tokens + Double(time - last) / 1e6 * rate)
    let need = available - 1
    let delay = need >= 0 ? 0 : Int64(-need / rate * 1e9)
    bucket = (delay > longest ? available : need, time, expiry)
    return delay > longest ? -1 : delay / 1_000
  }
}

/// Spring Cloud Gateway's script with what Redis does.
struct ScriptOracle: Oracle {
  let rate: Int64
  let capacity: Int64
  let requested: Int64
  private var stored: (tokens: Int64, second: Int64, expiry: Int64)?

  init(rate: Int64, capacity: Int64, requested: Int64) {
    self.rate = rate
    self.capacity = capacity
    self.requested = requested
  }

  mutating func decide(at time: Int64) -> Int64 {
    let lifetime = 2 * capacity / rate
    if let expiry = stored?.expiry, time >= expiry { stored = nil }
    let second = time / 1_000_000
    let (tokens, last, _) = stored ?? (capacity, 0, 0)
    var filled = tokens
    // Second by second, as far as there is room.
    for _ in 0..<min(max(0, second - last), capacity + 1) { filled = min(capacity, filled + rate) }
    let passes = filled >= requested
    if lifetime > 0 { stored = (passes ? filled - requested : filled, second, time + lifetime * 1_000_000) }
    return passes ? 0 : -1
  }
}

/// KrakenD, from the description of its code, with its double of a fill.
struct DeferredOracle: Oracle {
  let fill: Int64
  let capacity: Int64
  let lifetime: Int64
  private var bucket: (tokens: Int64, refilled: Int64)?
  private var used: Int64 = 0

  init(rate: Double, capacity: Int64, lifetime: Int64) {
    fill = Int64(1e9 / rate)
    self.capacity = capacity
    self.lifetime = lifetime
  }

  mutating func decide(at time: Int64) -> Int64 {
    if lifetime != .max, bucket != nil, time - used >= lifetime { bucket = nil }
    used = time
    var (tokens, refilled) = bucket ?? (capacity, time * 1_000)
    defer { bucket = (tokens, refilled) }
    if tokens > 0 {
      tokens -= 1
      return 0
    }
    var added: Int64 = 0
    while refilled + fill <= time * 1_000, added <= 2 * capacity + 2 {
      refilled += fill
      added += 1
    }
    // The rest at once, it no longer matters how many.
    refilled += (time * 1_000 - refilled) / fill * fill
    if added == 0 { return -1 }
    tokens = added > capacity ? capacity : added - 1
    return 0
  }
}

/// Passes when the last pass is long enough ago.
struct SpikeOracle: Oracle {
  let interval: Int64
  private var passes: [Int64] = []

  init(interval: Int64) { self.interval = interval }

  mutating func decide(at time: Int64) -> Int64 {
    if let last = passes.max(), time - last < interval { return -1 }
    passes.append(time)
    return 0
  }
}

/// Something that is wrong by design rather than by accident: how the gateway is built, not what broke.
enum DesignFault {
  /// The last server of a pool is gone, and the gateway still sends it requests.
  case staleEndpoint(Upstream)
  /// A pool with too few servers: its times grow steeply with the load.
  case tightPool(Upstream)
  /// The cache is emptied every minute of the window.
  case cacheFlush
  /// The cache is asked for a route and may not keep its answers.
  case uncacheable(route: Int)
  /// The gateway works 60 to 180 ms on every request of a route.
  case gatewayLogic(route: Int)
  /// The gateway neither checks keys nor limits, caches or retries on a route.
  case passThrough(route: Int)
  /// A route's upstream needs a millisecond, the gateway several.
  case thinUpstream(route: Int)
  /// Health checks are a third of the traffic.
  case probeFlood
  /// Every program behind a key calls for lists, as many as all other traffic together.
  case batchClients
  /// A version of a route that takes twice as long.
  case slowerVersion(route: Int)

  /// Names on the command line; those in the second list take a route, in the third an upstream.
  static let plain = ["cache-flush", "probe-flood", "batch-clients"]
  static let ofRoute = ["uncacheable", "gateway-logic", "pass-through", "thin-upstream", "slower-version"]
  static let ofUpstream = ["stale-endpoint", "tight-pool"]

  init?(_ name: Substring) {
    switch name {
    case "cache-flush": self = .cacheFlush
    case "probe-flood": self = .probeFlood
    case "batch-clients": self = .batchClients
    default: return nil
    }
  }

  init?(_ name: Substring, route: Int) {
    switch name {
    case "uncacheable": self = .uncacheable(route: route)
    case "gateway-logic": self = .gatewayLogic(route: route)
    case "pass-through": self = .passThrough(route: route)
    case "thin-upstream": self = .thinUpstream(route: route)
    case "slower-version": self = .slowerVersion(route: route)
    default: return nil
    }
  }

  init?(_ name: Substring, upstream: Upstream) {
    switch name {
    case "stale-endpoint": self = .staleEndpoint(upstream)
    case "tight-pool": self = .tightPool(upstream)
    default: return nil
    }
  }
}

/// Which design faults hold in the current minute.
struct DesignConditions {
  /// Routes by number, one bit each.
  struct Routes {
    private var bits: UInt64 = 0

    mutating func insert(_ route: Int) { bits |= 1 << UInt64(route) }

    @inline(__always)
    func contains(_ route: some BinaryInteger) -> Bool { bits >> UInt64(route) & 1 != 0 }
  }

  /// By upstream number.
  private(set) var stale = Routes()
  private(set) var tight = Routes()
  private(set) var flushesCache = false
  private(set) var uncacheable = Routes()
  private(set) var withLogic = Routes()
  private(set) var passThrough = Routes()
  private(set) var thin = Routes()
  private(set) var slower = Routes()

  mutating func apply(_ fault: DesignFault) {
    switch fault {
    case .staleEndpoint(let upstream): stale.insert(Int(upstream.rawValue))
    case .tightPool(let upstream): tight.insert(Int(upstream.rawValue))
    case .cacheFlush: flushesCache = true
    case .uncacheable(let route): uncacheable.insert(route)
    case .gatewayLogic(let route): withLogic.insert(route)
    case .passThrough(let route): passThrough.insert(route)
    case .thinUpstream(let route): thin.insert(route)
    case .slowerVersion(let route): slower.insert(route)
    case .probeFlood, .batchClients: break
    }
  }

  /// Octaves on top of the usual latency; `load` is the traffic relative to the peak.
  func slowness(of route: Int, to upstream: Upstream, load: Double) -> Double {
    (slower.contains(route) ? 1 : 0) + (tight.contains(Int(upstream.rawValue)) ? 5 * load * load * load : 0)
  }

  /// Time in µs that the gateway adds to an admitted request.
  @inline(__always)
  func gatewayTime(of route: UInt8, _ random: inout SeededGenerator) -> Int {
    if withLogic.contains(route) { return 60_000 + random.below(120_000) }
    return thin.contains(route) ? 3_500 + random.below(2_500) : 0
  }
}

extension Surges {
  /// The traffic that a design fault brings.
  static func surges(of fault: DesignFault, _ seconds: Range<Int>) -> [TrafficCurve.Surge] {
    switch fault {
    case .probeFlood:
      let route = Route.all.firstIndex { $0.caller == .probe }
      return [TrafficCurve.Surge(seconds: seconds, weight: usualWeight / 2, consumers: [], route: route)]
    case .batchClients:
      let programs = (0..<Population.consumerCount).filter { Vocabulary.isServerProgram(ofConsumer: $0) }
      let route = Route.all.firstIndex { "\($0.pattern)".hasPrefix("/v1/users/{user}/orders") }
      return [TrafficCurve.Surge(seconds: seconds, weight: usualWeight, consumers: programs, route: route)]
    default:
      return []
    }
  }
}

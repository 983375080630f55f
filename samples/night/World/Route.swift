/// What one route of the gateway is and how it behaves on a quiet night.
///
/// Times are µs, sizes bytes, shares per million.
struct Route {
  let method: StaticString
  /// Path and query with variables in braces, as `PathPattern` reads them.
  let pattern: StaticString
  /// Share of the traffic, relative to the other routes.
  var weight: Double
  var host = Host.api
  var upstream = Upstream.catalog
  var caller = Caller.consumer
  /// Time at the upstream: median, and standard deviation in octaves.
  var latency = (median: 20_000, spread: 0.7)
  /// A second, slow kind of request: share and how many times slower.
  var slow = (share: 10_000, factor: 8)
  var size = (median: 900, spread: 0.8)
  var body = 0
  var success: UInt16 = 200
  /// Answers that mean "not there" or "not like this", from the upstream.
  var refusal: (status: UInt16, share: Int) = (404, 8_000)
  /// Freshness of a cached answer in seconds; 0 when the route is not cached.
  var cacheSeconds = 0
  var isLimited = true
  var isRetried = true
}

/// Who calls a route.
enum Caller {
  /// A client with an API key.
  case consumer
  /// A browser without one.
  case visitor
  /// The load balancer's health check.
  case probe
  /// Somebody who looks for holes.
  case scanner
}

/// The virtual hosts of the gateway.
enum Host: UInt8, CaseIterable {
  case api, shop, assets

  var name: String {
    switch self {
    case .api: "api.example.com"
    case .shop: "shop.example.com"
    case .assets: "static.example.com"
    }
  }
}

/// The pools behind the gateway.
enum Upstream: UInt8, CaseIterable {
  case catalog, search, users, orders, payments, inventory, recommendations, sessions, reports, events,
    assets

  var name: String { String(describing: self) }

  /// Servers in the pool.
  var endpoints: Int {
    switch self {
    case .catalog: 4
    case .search, .users, .orders, .inventory: 3
    case .payments, .recommendations, .sessions, .events, .assets: 2
    case .reports: 1
    }
  }
}

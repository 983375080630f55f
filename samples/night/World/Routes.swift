extension Route {
  /// The routes of the imagined shop. Order matters: it is part of what a seed means.
  static let all: [Route] = catalogRoutes + customerRoutes + orderRoutes + machineRoutes

  private static let catalogRoutes = [
    Route(
      method: "GET", pattern: "/v1/products/{product}", weight: 16, latency: (14_000, 0.6),
      size: (2_400, 0.7), cacheSeconds: 60),
    Route(
      method: "GET", pattern: "/v1/products?category={category}&page={page}", weight: 9,
      latency: (32_000, 0.8),
      size: (11_000, 0.5), cacheSeconds: 30),
    Route(
      method: "GET", pattern: "/v1/products/{product}/reviews?page={page}", weight: 4,
      latency: (24_000, 0.8),
      size: (6_000, 0.9), cacheSeconds: 120),
    Route(
      method: "GET", pattern: "/v1/prices/{product}?currency=EUR", weight: 8, latency: (6_000, 0.5),
      size: (240, 0.2), cacheSeconds: 10),
    Route(
      method: "GET", pattern: "/v1/search?q={words}&page={page}", weight: 8, upstream: .search,
      latency: (85_000, 1.0), slow: (25_000, 10), size: (9_000, 0.8)),
    Route(
      method: "GET", pattern: "/v1/suggest?q={word}", weight: 6, upstream: .search, latency: (18_000, 0.7),
      size: (480, 0.6), cacheSeconds: 300),
    Route(
      method: "GET", pattern: "/v1/inventory/{product}", weight: 6, upstream: .inventory,
      latency: (11_000, 0.9),
      size: (310, 0.3)),
    Route(
      method: "GET", pattern: "/v1/recommendations/{user}?limit={page}", weight: 4,
      upstream: .recommendations,
      latency: (120_000, 0.9), size: (5_200, 0.4)),
    Route(
      method: "GET", pattern: "/static/app.{hash}.js", weight: 3, host: .assets, upstream: .assets,
      caller: .visitor,
      latency: (3_000, 0.5), size: (92_000, 0.6), cacheSeconds: 3_600, isLimited: false),
    Route(
      method: "GET", pattern: "/static/img/{product}.webp", weight: 7, host: .assets, upstream: .assets,
      caller: .visitor, latency: (4_000, 0.7), size: (21_000, 1.1), cacheSeconds: 3_600, isLimited: false),
  ]

  private static let customerRoutes = [
    Route(
      method: "GET", pattern: "/v1/users/{user}", weight: 5, upstream: .users, latency: (9_000, 0.7),
      size: (700, 0.4)),
    Route(
      method: "PATCH", pattern: "/v1/users/{user}", weight: 0.5, upstream: .users, latency: (28_000, 0.8),
      size: (700, 0.4), body: 320, refusal: (422, 20_000), isRetried: false),
    Route(
      method: "GET", pattern: "/v1/users/{user}/orders?limit={page}", weight: 3, upstream: .orders,
      latency: (38_000, 0.9), size: (4_800, 1.0)),
    Route(
      method: "POST", pattern: "/v1/sessions", weight: 1.4, host: .shop, upstream: .sessions,
      caller: .visitor,
      latency: (190_000, 0.4), size: (420, 0.2), body: 140, success: 201, refusal: (401, 90_000),
      isRetried: false),
    Route(
      method: "GET", pattern: "/v1/sessions/current", weight: 5, host: .shop, upstream: .sessions,
      caller: .visitor,
      latency: (3_000, 0.6), size: (260, 0.2), refusal: (401, 60_000)),
    Route(
      method: "GET", pattern: "/v1/notifications/poll?since={moment}", weight: 0.6, upstream: .events,
      latency: (14_000_000, 0.5), slow: (0, 1), size: (150, 0.9)),
  ]

  private static let orderRoutes = [
    Route(
      method: "GET", pattern: "/v1/carts/{cart}", weight: 4, host: .shop, upstream: .orders,
      latency: (12_000, 0.7),
      size: (1_500, 0.8)),
    Route(
      method: "PUT", pattern: "/v1/carts/{cart}/items/{product}", weight: 2.5, host: .shop,
      upstream: .orders,
      latency: (22_000, 0.8), size: (180, 0.2), body: 90, refusal: (409, 12_000)),
    Route(
      method: "DELETE", pattern: "/v1/carts/{cart}/items/{product}", weight: 0.7, host: .shop,
      upstream: .orders,
      latency: (17_000, 0.7), size: (0, 0), success: 204),
    Route(
      method: "POST", pattern: "/v1/orders", weight: 1.2, upstream: .orders, latency: (140_000, 0.8),
      size: (1_100, 0.4), body: 1_900, success: 201, refusal: (422, 15_000), isRetried: false),
    Route(
      method: "GET", pattern: "/v1/orders/{order}", weight: 3, upstream: .orders, latency: (16_000, 0.8),
      size: (1_900, 0.7)),
    Route(
      method: "POST", pattern: "/v1/payments", weight: 1, upstream: .payments, latency: (420_000, 0.7),
      slow: (30_000, 5), size: (380, 0.2), body: 640, success: 201, refusal: (402, 35_000), isRetried: false
    ),
    Route(
      method: "GET", pattern: "/v1/payments/{order}", weight: 1.2, upstream: .payments,
      latency: (25_000, 0.6),
      size: (420, 0.2)),
    Route(
      method: "GET", pattern: "/v1/reports/{date}/summary", weight: 0.4, upstream: .reports,
      latency: (900_000, 1.1), slow: (60_000, 6), size: (48_000, 1.2), refusal: (403, 120_000)),
  ]

  private static let machineRoutes = [
    Route(
      method: "POST", pattern: "/v1/events", weight: 6, upstream: .events, latency: (4_000, 0.6),
      size: (0, 0),
      body: 2_600, success: 202, refusal: (413, 1_500), isRetried: false),
    Route(
      method: "GET", pattern: "/health", weight: 1.4, upstream: .catalog, caller: .probe,
      latency: (900, 0.3),
      slow: (500, 20), size: (15, 0), refusal: (503, 200), isLimited: false),
    Route(
      method: "GET", pattern: "/{probe}", weight: 0.5, upstream: .catalog, caller: .scanner,
      latency: (1_500, 0.4),
      size: (150, 0), isLimited: false),
  ]
}

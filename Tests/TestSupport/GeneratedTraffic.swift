import Traffic

extension MemoryTraffic {
  /// Ordinary and odd traffic from a seed: several routes, consumers, nodes, cache states, absent values everywhere.
  public static func generated(seed: UInt64, requests: Int, start: Int64 = 1_780_000_000_000_000) -> MemoryTraffic {
    var random = SeededGenerator(seed: seed)
    var traffic = MemoryTraffic()
    let routes = ["/api/orders", "/api/orders/{int}", "/api/users/{uuid}", "/health", "/static/{hash}.js"]
      .map { traffic.symbol($0) }
    let methods = ["GET", "POST"].map { traffic.symbol($0) }
    let consumers = ["anna", "ben", "partner-17"].map { traffic.symbol($0) }
    let upstreams = ["10.0.0.1:8080", "10.0.0.2:8080"].map { traffic.symbol($0) }
    let service = traffic.symbol("orders")
    let nodes = ["gw-1", "gw-2"].map { traffic.symbol($0) }
    let statuses: [Int64] = [200, 200, 200, 200, 201, 304, 404, 429, 499, 500, 503, 101, 0]
    var arrival = start
    for _ in 0..<requests {
      arrival += Int64.random(in: 0...200_000, using: &random)
      var values: [RequestColumn: Int64] = [.arrival: arrival, .status: statuses.randomElement(using: &random)!]
      let duration = Int64(1) << Int64.random(in: 6...22, using: &random)
      if Int.random(in: 0..<20, using: &random) > 0 {
        values[.duration] = duration + Int64.random(in: 0..<duration, using: &random)
      }
      values[.method] = methods.randomElement(using: &random)
      values[.gateway] = nodes.randomElement(using: &random)
      values[.outcome] = Outcome.allCases.prefix(9).randomElement(using: &random)!.rawValue
      values[.bytesOut] = Int64.random(in: 0...50_000, using: &random)
      if Bool.random(using: &random) { values[.consumer] = consumers.randomElement(using: &random) }
      if Bool.random(using: &random) { values[.cache] = CacheStatus.allCases.randomElement(using: &random)!.rawValue }
      if Bool.random(using: &random) {
        values[.upstream] = upstreams.randomElement(using: &random)
        values[.service] = service
        values[.attempts] = Int64.random(in: 1...3, using: &random)
        values[.upstreamDuration] = duration / 2
        values[.upstreamStatus] = [200, 502].randomElement(using: &random)
      }
      let isUnrouted = Int.random(in: 0..<15, using: &random) == 0
      traffic.rows.append(Row(values, route: isUnrouted ? .absent : routes.randomElement(using: &random)!))
    }
    return traffic
  }
}

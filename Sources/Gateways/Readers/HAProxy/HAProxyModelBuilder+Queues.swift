extension HAProxyModelBuilder {
  /// A server's `maxconn`, where the section has that one server only.
  mutating func queues() -> LimitPolicy? {
    let forwarding = configuration.proxies.filter(\.forwards)
    var cases: [LimitCase] = []
    for proxy in forwarding {
      for server in proxy.servers where server.maxconn ?? 0 > 0 {
        guard proxy.servers.count == 1, server.minconn == nil || server.minconn == server.maxconn else {
          let why =
            proxy.servers.count == 1
            ? "minconn moves the limit with the load" : "which server a request gets depends on the balancing"
          audit.ignore(server.summary, at: server.place, because: "maxconn left out: \(why)")
          continue
        }
        let timeout = proxy.queueTimeout ?? proxy.connectTimeout
        let limit = server.maxconn ?? 1
        counters.append(LimitCounter(name: "\(proxy.name)/\(server.name)", key: .all))
        let rule = LimitRule(
          name: "\(proxy.name)/\(server.name) maxconn \(limit)", counter: counters.count - 1,
          limiter: .concurrency(
            ConcurrencySettings(
              limit: limit, queue: .max, queueTimeout: timeout.flatMap { $0 > 0 ? $0 * 1000 : nil })),
          status: 503, place: server.place)
        audit.use(server.summary, at: server.place, as: "\(limit) requests at a time, others wait")
        let match = forwarding.count > 1 ? RequestMatch([.init(.service, [.exact(proxy.name)])]) : .everything
        cases.append(LimitCase(match: match, stages: [LimitStage([rule])]))
      }
    }
    return cases.isEmpty ? nil : LimitPolicy(name: "maxconn", cases: cases)
  }
}

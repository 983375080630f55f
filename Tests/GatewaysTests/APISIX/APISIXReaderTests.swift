import TestSupport
import Testing
import Traffic

@testable import Gateways

@Suite("APISIX's reader") struct APISIXReaderTests {
  let probe = ReaderProbe(reader: APISIXReader(), file: "apisix.yaml")

  /// One route with one plugin.
  private func route(_ plugin: String, _ fields: String, more: String = "") -> String {
    """
    routes:
      - id: r
        uri: /users/*
        plugins:
          \(plugin): {\(fields)}
    \(more)
    #END
    """
  }

  private func rule(_ plugin: String, _ fields: String) throws -> LimitRule {
    try #require(try probe.model(route(plugin, fields)).rules.first)
  }

  @Test("reads a route into its model") func wholeModel() throws {
    let model = try probe.model(route("limit-req", "rate: 10.5, burst: 5, key: remote_addr"))
    #expect(
      model
        == GatewayModel(
          product: .apisix, counters: [LimitCounter(name: "route r limit-req", key: .client)],
          policies: [
            LimitPolicy(
              name: "limit-req",
              cases: [
                LimitCase(
                  match: .path(.prefix("/users/")),
                  stages: [
                    LimitStage([
                      LimitRule(
                        name: "route r limit-req rate=10.5 burst=5", counter: 0,
                        limiter: .leakyBucket(milliRate: 10_500, burst: 5, undelayed: 0, arithmetic: .apisix),
                        status: 503,
                        place: ConfigurationPlace(file: "apisix.yaml", line: 5, column: 7))
                    ])
                  ])
              ])
          ]))
  }

  @Test("reads the limiters of all three plugins") func limiters() throws {
    #expect(
      try rule("limit-req", "rate: 1, burst: 0, key: remote_addr, nodelay: true, rejected_code: 429").essence
        == [
          "leakyBucket(milliRate: 1000, burst: 0, undelayed: \(Int64.max), arithmetic: Gateways.LeakyArithmetic.apisix)",
          "429",
        ])
    #expect(
      try rule("limit-req", "rate: 1, burst: 0, key: remote_addr, policy: redis, redis_host: r").limiter
        == .leakyBucket(milliRate: 1_000, burst: 0, undelayed: 0, arithmetic: .apisixRedis))
    #expect(
      try rule("limit-count", "count: 100, time_window: 60").limiter
        == .fixedWindow(limit: 100, window: .firstHit(length: 60_000_000, strict: false), countsRejected: true))
    #expect(
      try rule("limit-count", "count: 4, time_window: 10, window_type: sliding").limiter
        == .slidingCounter(
          limit: 4, window: 10_000_000,
          rule: SlidingCounterRule(
            capsPrevious: true, includesCurrent: false, countsRejected: false, rejectsAtLimit: true)))
    #expect(
      try rule("limit-conn", "conn: 100, burst: 50, default_conn_delay: 0.1, key: remote_addr").limiter
        == .concurrency(ConcurrencySettings(limit: 100, queue: 50, delayPerBlock: 100_000, learnsDelay: true)))
  }

  @Test(
    "knows the variables that a log has",
    arguments: [
      ("key: consumer_name", LimitKey([.column(.stored(.consumer))], missing: .clientAddress)),
      ("key: http_x_tier", LimitKey([.header("x-tier")], missing: .clientAddress)),
      ("key: http_x_api_key", LimitKey([.column(.stored(.consumer))], missing: .clientAddress)),
      ("key: server_addr", .all), ("key: anything, key_type: constant", .all),
      ("key: arg_page", LimitKey([.unlogged("$arg_page")])),
      (
        "key: $remote_addr ${consumer_name}, key_type: var_combination",
        LimitKey([.column(.stored(.client)), .column(.stored(.consumer))])
      ),
      (
        "key: $consumer_name, key_type: var_combination",
        LimitKey([.column(.stored(.consumer))], missing: .clientAddress)
      ),
    ])
  func keys(fields: String, key: LimitKey) throws {
    let text = route(
      "limit-count",
      "count: 1, time_window: 1, \(fields.split(separator: "${").joined(separator: "$").filter { $0 != "}" })")
    #expect(try probe.model(text).counters.map(\.key) == [key])
  }

  @Test("merges consumer, route, plugin config and service, and counts where the plugin is written") func merging()
    throws
  {
    let model = try probe.model(
      """
      routes:
        - {id: 1, uri: /a, service_id: s}
        - {id: 2, uri: /b, service_id: s, plugin_config_id: p}
        - {id: 3, uri: /c, service_id: s, plugins: {limit-count: {count: 3, time_window: 1}}}
        - {id: 4, uri: /d, service_id: s, plugins: {limit-count: {count: 4, time_window: 1, _meta: {disable: true}}}}
      services:
        - {id: s, plugins: {limit-count: {count: 1, time_window: 1}}}
      plugin_configs:
        - {id: p, plugins: {limit-count: {count: 2, time_window: 1}}}
      consumer_groups:
        - {id: g, plugins: {limit-count: {count: 6, time_window: 1}}}
      consumers:
        - {username: ann, plugins: {limit-count: {count: 5, time_window: 1}, key-auth: {key: x}}}
        - {username: bob, group_id: g}
      global_rules:
        - {id: all, plugins: {limit-req: {rate: 9, burst: 9, key: remote_addr}}}
      #END
      """)
    #expect(model.policies.map(\.name) == ["global rule all limit-req", "limit-count"])
    let names = model.policies[1].cases.map { $0.stages.first.map { model.counters[$0.rules[0].counter].name } }
    #expect(
      names == [
        "consumer ann limit-count", "consumer group g limit-count", "service s limit-count",
        "plugin config p limit-count",
        "route 3 limit-count",
      ])
    #expect(model.policies[1].cases[1].match == RequestMatch([RequestMatch.Condition(.consumer, [.exact("bob")])]))
  }

  @Test("tries exact URIs first, then long prefixes, then priorities, and hosts before all") func order() throws {
    let limit = "plugins: {limit-count: {count: 1, time_window: 1}}"
    let model = try probe.model(
      """
      routes:
        - {id: any, uri: /*, \(limit)}
        - {id: long, uris: [/api/*, /exact], methods: [GET], \(limit)}
        - {id: high, uri: /api/*, priority: 5, \(limit)}
        - {id: host, uri: /*, hosts: ["*.Example.org", b.org], \(limit)}
        - {id: off, uri: /off, status: 0, \(limit)}
        - {id: param, uri: "/u/:id/x", \(limit)}
      #END
      """)
    let cases = try #require(model.policies.first).cases
    let names = cases.map { model.counters[$0.stages[0].rules[0].counter].name.split(separator: " ")[1] }
    #expect(names == ["host", "long", "param", "high", "long", "any"])
    #expect(
      cases[0].match.conditions[1] == RequestMatch.Condition(.host, [.suffix(".example.org"), .exact("b.org")]))
    #expect(cases[1].match == .path(.exact("/exact"), method: "GET"))
    #expect(cases[2].match == .path(.segments(["u", "{id}", "x"])))
    #expect(model.counters.count == 5)
  }

  @Test("shares one counter in a group, and one only") func groups() throws {
    func text(_ count: Int) -> String {
      """
      routes:
        - {id: 1, uri: /a, plugins: {limit-count: {count: 2, time_window: 1, group: g}}}
        - {id: 2, uri: /b, plugins: {limit-count: {count: \(count), time_window: 1, group: g}}}
      #END
      """
    }
    #expect(try probe.model(text(2)).counters.map(\.name) == ["limit-count group g"])
    #expect(probe.problem(text(3)) == .contradiction("the limit-count group 'g' has other settings in route 1"))
  }

  @Test("orders plugins by their priorities") func priorities() throws {
    let plugins =
      "limit-req: {rate: 1, burst: 0, key: uri, _meta: {priority: 2000}}, limit-count: {count: 1, time_window: 1}, limit-conn: {conn: 1, burst: 0, default_conn_delay: 1, key: uri}"
    let text = "routes:\n  - {id: 1, uri: /a, plugins: {\(plugins)}}\n#END\n"
    #expect(try probe.model(text).policies.map(\.name) == ["limit-req", "limit-conn", "limit-count"])
  }

  @Test("refuses what APISIX refuses") func refusals() {
    func problem(_ plugin: String, _ fields: String) -> ConfigurationError.Problem? {
      probe.problem(route(plugin, fields))
    }
    #expect(problem("limit-req", "rate: 10, key: remote_addr") == .missing(setting: "burst", within: "limit-req"))
    #expect(problem("limit-req", "rate: 10, burst: 1") == .missing(setting: "key", within: "limit-req"))
    #expect(
      problem("limit-req", "rate: 0, burst: 1, key: uri")
        == .badValue(setting: "rate", value: "0", expected: "requests per second, at least 0.001, in thousandths"))
    #expect(
      problem("limit-count", "count: 0, time_window: 1")
        == .badValue(setting: "count", value: "0", expected: "a whole number, at least 1"))
    #expect(
      problem("limit-count", "count: 1, time_window: 1, policy: reddis")
        == .badValue(
          setting: "policy", value: "reddis", expected: "one of local, redis, redis-cluster; did you mean 'redis'?"))
    #expect(
      problem("limit-count", "count: 1, time_window: 1, policy: redis")
        == .missing(setting: "redis_host", within: "limit-count"))
    #expect(
      problem("limit-count", "count: 1, time_window: 1, rejected_code: 600")
        == .badValue(setting: "rejected_code", value: "600", expected: "a whole number, at least 200 and at most 599")
    )
    #expect(
      problem("limit-conn", "conn: 1, burst: 0, default_conn_delay: 0, key: uri")
        == .badValue(setting: "default_conn_delay", value: "0", expected: "seconds, more than 0, to the microsecond"))
    #expect(
      probe.problem("routes:\n  - {id: 1, uri: /a, service_id: userz}\nservices:\n  - {id: users}\n#END\n")
        == .unknownReference("userz", kind: "service", nearest: "users"))
    #expect(probe.problem("routes:\n  - {id: 1}\n#END\n") == .missing(setting: "uri", within: "routes"))
    #expect(
      probe.problem("routes:\n  - {id: 1, uri: /a}\n")
        == .missing(setting: "#END", within: "the last line of the file"))
  }

  @Test("refuses what is misspelt") func misspelt() {
    #expect(
      probe.problem(route("limit-req", "rate: 1, bursts: 1, key: uri"))
        == .missing(setting: "burst", within: "limit-req"))
    #expect(
      probe.problem(route("limit-req", "rate: 1, burst: 1, key: uri, no_delay: true"))
        == .unknownWord("no_delay", kind: "field of limit-req", nearest: "nodelay"))
    #expect(
      probe.problem(route("limit-reqs", "rate: 1"))
        == .unknownWord("limit-reqs", kind: "field of plugins", nearest: "limit-req"))
    #expect(
      probe.problem("routes:\n  - {id: 1, uri: /a, plugin: {}}\n#END\n")
        == .unknownWord("plugin", kind: "field of routes", nearest: "plugins"))
    #expect(
      probe.problem("route:\n  - {id: 1, uri: /a}\n#END\n")
        == .unknownWord("route", kind: "field of apisix.yaml", nearest: "routes"))
  }

  @Test("reads back what it writes", arguments: [UInt64(1), 2, 3]) func roundTrips(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let keys: [LimitKey] = [
      .all, .client, LimitKey([.column(.stored(.consumer))], missing: .clientAddress),
      LimitKey([.column(.stored(.consumer))]), LimitKey([.header("x-tier")], missing: .clientAddress),
      LimitKey([.column(.stored(.client)), .column(.stored(.path))]), LimitKey([.column(.stored(.host))]),
      LimitKey([.header("x-a"), .column(.stored(.consumer))]),
    ]
    for _ in 0..<200 {
      let number = Int64.random(in: 1...100_000, using: &random)
      let window = Int64.random(in: 1...100_000, using: &random) * 1_000_000
      let limiters: [LimiterSettings] = [
        .leakyBucket(
          milliRate: number, burst: number % 7, undelayed: number % 2 == 0 ? .max : 0, arithmetic: .apisix),
        .fixedWindow(limit: number, window: .firstHit(length: window, strict: false), countsRejected: true),
        .slidingCounter(
          limit: number, window: window,
          rule: SlidingCounterRule(
            capsPrevious: true, includesCurrent: false, countsRejected: false, rejectsAtLimit: true)),
        .concurrency(
          ConcurrencySettings(limit: number, queue: number % 9, delayPerBlock: number, learnsDelay: number % 2 == 0)),
      ]
      try probe.expectRoundTrip(
        LimitProposal(
          name: "limit_1", key: keys.randomElement(using: &random) ?? .all,
          limiter: try #require(limiters.randomElement(using: &random)),
          status: Int.random(in: 400...599, using: &random)))
    }
    try probe.expectRoundTrip(
      LimitProposal(
        name: "c", key: .consumer, limiter: .leakyBucket(milliRate: 5, burst: 1, undelayed: 0, arithmetic: .apisix),
        status: 429), key: LimitKey([.column(.stored(.consumer))], missing: .clientAddress))
    try probe.expectRoundTrip(
      LimitProposal(
        name: "r", key: .client,
        limiter: .leakyBucket(milliRate: 5, burst: 1, undelayed: 0, arithmetic: .apisixRedis),
        status: 503))
  }

  @Test("reads the project's own examples", .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
  func realFiles() throws {
    for name in ["apisix.yaml", "config.yaml"] {
      let text = try ReaderProbe.realFile("apisix/\(name)")
      #expect(APISIXReader().confidence(in: text, named: name) >= 60)
      #expect(try probe.model(text) == GatewayModel(product: .apisix))
    }
  }

  @Test("ends every damaged file in an error or a model") func hostile() {
    probe.expectNoTrap(
      route(
        "limit-conn", "conn: 1, burst: 2, default_conn_delay: 0.1, key: $remote_addr, key_type: var_combination",
        more: "consumers:\n  - {username: a, plugins: {limit-req: {rate: 1.5, burst: 0, key: uri}}}"), seed: 13)
  }
}

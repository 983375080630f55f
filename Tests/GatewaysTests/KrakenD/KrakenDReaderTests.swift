import TestSupport
import Testing
import Traffic

@testable import Gateways

@Suite("KrakenD's reader") struct KrakenDReaderTests {
  let probe = ReaderProbe(reader: KrakenDReader(), file: "krakend.json")

  /// A configuration of one endpoint with these limits.
  private func endpoint(_ limits: String, backend: String = "") -> String {
    """
    {"endpoints": [{"endpoint": "/a/{id}", "method": "post",
      "extra_config": {"qos/ratelimit/router": {\(limits)}},
      "backend": [{"url_pattern": "/", "extra_config": {\(backend)}}]}]}
    """
  }

  private func limiter(_ limits: String) throws -> LimiterSettings? {
    try probe.model(endpoint(limits)).rules.first?.limiter
  }

  @Test("reads a whole file into its model") func wholeModel() throws {
    let model = try probe.model(
      endpoint(
        #""max_rate": 50, "client_max_rate": 5, "client_capacity": 7, "strategy": "ip""#,
        backend: #""qos/ratelimit/proxy": {"max_rate": 2, "capacity": 4}"#))
    let match = RequestMatch.path(.segments(["a", "{id}"]), method: "POST")
    #expect(
      model.counters == [
        LimitCounter(name: "POST /a/{id} client", key: .client), LimitCounter(name: "POST /a/{id}", key: .all),
        LimitCounter(name: "POST /a/{id} backend 1", key: .all),
      ])
    #expect(model.policies.map(\.name) == ["qos/ratelimit/router", "qos/ratelimit/proxy"])
    #expect(model.policies.flatMap(\.cases).map(\.match) == [match, match])
    let rules = model.rules
    #expect(
      rules.map(\.limiter) == [
        .deferredRefillBucket(rate: .perSecond(5), capacity: 7, idleLifetime: 600_000_000),
        .deferredRefillBucket(rate: .perSecond(50), capacity: 50, idleLifetime: .max),
        .deferredRefillBucket(rate: .perSecond(2), capacity: 4, idleLifetime: .max),
      ])
    #expect(rules.map(\.status) == [429, 503, 500])
    #expect(rules.map(\.counter) == [0, 1, 2])
    #expect(rules.map(\.place.line) == [2, 2, 3])
    #expect(model.policies[0].cases[0].stages.count == 2, "the client's limiter comes before the endpoint's")
  }

  @Test(
    "fills in the product's defaults",
    arguments: [
      (#""max_rate": 0.5"#, LimitRate(1, per: 2_000_000), Int64(1)),
      (#""max_rate": 2.5"#, LimitRate(5, per: 2_000_000), 2),
      (#""max_rate": 100, "every": "1m""#, LimitRate(100, per: 60_000_000), 1),
      (#""max_rate": 90, "every": "1m30s", "capacity": 0"#, LimitRate(90, per: 90_000_000), 1),
      (#""max_rate": 90, "every": "10ms""#, LimitRate.perSecond(90), 90),
      (#""client_max_rate": 30, "strategy": "ip""#, LimitRate.perSecond(30), 1),
      (#""max_rate": -1, "client_max_rate": 30, "strategy": "IP""#, LimitRate.perSecond(30), 1),
    ])
  func defaults(limits: String, rate: LimitRate, capacity: Int64) throws {
    guard case .deferredRefillBucket(rate, capacity, _)? = try limiter(limits) else {
      Issue.record("\(String(describing: try limiter(limits)))")
      return
    }
  }

  @Test("gives a client the whole rate where the endpoint has one of at least one a second") func clientCapacity()
    throws
  {
    #expect(
      try limiter(#""max_rate": 1, "client_max_rate": 30, "strategy": "ip""#)
        == .deferredRefillBucket(rate: .perSecond(30), capacity: 30, idleLifetime: 600_000_000))
    #expect(
      try limiter(#""client_max_rate": 30, "strategy": "ip", "every": "1h""#)
        == .deferredRefillBucket(rate: LimitRate(30, per: 3_600_000_000), capacity: 1, idleLifetime: 3_600_000_000))
  }

  @Test(
    "names what clients are told apart by",
    arguments: [
      (#""strategy": "ip""#, LimitKey.client),
      (#""strategy": "ip", "key": "X-Real-IP""#, LimitKey([.header("x-real-ip")], missing: .clientAddress)),
      (#""strategy": "header", "key": "X-Token""#, LimitKey([.header("x-token")], missing: .rejects)),
      (#""strategy": "param", "key": "id""#, LimitKey([.unlogged("parameter {id} of the path")], missing: .rejects)),
    ])
  func keys(strategy: String, key: LimitKey) throws {
    #expect(try probe.model(endpoint(#""client_max_rate": 1, "# + strategy)).counters.map(\.key) == [key])
  }

  @Test("reads the names of before version 2") func formerNames() throws {
    let model = try probe.model(
      """
      {"endpoints": [{"endpoint": "/x", "extra_config": {
        "github.com/devopsfaith/krakend-ratelimit/juju/router": {"maxRate": 20, "clientMaxRate": 2, "strategy": "ip"}},
        "backend": [{"extra_config": {"github_com/devopsfaith/krakend-ratelimit/rate/proxy": {"maxRate": 9, "capacity": 3}}}]}]}
      """)
    #expect(model.rules.map(\.status) == [429, 503, 500])
  }

  @Test("counts a limit of one backend among several without failing the request") func severalBackends() throws {
    let limit = #"{"extra_config": {"qos/ratelimit/proxy": {"max_rate": 1}}}"#
    let model = try probe.model(#"{"endpoints": [{"endpoint": "/x", "backend": [\#(limit), \#(limit), {}]}]}"#)
    #expect(model.rules.map(\.isDryRun) == [true, true])
  }

  @Test("puts the service first and tries literal paths before variables") func order() throws {
    let model = try probe.model(
      """
      {"extra_config": {"qos/ratelimit/service": {"max_rate": 9}},
       "endpoints": [
        {"endpoint": "/a/*", "extra_config": {"qos/ratelimit/router": {"max_rate": 1}}},
        {"endpoint": "/a/{id}", "extra_config": {"qos/ratelimit/router": {"max_rate": 2}}},
        {"endpoint": "/a/b"},
        {"endpoint": "/a/c", "extra_config": {"qos/ratelimit/router": {"max_rate": 3}}}]}
      """)
    #expect(model.policies.map(\.name) == ["qos/ratelimit/service", "qos/ratelimit/router"])
    let paths = model.policies[1].cases.map { $0.match.conditions[0].patterns[0] }
    #expect(
      paths == [.segments(["a", "b"]), .segments(["a", "c"]), .segments(["a", "{id}"]), .segments(["a", "**"])])
    #expect(model.policies[1].cases.map(\.stages.count) == [0, 1, 1, 1])
  }

  @Test("lists what it leaves, by section") func ignored() throws {
    let reading = try probe.reading(
      """
      {"port": 8080,
       "extra_config": {"telemetry/logging": {"level": "DEBUG"}, "qos/ratelimit/router": {"max_rate": 1}},
       "endpoints": [{"endpoint": "/x", "output_encoding": "json", "extra_config": {"qos/ratelimit/tiered": {}}}]}
      """)
    #expect(reading.model.rules.isEmpty && reading.model.policies.isEmpty)
    #expect(
      reading.ignored.map(\.setting) == ["port", "telemetry/logging", "qos/ratelimit/router", "qos/ratelimit/tiered"])
    #expect(reading.ignored.map(\.place.line) == [1, 2, 2, 3])
  }

  @Test("refuses what is misspelt") func misspelt() {
    #expect(
      probe.problem(endpoint(#""max_rat": 1"#))
        == .unknownWord("max_rat", kind: "field of qos/ratelimit/router", nearest: "max_rate"))
    #expect(
      probe.problem(#"{"endpoints": [{"endpoint": "/x", "extra_config": {"qos/ratelimit/ruoter": {}}}]}"#)
        == .unknownWord("qos/ratelimit/ruoter", kind: "field of extra_config", nearest: "qos/ratelimit/router"))
    #expect(
      probe.problem(#"{"endpoint": []}"#)
        == .unknownWord("endpoint", kind: "field of krakend.json", nearest: "endpoints"))
  }

  @Test("refuses values that KrakenD would not take as a limit") func badValues() {
    let quoted = "a number without quotes; KrakenD takes a quoted one for none"
    #expect(
      probe.problem(endpoint(#""max_rate": "100""#)) == .badValue(setting: "max_rate", value: "100", expected: quoted)
    )
    #expect(
      probe.problem(endpoint(#""max_rate": true"#))
        == .badValue(setting: "max_rate", value: "true", expected: "a number, at least 0"))
    #expect(
      probe.problem(endpoint(#""max_rate": 1, "capacity": 1.5"#))
        == .badValue(setting: "capacity", value: "1.5", expected: "a whole number, at least 0"))
    #expect(
      probe.problem(endpoint(#""max_rate": 1, "every": "often""#))
        == .badValue(
          setting: "every", value: "often", expected: "a duration of at least a second, such as 1s, 10m or 1h30m"))
    #expect(
      probe.problem(endpoint(#""client_max_rate": 1, "strategy": "hedaer""#))
        == .badValue(
          setting: "strategy", value: "hedaer",
          expected: "one of ip, header, param; did you mean 'header'?"))
    #expect(
      probe.problem(endpoint(#""client_max_rate": 1"#))
        == .missing(setting: "strategy", within: "qos/ratelimit/router"))
    #expect(
      probe.problem(endpoint(#""client_max_rate": 1, "strategy": "header""#))
        == .missing(setting: "key", within: "qos/ratelimit/router"))
    #expect(probe.problem(#"{"endpoints": [{}]}"#) == .missing(setting: "endpoint", within: "endpoints"))
    #expect(
      probe.problem(#"{"endpoints": [{"endpoint": "x"}]}"#)
        == .badValue(setting: "endpoint", value: "x", expected: "a path that begins with '/'"))
  }

  @Test("reads back what it writes", arguments: [UInt64(1), 2, 3]) func roundTrips(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let keys: [LimitKey] = [
      .all, .client, LimitKey([.header("x-tier")], missing: .rejects),
      LimitKey([.column(.stored(.consumer))], missing: .rejects),
      LimitKey([.header("x-forwarded-for")], missing: .clientAddress),
    ]
    for _ in 0..<200 {
      let key = keys.randomElement(using: &random) ?? .all
      let period =
        [1, 1_000, 333_333, 1_000_000, 60_000_000, 3_600_000_000, 1_000_001].randomElement(using: &random) ?? 1
      let rate = LimitRate(Int64.random(in: 1...10_000, using: &random), per: Int64(period))
      let idle: Int64 = key == .all ? .max : max(600_000_000, rate.period)
      try probe.expectRoundTrip(
        LimitProposal(
          name: "limit_1", key: key,
          limiter: .deferredRefillBucket(
            rate: rate, capacity: Int64.random(in: 1...1_000, using: &random), idleLifetime: idle),
          status: key == .all ? 503 : 429))
    }
  }

  @Test("says what KrakenD cannot") func notExpressible() {
    func refuses(_ key: LimitKey, _ limiter: LimiterSettings, _ status: Int) -> Bool {
      do {
        _ = try KrakenDReader().text(for: LimitProposal(name: "x", key: key, limiter: limiter, status: status))
        return false
      } catch { return !error.reason.isEmpty }
    }
    let bucket = LimiterSettings.deferredRefillBucket(rate: .perSecond(1), capacity: 1, idleLifetime: 600_000_000)
    #expect(refuses(.client, .tokenBucket(rate: .perSecond(1), capacity: 1), 429))
    #expect(refuses(.client, bucket, 503))
    #expect(refuses(.all, bucket, 503), "the endpoint's bucket is never forgotten")
    #expect(refuses(LimitKey([.column(.stored(.host))]), bucket, 429))
  }

  @Test("writes keys whose missing parts were left open") func openKeys() throws {
    let bucket = LimiterSettings.deferredRefillBucket(rate: .perSecond(1), capacity: 1, idleLifetime: 600_000_000)
    try probe.expectRoundTrip(
      LimitProposal(
        name: "x", key: LimitKey([.column(.stored(.client))], missing: .passes), limiter: bucket, status: 429),
      key: .client)
    try probe.expectRoundTrip(
      LimitProposal(name: "x", key: .consumer, limiter: bucket, status: 429),
      key: LimitKey([.column(.stored(.consumer))], missing: .rejects))
  }

  @Test("reads the project's own example", .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
  func realFile() throws {
    let text = try ReaderProbe.realFile("krakend/krakend.json")
    #expect(KrakenDReader().confidence(in: text, named: "krakend.json") >= 90)
    let model = try probe.model(text)
    #expect(
      model.rules.map(\.name) == [
        "GET /show/{id} client_max_rate 5 every 1s, capacity 5", "GET /show/{id} max_rate 50 every 1s, capacity 50",
        "GET /github/{user} backend 1 max_rate 2 every 1s, capacity 2",
        "GET /show/{id} backend 1 max_rate 1 every 1s, capacity 1",
        "GET /show/{id} backend 2 max_rate 2 every 1s, capacity 2",
      ])
    #expect(model.rules.map(\.status) == [429, 503, 500, 500, 500])
    #expect(model.rules.map(\.isDryRun) == [false, false, false, true, true])
  }

  @Test("ends every damaged file in an error or a model") func hostile() {
    probe.expectNoTrap(
      endpoint(
        #""max_rate": 50, "client_max_rate": 5.5, "strategy": "header", "key": "X", "every": "1m30s""#,
        backend: #""qos/ratelimit/proxy": {"max_rate": 9223372036854775807, "capacity": 1e18}"#), seed: 11)
  }
}

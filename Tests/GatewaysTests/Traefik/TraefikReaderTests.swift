import Foundation
import TestSupport
import Testing
import Traffic

@testable import Gateways

@Suite("Traefik's configuration") struct TraefikReaderTests {
  private let probe = ReaderProbe(reader: TraefikReader())

  private func file(_ middlewares: String, routers: String) -> String {
    "http:\n  middlewares:\n" + indent(middlewares) + "  routers:\n" + indent(routers)
  }

  private func indent(_ text: String) -> String {
    text.split(separator: "\n").map { "    \($0)\n" }.joined()
  }

  @Test("rateLimit on a router becomes one exact rule by client address")
  func rateLimit() throws {
    let text = file(
      "slow:\n  rateLimit: {average: 6, period: 1m30s, burst: 12}",
      routers: "web: {rule: \"Host(`A.example`) && PathPrefix(`/api`)\", middlewares: [slow], service: s}")
    let rule = LimitRule(
      name: "slow: 6 per 90s, burst 12", counter: 0,
      limiter: .reservationBucket(rate: LimitRate(6, per: 90_000_000), burst: 12, wholeSeconds: true),
      status: 429,
      place: ConfigurationPlace(file: "test.yaml", line: 4, column: 18))
    let match = RequestMatch([.init(.host, [.exact("a.example")]), .init(.path, [.prefix("/api")])])
    let model = GatewayModel(
      product: .traefik,
      counters: [LimitCounter(name: "slow of web", key: .client, capacity: KeyCapacity(keys: 65_536))],
      policies: [
        LimitPolicy(name: "middlewares", cases: [LimitCase(match: match, stages: [LimitStage([rule])])])
      ])
    #expect(try probe.reading(text).model == model)
  }

  @Test("the defaults are a second, a burst of 1, the client address; inFlightReq counts by host")
  func defaults() throws {
    let text = file(
      "a: {rateLimit: {average: 3}}\nb: {inFlightReq: {amount: 2}}\nc: {rateLimit: {burst: 9}}\nd: {rateLimit: {average: 1, period: 20, burst: 0}}",
      routers: "web: {rule: \"PathPrefix(`/`)\", middlewares: [a, b@file, c, d]}")
    let reading = try probe.reading(text)
    #expect(
      reading.model.rules.map(\.limiter) == [
        .reservationBucket(rate: .perSecond(3), burst: 1, wholeSeconds: true),
        .concurrency(ConcurrencySettings(limit: 2)),
        .reservationBucket(rate: LimitRate(1, per: 20_000_000), burst: 1, wholeSeconds: true),
      ])
    #expect(reading.model.counters.map(\.key) == [.client, LimitKey([.column(.stored(.host))]), .client])
    #expect(reading.model.policies[0].cases.map(\.match) == [.everything])
    #expect(
      reading.ignored.contains { $0.setting == "c@file" && $0.remark == "an average of 0 limits nothing" })
  }

  @Test("each router has its own buckets in memory, all share those in Redis")
  func scopes() throws {
    let text = file(
      "own: {rateLimit: {average: 3}}\nall: {rateLimit: {average: 3, redis: {endpoints: [\"a:1\"]}}}",
      routers:
        "x: {rule: \"Path(`/x`)\", middlewares: [own, all]}\nyy: {rule: \"Path(`/yy`)\", middlewares: [own, all]}"
    )
    let model = try probe.reading(text).model
    #expect(model.counters.map(\.name) == ["own of yy", "all", "own of x"])
    #expect(model.counters.map(\.scope) == [.perNode, .shared, .perNode])
    #expect(model.rules.map(\.counter) == [0, 1, 2, 1])
    #expect(model.rules[1].limiter == .reservationBucket(rate: .perSecond(3), burst: 1, wholeSeconds: false))
  }

  @Test(
    "the router with the higher priority, else the longer rule, comes first; without limits it still takes its requests"
  )
  func priorities() throws {
    let text = file(
      "a: {rateLimit: {average: 3}}",
      routers: """
        all: {rule: "PathPrefix(`/`)", middlewares: [a]}
        free: {rule: "PathPrefix(`/static`)"}
        first: {rule: "Path(`/`)", priority: 100, middlewares: [a]}
        """)
    let cases = try probe.reading(text).model.policies[0].cases
    #expect(cases.map(\.match.conditions.first?.patterns) == [[.exact("/")], [.prefix("/static")], nil])
    #expect(cases.map(\.stages.count) == [1, 0, 1])
  }

  @Test("rules become alternatives; what the log lacks is matched by router name")
  func rules() throws {
    func alternatives(_ rule: String) throws -> [[RequestMatch.Condition]]? {
      try TraefikRule(rule, at: ConfigurationPlace(file: "t", line: 1)).alternatives
    }
    let (path, host) = (RequestMatch.Condition.Subject.path, RequestMatch.Condition.Subject.host)
    #expect(try alternatives("Path(`/a`) || Path(`/b`)") == [[.init(path, [.exact("/a"), .exact("/b")])]])
    #expect(
      try alternatives("Host(`a`, `b`) && !(Path(`/a`) || Method(`GET`))") == [
        [
          .init(host, [.exact("a"), .exact("b")]), .init(path, [.exact("/a")], isNegated: true),
          .init(.method, [.exact("GET")], isNegated: true),
        ]
      ])
    #expect(
      try alternatives("Host(`a`) || (Path(`/a`) && Method(`post`))") == [
        [.init(host, [.exact("a")])], [.init(path, [.exact("/a")]), .init(.method, [.exact("POST")])],
      ])
    #expect(
      try alternatives("PathPrefix(`/items/{id:[0-9]+}/x`)") == [
        [.init(path, [.regularExpression("^/items/(?:[0-9]+)/x", ignoresCase: false)])]
      ])
    #expect(try alternatives("!PathPrefix(`/`)") == [])
    #expect(try alternatives("Host(`a`) && Header(`X`, `y`)") == nil)
    #expect(try alternatives("Header(`X-API-Key`, `y`)") == [[.init(.consumer, [.exact("y")])]])
    let text = file(
      "a: {rateLimit: {average: 3}}", routers: "web: {rule: \"Query(`a`, `b`)\", middlewares: [a]}")
    #expect(
      try probe.reading(text).model.policies[0].cases.map(\.match) == [
        RequestMatch([.init(.routeName, [.exact("web@file")])])
      ])
  }

  @Test("chains and entry points add their middlewares, in TOML as well")
  func chains() throws {
    let text = """
      [entryPoints.web]
        address = ":80"
        [entryPoints.web.http]
          middlewares = ["outer@file"]
      [http.routers.r]
        rule = "PathPrefix(`/`)"
        middlewares = ["both"]
      [http.middlewares.both.chain]
        middlewares = ["inner", "auth"]
      [http.middlewares.outer.rateLimit]
        average = 1
      [http.middlewares.inner.RateLimit]
        average = 2
        [http.middlewares.inner.RateLimit.sourceCriterion]
          requestHeaderName = "X-Key"
      [http.middlewares.auth.basicAuth]
        users = []
      [http.middlewares.lonely.rateLimit]
        average = 9
      """
    let reading = try probe.reading(text, file: "traefik.toml")
    #expect(reading.model.rules.map(\.name) == ["outer: 1 per 1s, burst 1", "inner: 2 per 1s, burst 1"])
    #expect(reading.model.counters.map(\.key) == [.client, LimitKey([.header("x-key")])])
    #expect(
      reading.ignored.contains {
        $0.setting == "lonely@file" && $0.remark == "no router in this file names it"
      })
  }

  @Test("mistakes name the line and the nearest word")
  func mistakes() {
    let router = "web: {rule: \"Path(`/`)\", middlewares: [slaw]}"
    let reference = probe.failure(file("slow: {rateLimit: {average: 3}}", routers: router))
    #expect(reference?.unknownWord == ["slaw", "slow"])
    #expect(reference?.place.line == 5)
    let field = probe.failure(file("slow: {rateLimit: {avrage: 3}}", routers: ""))
    #expect(field?.unknownWord == ["avrage", "average"])
    let kind = probe.failure(file("slow: {ratelimt: {average: 3}}", routers: ""))
    #expect(kind?.unknownWord == ["ratelimt", "rateLimit"])
    let period = probe.failure(file("slow: {rateLimit: {average: 3, period: -1s}}", routers: ""))
    #expect(
      period?.problem
        == .badValue(
          setting: "period", value: "-1s", expected: "a duration such as 1s, 500ms or 1m30s, or whole seconds"
        ))
    let both = probe.failure(
      file("s: {rateLimit: {sourceCriterion: {requestHost: true, requestHeaderName: a}}}", routers: ""))
    if case .contradiction = both?.problem {} else { Issue.record("two sources contradict each other") }
    let matcher = probe.failure(file("s: {rateLimit: {}}", routers: "web: {rule: \"PathPrefx(`/`)\"}"))
    #expect(matcher?.unknownWord == ["PathPrefx", "PathPrefix"])
    let open = probe.failure(file("s: {rateLimit: {}}", routers: "web: {rule: \"Path(`/`\"}"))
    #expect(open?.problem == .syntax(found: "the end of the rule", expected: ", or )"))
    let loop = probe.failure(
      file(
        "a: {chain: {middlewares: [b]}}\nb: {chain: {middlewares: [a]}}",
        routers: "w: {rule: \"Path(`/`)\", middlewares: [a]}"))
    #expect(loop?.problem == .contradiction("the chain a contains itself"))
    let tab = probe.failure("http:\n\tmiddlewares: {}\n")
    #expect(tab?.place.line == 2)
    let old = probe.failure("[frontends.a.ratelimit]\nextractorfunc = \"client.ip\"\n", file: "traefik.toml")
    if case .unsupported = old?.problem {} else { Issue.record("Traefik 1 is refused by name") }
  }

  @Test("what is written is read as the same limit", arguments: [UInt64(1), 2, 3])
  func roundTrips(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let keys: [LimitKey] = [.client, LimitKey([.column(.stored(.host))]), LimitKey([.header("x-api-key")])]
    for _ in 0..<100 {
      let rate = LimitRate(
        Int64.random(in: 1...5_000, using: &random), per: Int64.random(in: 1...90_000_000, using: &random))
      let burst = Int64.random(in: 1...1_000, using: &random)
      let limiters: [LimiterSettings] = [
        .reservationBucket(rate: rate, burst: burst, wholeSeconds: Bool.random(using: &random)),
        .concurrency(ConcurrencySettings(limit: burst)),
      ]
      try probe.expectRoundTrip(
        LimitProposal(
          name: "slow", key: keys.randomElement(using: &random) ?? .client,
          limiter: limiters.randomElement(using: &random) ?? limiters[0], status: 429), match: .everything)
    }
    #expect(throws: NotExpressible.self) {
      try TraefikReader().text(
        for: LimitProposal(
          name: "a", key: .client, limiter: .concurrency(ConcurrencySettings(limit: 1)), status: 503))
    }
  }

  @Test("a consumer becomes a header, and a comment says what becomes of requests without it")
  func consumers() throws {
    let limiter = LimiterSettings.reservationBucket(rate: .perSecond(5), burst: 9, wholeSeconds: true)
    let key = LimitKey([.column(.stored(.consumer))], missing: .passes)
    let text = try TraefikReader().text(
      for: LimitProposal(name: "edge", key: key, limiter: limiter, status: 429))
    let model = try probe.reading(text).model
    #expect(model.rules.map(\.limiter) == [limiter])
    #expect(model.counters.map(\.key) == [LimitKey([.header("x-api-key")])])
    #expect(text.contains("# Requests without the header share one limit."))
  }

  @Test("broken texts end in an error or a reading")
  func hostile() throws {
    let text = file(
      "a: {chain: {middlewares: [b]}}\nb: {rateLimit: {average: 3, period: 1m, sourceCriterion: {ipStrategy: {depth: 1}}}}",
      routers:
        "w: {rule: \"!(Host(`a`) || Path(`/{x:[a-z]+}`)) && Method('GET')\", middlewares: [a], priority: 7}")
    probe.expectNoTrap(text)
    let deep = String(repeating: "(", count: 5_000) + "Path(`/`)"
    let nested = probe.failure(file("a: {rateLimit: {}}", routers: "w: {rule: \"\(deep)\"}"))
    if case .syntax = nested?.problem {} else { Issue.record("deep nesting is refused") }
    let long = String(repeating: "Path(`/a`) && ", count: 50_000) + "Path(`/`)"
    let chained = probe.failure(file("a: {rateLimit: {}}", routers: "w: {rule: \"\(long)\"}"))
    if case .syntax = chained?.problem {} else { Issue.record("long rules are refused") }
  }
}

@Suite("Real Traefik files", .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
struct TraefikRealFileTests {
  @Test("all are read, recognised and none traps when cut", arguments: ReaderProbe.realFiles("traefik"))
  func reads(file: URL) throws {
    let probe = ReaderProbe(reader: TraefikReader())
    let (text, name) = (try ReaderProbe.text(of: file), file.lastPathComponent)
    #expect(TraefikReader().confidence(in: text, named: name) >= 85)
    let rules = try probe.reading(text, file: name).model.rules
    switch name {
    case "ratelimit_simple.toml":
      #expect(
        rules.map(\.limiter) == [.reservationBucket(rate: .perSecond(100), burst: 1, wholeSeconds: true)])
    case "fixtures_with_ratelimit.yml":
      #expect(
        rules.map(\.limiter) == [.reservationBucket(rate: .perMinute(6), burst: 12, wholeSeconds: false)])
    default: #expect(rules.isEmpty)
    }
    probe.expectNoTrap(text, file: name, rounds: 100)
  }
}

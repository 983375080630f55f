import TestSupport
import Testing
import Traffic

@testable import Gateways

@Suite("Spring Cloud Gateway's reader") struct SpringCloudGatewayReaderTests {
  let probe = ReaderProbe(reader: SpringCloudGatewayReader(), file: "application.yml")

  /// One route with one limiter that has these arguments.
  private func route(_ arguments: String...) -> String {
    """
    spring:
      cloud:
        gateway:
          routes:
            - id: users
              uri: lb://users
              predicates:
                - Path=/users/{id}/**,/me
                - Method=GET,post
              filters:
                - StripPrefix=1
                - name: RequestRateLimiter
                  args:
    \(arguments.map { "                " + $0 }.joined(separator: "\n"))
    """
  }

  private let rate = "redis-rate-limiter.replenishRate: 10"
  private let burst = "redis-rate-limiter.burstCapacity: 20"

  @Test("reads a route into its model") func wholeModel() throws {
    let reading = try probe.reading(route(rate, burst, "key-resolver: \"#{@userKeyResolver}\""))
    let key = LimitKey([.column(.stored(.consumer))], missing: .rejects)
    #expect(
      reading.model
        == GatewayModel(
          product: .springCloudGateway,
          counters: [LimitCounter(name: "users consumer", key: key, scope: .shared)],
          policies: [
            LimitPolicy(
              name: "RequestRateLimiter",
              cases: [
                LimitCase(
                  match: RequestMatch([
                    RequestMatch.Condition(.path, [.segments(["users", "{id}", "**"]), .segments(["me"])]),
                    RequestMatch.Condition(.method, [.exact("GET"), .exact("POST")]),
                  ]),
                  stages: [
                    LimitStage([
                      LimitRule(
                        name: "users 10r/s burst 20", counter: 0,
                        limiter: .secondStepBucket(replenishRate: 10, capacity: 20, requested: 1), status: 429,
                        place: ConfigurationPlace(file: "application.yml", line: 12, column: 15))
                    ])
                  ])
              ])
          ]))
    #expect(reading.ignored.map(\.setting) == ["filters StripPrefix"])
  }

  @Test("reads relaxed names, dotted and nested") func relaxedNames() throws {
    let text = """
      spring.cloud.gateway.server.webflux:
        routes:
          - id: a
            filters:
              - name: RequestRateLimiter
                args:
                  redisRateLimiter:
                    replenish-rate: ${RATE:7}
                    burst_capacity: ${limits.burst}
                  keyResolver: "#{@ipKeyResolver}"
                  statusCode: SERVICE_UNAVAILABLE
      ---
      limits.burst: 9
      """
    let model = try probe.model(text)
    #expect(model.rules.map(\.limiter) == [.secondStepBucket(replenishRate: 7, capacity: 9, requested: 1)])
    #expect(model.rules.map(\.status) == [503])
    #expect(model.counters.map(\.key) == [.client])
  }

  @Test(
    "takes key resolvers by their names",
    arguments: [
      ("userKeyResolver", LimitKey([.column(.stored(.consumer))], missing: .rejects)),
      ("apiKeyResolver", LimitKey([.column(.stored(.consumer))], missing: .rejects)),
      ("principalNameKeyResolver", LimitKey([.column(.stored(.consumer))], missing: .rejects)),
      ("remoteAddrKeyResolver", .client), ("ipKeyResolver", .client), ("clientIpResolver", .client),
      ("pathKeyResolver", LimitKey([.column(.stored(.path))])),
      ("mysteriousResolver", LimitKey([.unlogged("#{@mysteriousResolver}")])),
    ])
  func resolvers(bean: String, key: LimitKey) throws {
    #expect(try probe.model(route(rate, burst, "key-resolver: \"#{@\(bean)}\"")).counters.map(\.key) == [key])
  }

  @Test("counts by principal without a resolver, and lets empty keys pass where that is said") func emptyKeys() throws
  {
    #expect(try probe.model(route(rate, burst)).counters.map(\.key.missing) == [.rejects])
    #expect(try probe.model(route(rate, burst, "deny-empty-key: false")).counters.map(\.key.missing) == [.passes])
    let standard = "spring.cloud.gateway.filter.request-rate-limiter.deny-empty-key: false\n---\n"
    #expect(try probe.model(standard + route(rate, burst)).counters.map(\.key.missing) == [.passes])
  }

  @Test("says that a bucket of one under a rate of three limits nothing") func trap() throws {
    let reading = try probe.reading(route("redis-rate-limiter.replenishRate: 3"))
    #expect(reading.model.rules.map(\.limiter) == [.secondStepBucket(replenishRate: 3, capacity: 1, requested: 1)])
    #expect(reading.used.contains { $0.remark.contains("limits nothing") })
    let tokens = try probe.reading(route(rate, burst, "redis-rate-limiter.requestedTokens: 21"))
    #expect(tokens.used.contains { $0.remark.contains("rejects everything") })
  }

  @Test("tries routes by order and runs default filters beside their own") func order() throws {
    let limiter =
      "{name: RequestRateLimiter, args: {redis-rate-limiter: {replenishRate: %, burstCapacity: 50}, key-resolver: '#{@ipKeyResolver}'}}"
    func filter(_ rate: Int) -> String { limiter.split(separator: "%").joined(separator: String(rate)) }
    let model = try probe.model(
      """
      spring:
        cloud:
          gateway:
            default-filters:
              - PrefixPath=/x
              - \(filter(5))
            routes:
              - {id: late, uri: x, order: 10, predicates: [Path=/**]}
              - {id: early, uri: x, order: -1, predicates: ["Host=**.example.org,*.test"], filters: [\(filter(8))]}
      """)
    let cases = try #require(model.policies.first).cases
    #expect(cases.count == 2)
    #expect(
      cases[0].match.conditions[0].patterns == [
        .exact("example.org"), .suffix(".example.org"), .regularExpression("^[^.]*\\.test$", ignoresCase: true),
      ])
    // One set of numbers per route: the default filter runs with the route's own, on the same counter.
    #expect(
      cases[0].stages.flatMap(\.rules).map(\.limiter)
        == Array(repeating: .secondStepBucket(replenishRate: 8, capacity: 50, requested: 1), count: 2))
    #expect(Set(cases[0].stages.flatMap(\.rules).map(\.counter)).count == 1)
    #expect(
      cases[1].stages.flatMap(\.rules).map(\.limiter) == [
        .secondStepBucket(replenishRate: 5, capacity: 50, requested: 1)
      ])
    #expect(model.counters.map(\.name) == ["early client", "late client"])
  }

  @Test("leaves documents for profiles alone") func profiles() throws {
    let text =
      route(rate, burst) + "\n---\nspring.config.activate.on-profile: prod\nspring.cloud.gateway.routes: []\n"
    let reading = try probe.reading(text)
    #expect(reading.model.rules.count == 1)
    #expect(reading.ignored.map(\.setting).contains("document for a profile"))
  }

  @Test(
    "turns Spring's path patterns into patterns",
    arguments: [
      ("/**", NamePattern.segments(["**"])), ("/a/*/b", .segments(["a", "*", "b"])),
      ("/a/{*rest}", .segments(["a", "**"])),
      ("/a/{id:\\d{2}}", .regularExpression("^/a/(?:\\d{2})$", ignoresCase: false)),
      ("/a/**/b", .regularExpression("^/a/.*/b$", ignoresCase: false)),
      ("/img-*.png", .regularExpression("^/img-[^/]*\\.png$", ignoresCase: false)),
    ])
  func paths(text: String, pattern: NamePattern) { #expect(SpringPatterns.path(text) == pattern) }

  @Test("refuses what Spring refuses") func refusals() {
    #expect(
      probe.problem(route("redis-rate-limiter.replenishRate: 10", "redis-rate-limiter.burstCapacity: 5"))
        == .badValue(
          setting: "redis-rate-limiter.burstCapacity", value: "5", expected: "at least the replenishRate, 10"))
    #expect(
      probe.problem("spring.cloud.gateway.routes:\n  - id: x\n    filters: ['RequestRateLimiter=10, 20']\n")
        == .badValue(
          setting: "RequestRateLimiter", value: "10,20",
          expected: "name and args, since Spring has no short form of this filter"))
    #expect(
      probe.problem(route("redis-rate-limiter.replenishRate: 0"))
        == .badValue(setting: "redis-rate-limiter.replenishRate", value: "0", expected: "a whole number, at least 1"))
    #expect(
      probe.problem(route(burst))
        == .missing(setting: "redis-rate-limiter.replenishRate", within: "RequestRateLimiter"))
    #expect(
      probe.problem(route("deny-empty-key: true"))
        == .missing(setting: "redis-rate-limiter.replenishRate", within: "RequestRateLimiter"))
    #expect(
      probe.problem(route(rate, burst, "status-code: TOO_MANY_REQUEST"))
        == .badValue(
          setting: "status-code", value: "TOO_MANY_REQUEST",
          expected: "a status such as 429 or TOO_MANY_REQUESTS; did you mean 'TOO_MANY_REQUESTS'?"))
    #expect(
      probe.problem(route("redis-rate-limiter.replenishRate: ${RATE}"))
        == .unsupported(
          feature: "the placeholder ${RATE}", instead: "the value itself, or a default as in ${RATE:10}"))
  }

  @Test("refuses properties that name each other without end") func endlessPlaceholders() {
    let limit = route("redis-rate-limiter.replenishRate: ${a}")
    #expect(
      probe.problem("a: ${b}\nb: ${a}\n---\n" + limit)
        == .unsupported(feature: "more than 64 placeholders in one value", instead: "the value itself"))
  }

  @Test("refuses what is misspelt") func misspelt() {
    #expect(
      probe.problem(route("redis-rate-limiter.replenishRat: 10"))
        == .unknownWord(
          "redisratelimiter.replenishrat", kind: "argument of RequestRateLimiter",
          nearest: "redis-rate-limiter.replenishRate"))
    #expect(
      probe.problem("spring.cloud.gateway.route: []\n")
        == .unknownWord("spring.cloud.gateway.route", kind: "property of the gateway", nearest: "routes"))
    #expect(
      probe.problem("spring.cloud.gateway.routes:\n  - id: x\n    filters: [{name: RequestRatelimiter}]\n")
        == .unknownWord("RequestRatelimiter", kind: "filter", nearest: "RequestRateLimiter"))
    #expect(
      probe.problem("spring.cloud.gateway.routes:\n  - id: x\n    predicates: [Pth=/x]\n")
        == .unknownWord("Pth", kind: "predicate", nearest: "Path"))
    #expect(
      probe.problem("spring.cloud.gateway.routes:\n  - id: x\n    filter: []\n")
        == .unknownWord("filter", kind: "field of route", nearest: "filters"))
  }

  @Test("reads back what it writes", arguments: [UInt64(1), 2, 3]) func roundTrips(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let consumer = LimitKey.Part.column(.stored(.consumer))
    let keys: [LimitKey] = [
      .client, LimitKey([consumer], missing: .rejects), LimitKey([consumer], missing: .passes), LimitKey([consumer]),
      LimitKey([.column(.stored(.path))]), .all,
    ]
    for _ in 0..<200 {
      let rate = Int64.random(in: 1...10_000, using: &random)
      let limiter = LimiterSettings.secondStepBucket(
        replenishRate: rate, capacity: rate + Int64.random(in: 0...10_000, using: &random),
        requested: Int64.random(in: 1...5, using: &random))
      try probe.expectRoundTrip(
        LimitProposal(
          name: "limit_1", key: keys.randomElement(using: &random) ?? .client, limiter: limiter,
          status: [429, 503, 403].randomElement(using: &random) ?? 429))
    }
  }

  @Test("reads the project's own example", .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
  func realFile() throws {
    let text = try ReaderProbe.realFile("spring-cloud-gateway/application.yml")
    #expect(SpringCloudGatewayReader().confidence(in: text, named: "application.yml") >= 60)
    let reading = try probe.reading(text)
    #expect(reading.model == GatewayModel(product: .springCloudGateway))
    #expect(reading.ignored.map(\.setting).contains("logging"))
  }

  @Test("ends every damaged file in an error or a model") func hostile() {
    probe.expectNoTrap(
      route(rate, burst, "key-resolver: \"#{@ipKeyResolver}\"", "status-code: ${a:${b:429}}"), seed: 12)
  }
}

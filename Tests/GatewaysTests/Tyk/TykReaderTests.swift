import TestSupport
import Testing
import Traffic

@testable import Gateways

@Suite("Tyk's reader") struct TykReaderTests {
  let probe = ReaderProbe(reader: TykReader(), file: "policies.json")

  private let policies = """
    {"gold": {"rate": 1000, "per": 1, "quota_max": 100, "quota_renewal_rate": 60,
      "access_rights": {"a1": {"api_id": "a1", "api_name": "Orders"}}}}
    """

  private func api(_ id: String, _ path: String, _ more: String = "") -> String {
    #"{"name": "\#(id)", "api_id": "\#(id)", "proxy": {"listen_path": "\#(path)"}\#(more)}"#
  }

  @Test("reads a policy into its model") func wholeModel() throws {
    let reading = try probe.reading(policies)
    let key = LimitKey([.column(.stored(.consumer))], missing: .passes)
    #expect(
      reading.model
        == GatewayModel(
          product: .tyk,
          counters: [
            LimitCounter(name: "policy gold", key: key),
            LimitCounter(name: "policy gold quota", key: key, scope: .shared),
          ],
          policies: [
            LimitPolicy(
              name: "policies",
              cases: [
                LimitCase(stages: [
                  LimitStage([
                    LimitRule(
                      name: "policy gold 1000 per 1s", counter: 0,
                      limiter: .fixedWindow(
                        limit: 1_000, window: .firstHit(length: 1_000_000, strict: true), countsRejected: false),
                      status: 429, place: ConfigurationPlace(file: "policies.json", line: 1, column: 11))
                  ]),
                  LimitStage([
                    LimitRule(
                      name: "policy gold quota 100 per 60s", counter: 1,
                      limiter: .fixedWindow(
                        limit: 100, window: .firstHit(length: 60_000_000, strict: false), countsRejected: true),
                      status: 403, place: ConfigurationPlace(file: "policies.json", line: 1, column: 35))
                  ]),
                ])
              ])
          ]))
    #expect(reading.used.first?.remark.contains("tyk.conf may choose another one") == true)
  }

  @Test(
    "lets tyk.conf choose the algorithm",
    arguments: [
      (
        "",
        LimiterSettings.fixedWindow(
          limit: 1_000, window: .firstHit(length: 1_000_000, strict: true), countsRejected: false),
        LimitCounter.Scope.perNode
      ),
      (
        #", "enable_redis_rolling_limiter": true"#,
        .slidingLog(limit: 1_000, window: 1_000_000, keepsEdge: false, countsRejected: true), .shared
      ),
      (
        #", "enable_redis_rolling_limiter": true, "enable_fixed_window_rate_limiter": true"#,
        .fixedWindow(limit: 1_000, window: .aligned(length: 1_000_000, origin: 0), countsRejected: true), .shared
      ),
    ])
  func algorithms(setting: String, limiter: LimiterSettings, scope: LimitCounter.Scope) throws {
    let gateway =
      #"{"listen_port": 8080, "policies": {"policy_source": "file", "policy_record_name": "p.json"}\#(setting)}"#
    let model = try probe.reading(gateway) { $0 == "p.json" ? [("p.json", policies)] : [] }.model
    #expect(model.rules.first?.limiter == limiter)
    #expect(model.counters.first?.scope == scope)
    #expect(model.rules.first?.place.file == "p.json")
  }

  @Test("refuses the limiter that counts in the background, where there is something to limit") func sentinel() throws
  {
    let gateway = #"{"enable_sentinel_rate_limiter": true}"#
    #expect(try probe.model(gateway).rules.isEmpty)
    let both = "// tyk.conf\n\(gateway)\n// policies.json\n\(policies)"
    #expect(
      probe.problem(both)
        == .unsupported(
          feature: "enable_sentinel_rate_limiter, which counts in the background",
          instead: "enable_redis_rolling_limiter, to which it comes closest"))
  }

  @Test("applies limits to the APIs they are for") func apis() throws {
    let model = try probe.model(
      """
      [{"listen_port": 1},
       \(api("a1", "/orders/", #", "disable_quota": true"#)),
       \(api("a2", "/", #", "global_rate_limit": {"rate": 7, "per": 60}"#)),
       \(api("a3", "/files/{id}/", #", "domain": "Files.org""#)),
       {"gold": {"rate": 5, "per": 1, "quota_max": 9, "access_rights": {
         "a1": {"api_id": "a1"}, "a3": {"api_id": "a3", "limit": {"rate": 2, "per": 1}}, "a2": {"api_id": "a2"}}}}]
      """)
    #expect(model.policies.map(\.name) == ["policies", "global_rate_limit"])
    let own = model.policies[0].cases
    #expect(
      own.map(\.match) == [
        .path(.prefix("/orders/"), .exact("/orders")),
        RequestMatch([
          RequestMatch.Condition(.path, [.segments(["files", "{id}", "**"])]),
          RequestMatch.Condition(.host, [.exact("files.org")]),
        ]),
        .path(.prefix("/")),
      ])
    #expect(own.map(\.stages.count) == [1, 1, 2])
    #expect(model.counters.map(\.name) == ["policy gold", "policy gold API a3", "policy gold quota", "API a2"])
    // A quota without a renewal rate never renews.
    #expect(
      own[2].stages[1].rules[0].limiter
        == .fixedWindow(limit: 9, window: .firstHit(length: TykAllowance.never, strict: false), countsRejected: true))
    #expect(model.policies[1].cases.map(\.stages.count) == [0, 0, 1])
    #expect(model.counters[3].key == .all)
  }

  @Test("reads limits of endpoints and of OpenAPI definitions") func endpoints() throws {
    let classic = try probe.model(
      api(
        "a", "/a/",
        #", "version_data": {"versions": {"v1": {"extended_paths": {"rate_limit": [{"path": "/x/{id}", "method": "get", "rate": 2, "per": 10}]}}}}"#
      ))
    #expect(
      classic.policies[0].cases[0].match
        == RequestMatch([
          RequestMatch.Condition(.path, [.prefix("/a/"), .exact("/a")]),
          RequestMatch.Condition(.path, [.regularExpression("/x/[^/]+", ignoresCase: false)]),
          RequestMatch.Condition(.method, [.exact("GET")]),
        ]))
    let open = try probe.model(
      """
      {"openapi": "3.0.3", "x-tyk-api-gateway": {"info": {"id": "o", "name": "Open"},
        "server": {"listenPath": {"value": "/o/"}}, "upstream": {"rateLimit": {"enabled": true, "rate": 3, "per": "1m30s"}}}}
      """)
    #expect(
      open.rules.map(\.limiter) == [
        .fixedWindow(limit: 3, window: .firstHit(length: 90_000_000, strict: true), countsRejected: false)
      ])
  }

  @Test("gives only the parts that a partitioned policy names, and nothing of one that is off") func partitions()
    throws
  {
    let quota =
      #"{"p": {"rate": 1, "per": 1, "quota_max": 2, "quota_renewal_rate": 9, "partitions": {"quota": true}}}"#
    #expect(try probe.model(quota).rules.map(\.status) == [403])
    #expect(try probe.model(#"{"p": {"rate": 1, "per": 1, "is_inactive": true}}"#).rules.isEmpty)
    #expect(try probe.model(#"{"p": {"rate": -1, "per": 1, "quota_max": -1}}"#).rules.isEmpty)
    #expect(
      try probe.model(#"{"rate": 0.5, "per": 0.25}"#).rules.map(\.limiter) == [
        .fixedWindow(limit: 0, window: .firstHit(length: 250_000, strict: true), countsRejected: false)
      ])
  }

  @Test("refuses what is misspelt or impossible") func refusals() {
    #expect(
      probe.problem(#"{"p": {"rates": 1, "per": 1}}"#)
        == .unknownWord("rates", kind: "field of policy", nearest: "rate"))
    #expect(
      probe.problem(#"{"listen_port": 1, "enable_redis_roling_limiter": true}"#)
        == .unknownWord("enable_redis_roling_limiter", kind: "field of file", nearest: "enable_redis_rolling_limiter")
    )
    #expect(
      probe.problem(api("a", "/", #", "global_rate_limit": {"rate": 1, "pre": 2}"#))
        == .unknownWord("pre", kind: "field of global_rate_limit", nearest: "per"))
    #expect(
      probe.problem(#"{"rate": "many", "per": 1}"#)
        == .badValue(setting: "rate", value: "many", expected: "a number, at least 0"))
    #expect(
      probe.problem(#"{"rate": 1, "per": 1, "quota_max": 1.5}"#)
        == .badValue(
          setting: "quota_max", value: "1.5", expected: "a whole number, at least -1 and at most 1000000000000"))
    #expect(
      probe.problem(#"{"rate": 1, "per": 1, "smoothing": {"enabled": true}}"#)
        == .unsupported(feature: "rate limit smoothing", instead: "a fixed rate"))
    #expect(
      probe.problem(#"{"endpoints": 1}"#)
        == .badValue(
          setting: "file", value: "settings (endpoints)", expected: "tyk.conf, an API definition or policies"))
  }

  @Test("reads back what it writes", arguments: [UInt64(1), 2, 3]) func roundTrips(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let limit = Int64.random(in: 1...100_000, using: &random)
      let window = Int64.random(in: 1...100_000_000_000, using: &random)
      let limiters: [LimiterSettings] = [
        .fixedWindow(limit: limit, window: .firstHit(length: window, strict: true), countsRejected: false),
        .slidingLog(limit: limit, window: window, keepsEdge: false, countsRejected: true),
        .fixedWindow(limit: limit, window: .aligned(length: window, origin: 0), countsRejected: true),
      ]
      for limiter in limiters {
        for key in [LimitKey.consumer, .all] {
          try probe.expectRoundTrip(LimitProposal(name: "limit_1", key: key, limiter: limiter, status: 429))
        }
      }
      try probe.expectRoundTrip(
        LimitProposal(
          name: "limit_1", key: .consumer,
          limiter: .fixedWindow(
            limit: limit, window: .firstHit(length: limit * 1_000_000, strict: false), countsRejected: true),
          status: 403))
    }
    let shared = LimitKey([.column(.stored(.consumer))])
    try probe.expectRoundTrip(
      LimitProposal(
        name: "x", key: shared,
        limiter: .fixedWindow(limit: 1, window: .firstHit(length: 1, strict: true), countsRejected: false),
        status: 429),
      key: .consumer)
  }

  @Test("reads the project's own examples", .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
  func realFiles() throws {
    for name in ["app_sample.json", "quickstart.json", "policies.json", "tyk.conf.example"] {
      let text = try ReaderProbe.realFile("tyk/\(name)")
      #expect(TykReader().confidence(in: text, named: name) >= 80)
      let rules = try TykReader().reading(of: text, file: name, include: { _ in [] }).model.rules
      #expect(rules.map(\.status) == (name == "policies.json" ? [429, 403] : []))
    }
  }

  @Test("ends every damaged file in an error or a model") func hostile() {
    probe.expectNoTrap(
      "// tyk.conf\n{\"enable_redis_rolling_limiter\": true}\n// a.json\n"
        + api("a1", "/a/{x}/", #", "global_rate_limit": {"rate": 1e18, "per": 0.1}"#) + "\n// p.json\n" + policies,
      seed: 14)
  }
}

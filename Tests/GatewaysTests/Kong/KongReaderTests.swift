import Foundation
import TestSupport
import Testing
import Traffic

@testable import Gateways

@Suite("Kong's configuration") struct KongReaderTests {
  private let probe = ReaderProbe(reader: KongReader())

  private func window(_ limit: Int64, _ unit: CalendarUnit, countsRejected: Bool = false) -> LimiterSettings {
    .fixedWindow(limit: limit, window: .calendar(unit), countsRejected: countsRejected)
  }

  @Test("a global plugin becomes one stage that charges all windows or none")
  func global() throws {
    let text = """
      _format_version: "3.0"
      plugins:
      - name: rate-limiting
        config: {second: 5, hour: 10000, policy: local}
      """
    let place = ConfigurationPlace(file: "test.yaml", line: 3, column: 3)
    let key = LimitKey([.column(.stored(.consumer))], missing: .clientAddress)
    func rule(_ text: String, _ counter: Int, _ limiter: LimiterSettings) -> LimitRule {
      LimitRule(name: "rate-limiting: \(text)", counter: counter, limiter: limiter, status: 429, place: place)
    }
    let stage = LimitStage(
      [rule("5 per second", 0, window(5, .second)), rule("10000 per hour", 1, window(10_000, .hour))],
      joining: .allOrNothing)
    let model = GatewayModel(
      product: .kong,
      counters: [
        LimitCounter(name: "rate-limiting: 5 per second", key: key),
        LimitCounter(name: "rate-limiting: 10000 per hour", key: key),
      ],
      policies: [LimitPolicy(name: "rate-limiting", cases: [LimitCase(stages: [stage])])])
    #expect(try probe.reading(text).model == model)
  }

  @Test("redis in real time counts rejected requests in all windows, shared by all nodes")
  func redis() throws {
    func stage(_ more: String) throws -> (LimitStage, LimitCounter) {
      let model = try probe.reading(
        "plugins: [{name: rate-limiting, config: {second: 1, minute: 2.5, limit_by: ip, \(more)}}]"
      ).model
      return (model.policies[0].cases[0].stages[0], model.counters[0])
    }
    let (real, shared) = try stage("policy: redis")
    #expect(real.joining == .everyCounts && shared.scope == .shared && shared.key == .client)
    #expect(
      real.rules.map(\.limiter) == [
        window(1, .second, countsRejected: true), window(3, .minute, countsRejected: true),
      ])
    let (late, _) = try stage("policy: redis, sync_rate: 0.5")
    #expect(late.joining == .allOrNothing && late.rules[0].limiter == window(1, .second))
    let (cluster, clustered) = try stage("policy: cluster, error_code: 503")
    #expect(
      cluster.joining == .allOrNothing && clustered.scope == .shared
        && cluster.rules.map(\.status) == [503, 503])
  }

  @Test(
    "one instance runs: consumer and route before consumer before group before route before service before all"
  )
  func precedence() throws {
    let text = """
      services:
      - name: shop
        plugins: [{name: rate-limiting, config: {minute: 5}}]
        routes:
        - {name: cart, paths: [/cart], methods: [POST]}
        - {name: rest, paths: [/]}
      - name: other
        routes: [{name: other, hosts: [other.example]}]
      consumers:
      - username: anna
        groups: [{name: gold}]
        plugins: [{name: rate-limiting, config: {minute: 3}}]
      - {username: bert, custom_id: b1}
      consumer_groups:
      - name: gold
        consumers: [{username: bert}]
        plugins: [{name: rate-limiting, config: {minute: 4}}]
      plugins:
      - {name: rate-limiting, config: {minute: 6}}
      - {name: rate-limiting, route: cart, consumer: anna, config: {minute: 1}}
      - {name: rate-limiting, route: {name: cart}, config: {minute: 2}}
      """
    let model = try probe.reading(text).model
    let cases = model.policies[0].cases
    func limits(_ case: LimitCase) -> Int64 {
      guard case .fixedWindow(let limit, _, _) = `case`.stages[0].rules[0].limiter else { return 0 }
      return limit
    }
    let cart: [RequestMatch.Condition] = [.init(.path, [.prefix("/cart")]), .init(.method, [.exact("POST")])]
    let other: [RequestMatch.Condition] = [.init(.host, [.exact("other.example")])]
    let anna = RequestMatch.Condition(.consumer, [.exact("anna")])
    let gold = RequestMatch.Condition(.consumer, [.exact("bert"), .exact("anna")])
    #expect(
      cases.map(\.match.conditions) == [
        cart + [anna], cart + [anna], cart + [gold], cart, other + [anna], other + [gold], other, [anna],
        [gold], [],
      ])
    #expect(cases.map(limits) == [1, 3, 4, 2, 3, 4, 6, 3, 4, 5])
    #expect(cases[2].stages[0].rules[0].counter == cases[5].stages[0].rules[0].counter)
  }

  @Test("routes are tried as Kong does: more attributes, then patterns by priority, then longer paths")
  func routes() throws {
    let text = """
      _format_version: "3.0"
      routes:
      - {name: short, paths: [/, /a]}
      - {name: long, paths: [/a/b]}
      - {name: regex, paths: ["~/a/[0-9]+$"], regex_priority: 2}
      - {name: host, hosts: ["*.example"], paths: [/]}
      plugins:
      - {name: rate-limiting, route: short, config: {minute: 2}}
      """
    let cases = try probe.reading(text).model.policies[0].cases
    #expect(
      cases.map(\.match.conditions) == [
        [.init(.host, [.suffix(".example")])],
        [.init(.path, [.regularExpression("^(?:/a/[0-9]+$)", ignoresCase: false)])],
        [.init(.path, [.prefix("/a/b")])], [.init(.path, [.prefix("/a")])], [],
      ])
    #expect(cases.map(\.stages.count) == [0, 0, 0, 1, 1])
  }

  @Test("the advanced plugin slides by default, counts rejected requests and pairs limits with windows")
  func advanced() throws {
    let text = """
      plugins:
      - name: rate-limiting-advanced
        config: {limit: [10, 100], window_size: [60, 3600], identifier: header, header_name: X-Key, strategy: redis, sync_rate: 0}
      - name: rate-limiting
        config: {minute: 7, limit_by: path, path: /x}
      """
    let model = try probe.reading(text).model
    let rule = SlidingCounterRule(
      capsPrevious: false, includesCurrent: true, countsRejected: true, rejectsAtLimit: false)
    #expect(model.policies.map(\.name) == ["rate-limiting-advanced", "rate-limiting"])
    #expect(
      model.policies[0].cases[0].stages[0].rules.map(\.limiter) == [
        .slidingCounter(limit: 10, window: 60_000_000, rule: rule),
        .slidingCounter(limit: 100, window: 3_600_000_000, rule: rule),
      ])
    #expect(model.counters[0].key == LimitKey([.header("x-key")], missing: .clientAddress))
    #expect(model.counters.map(\.scope) == [.shared, .shared, .perNode, .perNode])
    #expect(
      model.policies[1].cases.map(\.match) == [RequestMatch([.init(.path, [.exact("/x")])]), .everything])
    #expect(model.counters[2...].map(\.key) == [.all, .client])
    let fixed = try probe.reading(
      "plugins: [{name: rate-limiting-advanced, config: {limit: [1], window_size: [9], window_type: fixed, disable_penalty: true}}]"
    )
    #expect(
      fixed.model.rules.map(\.limiter) == [
        .fixedWindow(limit: 1, window: .aligned(length: 9_000_000, origin: 0), countsRejected: false)
      ])
  }

  @Test("an alias is one text and two counters; a namespace is one counter")
  func counters() throws {
    let text = """
      services:
      - {name: a, plugins: [&limit {name: rate-limiting, config: {minute: 1}}]}
      - {name: b, plugins: [*limit]}
      - {name: c, plugins: [{name: rate-limiting-advanced, config: {limit: [1], window_size: [1], namespace: x}}]}
      - {name: d, plugins: [{name: rate-limiting-advanced, config: {limit: [2], window_size: [1], namespace: x}}]}
      """
    let model = try probe.reading(text).model
    #expect(model.rules.map(\.counter) == [0, 0, 1, 2])
    #expect(model.policies.map(\.name) == ["rate-limiting-advanced", "rate-limiting"])
  }

  @Test("what is off, empty or another plugin limits nothing and is said")
  func ignored() throws {
    let text = """
      plugins:
      - {name: rate-limiting, enabled: false, config: {second: 1}}
      - {name: rate-limiting-advanced, config: {redis: {host: a}}}
      - {name: prometheus}
      upstreams: []
      """
    let reading = try probe.reading(text)
    #expect(reading.model.rules.isEmpty && reading.model.policies.isEmpty)
    #expect(reading.ignored.map(\.place.line) == [2, 3, 4, 5])
  }

  @Test("mistakes name the line and the nearest word")
  func mistakes() {
    func config(_ text: String) -> ConfigurationError? {
      probe.failure("plugins:\n- name: rate-limiting\n  config: {\(text)}\n")
    }
    #expect(config("minutes: 5")?.unknownWord == ["minutes", "minute"])
    #expect(config("minutes: 5")?.place == ConfigurationPlace(file: "test.yaml", line: 3, column: 12))
    #expect(
      config("minute: 0")?.problem == .badValue(setting: "minute", value: "0", expected: "a number above 0"))
    #expect(
      config("second: 9, minute: 5")?.problem
        == .contradiction("the limit per minute (minute: 5) is below that per second"))
    #expect(
      config("minute: 5, policy: memory")?.problem
        == .badValue(
          setting: "policy", value: "memory", expected: "one of local, cluster, redis"))
    #expect(
      config("limit_by: ip")?.problem
        == .missing(setting: "second, minute, hour, day, month or year", within: "config"))
    #expect(
      config("minute: 5, limit_by: header")?.problem == .missing(setting: "header_name", within: "config"))
    let plugin = probe.failure("plugins:\n- {name: rate-limitting, config: {second: 1}}\n")
    #expect(plugin?.unknownWord == ["rate-limitting", "rate-limiting"])
    let reference = probe.failure(
      "services: [{name: shop}]\nplugins:\n- {name: rate-limiting, service: shap, config: {second: 1}}\n")
    #expect(reference?.problem == .unknownReference("shap", kind: "service", nearest: "shop"))
    #expect(reference?.place.line == 3)
    let section = probe.failure("plugin:\n- {name: rate-limiting, config: {second: 1}}\n")
    #expect(section?.unknownWord == ["plugin", "plugins"])
    let pairs = probe.failure(
      "plugins: [{name: rate-limiting-advanced, config: {limit: [1, 2], window_size: [1]}}]")
    #expect(pairs?.problem == .contradiction("limit has 2 numbers and window_size 1"))
    #expect(probe.failure("plugins:\n\t- name: rate-limiting\n")?.place.line == 2)
  }

  @Test("what is written is read as the same limit", arguments: [UInt64(1), 2, 3])
  func roundTrips(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let keys: [LimitKey] = [
      .client, LimitKey([.column(.stored(.consumer))], missing: .clientAddress),
      LimitKey([.header("x-key")], missing: .clientAddress),
      LimitKey([.column(.stored(.service))], missing: .clientAddress),
    ]
    let units: [CalendarUnit] = [.second, .minute, .hour, .day, .month, .year]
    for _ in 0..<100 {
      let (limit, counts) = (Int64.random(in: 1...100_000, using: &random), Bool.random(using: &random))
      let length = Int64.random(in: 1...100_000, using: &random) * 1_000_000
      let rule = SlidingCounterRule(
        capsPrevious: false, includesCurrent: true, countsRejected: counts, rejectsAtLimit: false)
      let limiters: [LimiterSettings] = [
        window(limit, units.randomElement(using: &random) ?? .second, countsRejected: counts),
        .fixedWindow(limit: limit, window: .aligned(length: length, origin: 0), countsRejected: counts),
        .slidingCounter(limit: limit, window: length, rule: rule),
      ]
      try probe.expectRoundTrip(
        LimitProposal(
          name: "edge", key: keys.randomElement(using: &random) ?? .client,
          limiter: limiters.randomElement(using: &random) ?? limiters[0],
          status: Int.random(in: 400...599, using: &random)), match: .everything)
    }
    #expect(throws: NotExpressible.self) {
      try KongReader().text(
        for: LimitProposal(name: "a", key: .all, limiter: window(1, .second), status: 429))
    }
  }
}

@Suite("Real Kong files", .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
struct KongRealFileTests {
  @Test("all are read, recognised and none traps when cut", arguments: ReaderProbe.realFiles("kong"))
  func reads(file: URL) throws {
    let probe = ReaderProbe(reader: KongReader())
    let (text, name) = (try ReaderProbe.text(of: file), file.lastPathComponent)
    #expect(KongReader().confidence(in: text, named: name) >= 40)
    let model = try probe.reading(text, file: name).model
    let cases = model.policies.flatMap(\.cases)
    switch name {
    case "kic-consumer-group-input.yaml":
      #expect(
        cases.map(\.match) == [RequestMatch([.init(.consumer, [.exact("example-consumer-group-user")])])])
      #expect(model.rules.count == 2)
    case "kic-route-input.yaml":
      #expect(
        cases.filter { !$0.stages.isEmpty }.map(\.match) == [RequestMatch([.init(.path, [.prefix("/r1")])])])
    case "kic-service-input.yaml":
      #expect(
        cases.filter { !$0.stages.isEmpty }.map(\.match) == [
          RequestMatch([.init(.service, [.exact("simple-service")])])
        ])
    case "sync_017-consumer-groups-rla-application_kong3x.yaml":
      #expect(cases.map(\.match.conditions.first?.patterns) == [[.exact("bar")], [.exact("foo")], nil])
      #expect(model.rules.map(\.name).map { String($0.suffix(8)) } == ["per 60 s", "per 60 s", "per 60 s"])
    case "tf-service-plugin-input.yaml": #expect(model.rules.count == 1)
    default: #expect(model.rules.isEmpty)
    }
    probe.expectNoTrap(text, file: name, rounds: 100)
  }
}

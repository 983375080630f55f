import Foundation
import TestSupport
import Testing
import Traffic

@testable import Gateways

@Suite("The rate limit service's configuration") struct EnvoyRateLimitReaderTests {
  private let probe = ReaderProbe(reader: EnvoyRateLimitReader())

  private func window(_ limit: Int64, seconds: Int64) -> LimiterSettings {
    .fixedWindow(limit: limit, window: .aligned(length: seconds * 1_000_000, origin: 0), countsRejected: true)
  }

  @Test("descriptors become rules that are all counted, with columns as keys and values as conditions")
  func tree() throws {
    let text = """
      domain: edge
      descriptors:
      - key: remote_address
        rate_limit: {unit: minute, requests_per_unit: 100}
      - key: path
        value: /login
        rate_limit: {unit: Second, requests_per_unit: 5}
        shadow_mode: true
        descriptors:
        - key: X-Tenant
          rate_limit: {unit: month, requests_per_unit: 0, name: monthly}
      """
    func place(_ line: Int, _ column: Int) -> ConfigurationPlace {
      ConfigurationPlace(file: "test.yaml", line: line, column: column)
    }
    let login = RequestMatch([.init(.path, [.exact("/login")])])
    let rules = [
      LimitRule(
        name: "remote_address: 100 per minute", counter: 0, limiter: window(100, seconds: 60), status: 429,
        place: place(4, 15)),
      LimitRule(
        name: "path=/login: 5 per second", counter: 1, limiter: window(5, seconds: 1), status: 429,
        isDryRun: true,
        match: login, place: place(7, 15)),
      LimitRule(
        name: "monthly", counter: 2, limiter: window(0, seconds: 2_592_000), status: 429, match: login,
        place: place(11, 17)),
    ]
    let model = GatewayModel(
      product: .envoyRateLimit,
      counters: [
        LimitCounter(name: "remote_address: 100 per minute", key: .client, scope: .shared),
        LimitCounter(name: "path=/login: 5 per second", key: .all, scope: .shared),
        LimitCounter(
          name: "path=/login X-Tenant: 0 per month", key: LimitKey([.header("x-tenant")], missing: .passes),
          scope: .shared),
      ],
      policies: [
        LimitPolicy(name: "edge", cases: [LimitCase(stages: [LimitStage(rules, joining: .everyCounts)])])
      ])
    #expect(try probe.reading(text).model == model)
  }

  @Test("a key without a value is for the values that have no descriptor of their own, even unlimited ones")
  func defaults() throws {
    let text = """
      domain: edge
      descriptors:
      - {key: user, rate_limit: {unit: hour, requests_per_unit: 9}}
      - {key: user, value: vip, rate_limit: {unlimited: true}}
      - {key: user, value: big, rate_limit: {unit: hour, requests_per_unit: 90}}
      """
    let rules = try probe.reading(text).model.rules
    #expect(
      rules.map(\.match.conditions) == [
        [.init(.consumer, [.exact("vip"), .exact("big")], isNegated: true)],
        [.init(.consumer, [.exact("big")])],
      ])
  }

  @Test("what the log cannot tell limits nothing and is said")
  func unlogged() throws {
    let text = """
      domain: edge
      descriptors:
      - {key: database, value: users, rate_limit: {unit: second, requests_per_unit: 500}}
      - {key: generic_key, value: a, rate_limit: {unit: second, requests_per_unit: 1}}
      - {key: generic_key, value: b, rate_limit: {unit: second, requests_per_unit: 2}}
      """
    let reading = try probe.reading(text)
    #expect(reading.model.rules.isEmpty)
    #expect(reading.ignored.map(\.place.line) == [3, 4, 5])
  }

  @Test("mistakes name the line and the nearest word")
  func mistakes() {
    func limit(_ text: String) -> ConfigurationError? {
      probe.failure("domain: d\ndescriptors:\n- key: a\n  rate_limit: {\(text)}\n")
    }
    #expect(
      limit("unit: second, request_per_unit: 1")?.unknownWord == ["request_per_unit", "requests_per_unit"])
    #expect(
      limit("unit: minutes, requests_per_unit: 1")?.problem
        == .badValue(
          setting: "unit", value: "minutes",
          expected: "one of second, minute, hour, day, week, month, year; did you mean 'minute'?"))
    #expect(
      limit("unit: second, requests_per_unit: -1")?.place
        == ConfigurationPlace(file: "test.yaml", line: 4, column: 49))
    #expect(
      limit("unlimited: true, unit: second")?.problem == .contradiction("an unlimited rate_limit has no unit")
    )
    #expect(
      limit("name: a, replaces: [{name: a}], unlimited: true")?.problem
        == .contradiction("the limit a replaces itself"))
    let twice = probe.failure("domain: d\ndescriptors: [{key: a, value: b}, {key: a, value: b}]")
    #expect(twice?.problem == .contradiction("descriptor 'a_b' is there already, in line 2"))
    let domain = probe.failure("descriptors: []")
    #expect(domain?.problem == .missing(setting: "domain", within: "configuration"))
    #expect(probe.failure("domain: d\ndescriptors:\n\t- key: a\n")?.place.line == 3)
  }

  @Test("what is written is read as the same limit", arguments: [UInt64(1), 2, 3])
  func roundTrips(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let keys: [LimitKey] = [
      .all, .client, LimitKey([.column(.stored(.consumer))], missing: .passes),
      LimitKey([.column(.stored(.host)), .column(.stored(.client))]),
      LimitKey([.column(.stored(.method)), .header("x-key")], missing: .passes),
    ]
    for _ in 0..<100 {
      let seconds = EnvoyRateLimitDomain.units.randomElement(using: &random)?.seconds ?? 1
      try probe.expectRoundTrip(
        LimitProposal(
          name: "edge", key: keys.randomElement(using: &random) ?? .all,
          limiter: window(Int64.random(in: 0...100_000, using: &random), seconds: seconds), status: 429),
        match: .everything)
    }
    #expect(throws: NotExpressible.self) {
      try EnvoyRateLimitReader().text(
        for: LimitProposal(name: "a", key: .client, limiter: window(1, seconds: 7), status: 429))
    }
  }
}

@Suite(
  "Real rate limit service files", .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
struct EnvoyRateLimitRealFileTests {
  @Test(
    "all are read, recognised and none traps when cut", arguments: ReaderProbe.realFiles("envoy-ratelimit"))
  func reads(file: URL) throws {
    let probe = ReaderProbe(reader: EnvoyRateLimitReader())
    let (text, name) = (try ReaderProbe.text(of: file), file.lastPathComponent)
    #expect(EnvoyRateLimitReader().confidence(in: text, named: name) >= 90)
    let reading = try probe.reading(text, file: name)
    #expect(!reading.ignored.isEmpty)
    probe.expectNoTrap(text, file: name, rounds: 100)
  }
}

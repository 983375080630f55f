import Foundation
import TestSupport
import Testing
import Traffic

@testable import Gateways

@Suite("Envoy's configuration") struct EnvoyReaderTests {
  private let probe = ReaderProbe(reader: EnvoyReader())

  /// A connection manager with a local rate limit, and more after it.
  private func manager(_ limit: String, routes: String = "") -> String {
    let indented = limit.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    return """
      http_filters:
      - name: envoy.filters.http.local_ratelimit
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
          stat_prefix: edge
      \(indented)
      - name: envoy.filters.http.router
      \(routes)
      """
  }

  private let on = """
    filter_enabled: {default_value: {numerator: 100, denominator: HUNDRED}}
    filter_enforced: {default_value: {numerator: 100, denominator: HUNDRED}}
    """

  @Test("a bucket becomes one exact rule for all requests")
  func bucket() throws {
    let reading = try probe.reading(
      manager("token_bucket: {max_tokens: 20, tokens_per_fill: 5, fill_interval: 0.25s}\n" + on))
    let rule = LimitRule(
      name: "edge: 20 tokens, 5 per 0.25s", counter: 0,
      limiter: .tokenBucket(rate: LimitRate(5, per: 250_000), capacity: 20),
      status: 429, place: ConfigurationPlace(file: "test.yaml", line: 6, column: 19))
    let model = GatewayModel(
      product: .envoy, counters: [LimitCounter(name: "edge", key: .all)],
      policies: [LimitPolicy(name: "local_ratelimit", cases: [LimitCase(stages: [LimitStage([rule])])])])
    #expect(reading.model == model)
    #expect(reading.used.map(\.place.line) == [6])
    let cut = try probe.reading(manager("token_bucket: {max_tokens: 1, fill_interval: 1.0009s}\n" + on))
    #expect(cut.model.rules.map(\.limiter) == [.tokenBucket(rate: LimitRate(1, per: 1_000_000), capacity: 1)])
  }

  @Test("a filter that is not enabled does nothing, one that is not enforced is a dry run")
  func shares() throws {
    let bucket = "token_bucket: {max_tokens: 2, fill_interval: 1s}"
    let off = try probe.reading(manager(bucket))
    #expect(off.model.rules.isEmpty)
    #expect(off.ignored.contains { $0.remark.contains("filter_enabled is 0 percent") })
    let dry = try probe.reading(
      manager(bucket + "\nfilter_enabled: {default_value: {numerator: 10000, denominator: TEN_THOUSAND}}"))
    #expect(dry.model.rules.map(\.isDryRun) == [true])
    let half = probe.failure(manager(bucket + "\nfilter_enabled: {default_value: {numerator: 50}}"))
    #expect(
      half?.problem
        == .unsupported(feature: "filter_enabled for a part of the requests", instead: "0 or 100 percent"))
  }

  @Test("a status below 400 is 429, names are read")
  func status() throws {
    let bucket = "token_bucket: {max_tokens: 2, fill_interval: 1s}\n" + on
    #expect(try probe.reading(manager(bucket + "\nstatus: {code: 200}")).model.rules.map(\.status) == [429])
    #expect(
      try probe.reading(manager(bucket + "\nstatus: {code: ServiceUnavailable}")).model.rules.map(\.status)
        == [503])
  }

  @Test("descriptors are consumed slowest first, wildcards have keys and room for 20")
  func descriptors() throws {
    let limit = """
      token_bucket: {max_tokens: 100, tokens_per_fill: 100, fill_interval: 1s}
      \(on)
      descriptors:
      - entries: [{key: remote_address}]
        token_bucket: {max_tokens: 10, tokens_per_fill: 10, fill_interval: 1s}
      - entries: [{key: remote_address, value: 10.0.0.1}, {key: who}]
        token_bucket: {max_tokens: 3, tokens_per_fill: 3, fill_interval: 1s}
      - entries: [{key: generic_key, value: other}]
        token_bucket: {max_tokens: 1, tokens_per_fill: 1, fill_interval: 1s}
      """
    let routes = """
      route_config:
        virtual_hosts:
        - name: all
          domains: ["*"]
          routes:
          - match: {prefix: /}
            route:
              cluster: upstream
              rate_limits:
              - actions: [{remote_address: {}}]
              - actions:
                - remote_address: {}
                - request_headers: {header_name: X-User, descriptor_key: who}
      """
    let model = try probe.reading(manager(limit, routes: routes)).model
    #expect(model.policies.count == 1)
    #expect(model.policies[0].cases.count == 1)
    let rules = model.policies[0].cases[0].stages[0].rules
    #expect(
      rules.map(\.name) == [
        "edge remote_address=10.0.0.1 who: 3 tokens, 3 per 1s", "edge remote_address: 10 tokens, 10 per 1s",
        "edge: 100 tokens, 100 per 1s",
      ])
    #expect(rules[0].match == RequestMatch([.init(.client, [.exact("10.0.0.1")])]))
    let counters = rules.map { model.counters[$0.counter] }
    #expect(counters.map(\.key) == [LimitKey([.header("x-user")], missing: .passes), .client, .all])
    #expect(counters.map(\.capacity) == [KeyCapacity(keys: 20), KeyCapacity(keys: 20), nil])
  }

  @Test("a descriptor of one API key limits the consumer that logs have under it, and nobody else")
  func apiKey() throws {
    let limit = """
      token_bucket: {max_tokens: 100, fill_interval: 1s}
      \(on)
      rate_limits: [{actions: [{request_headers: {header_name: X-Api-Key, descriptor_key: client}}]}]
      descriptors:
      - entries: [{key: client, value: key-1}]
        token_bucket: {max_tokens: 3, fill_interval: 1s}
      """
    let model = try probe.reading(manager(limit)).model
    #expect(model.rules.map(\.match) == [RequestMatch([.init(.consumer, [.exact("key-1")])]), .everything])
    #expect(model.counters.map(\.key) == [.all, .all])
  }

  @Test("requests without the header meet the default bucket that a descriptor replaces")
  func withoutHeader() throws {
    func key(_ bucket: String) throws -> GatewayReading {
      try probe.reading(
        manager(
          """
          \(bucket)
          \(on)
          always_consume_default_token_bucket: false
          rate_limits: [{actions: [{request_headers: {header_name: X-Api-Key, descriptor_key: client}}]}]
          descriptors: [{entries: [{key: client}], token_bucket: {max_tokens: 3, fill_interval: 1s}}]
          """))
    }
    #expect(try key("stage: 0").model.counters.map(\.key.missing) == [.passes])
    #expect(
      try key("token_bucket: {max_tokens: 3, fill_interval: 1s}").model.counters.map(\.key.missing) == [
        .counts
      ])
    let other = try key("token_bucket: {max_tokens: 9, fill_interval: 1s}")
    #expect(other.model.counters.map(\.key.missing) == [.passes])
    #expect(other.ignored.contains { $0.remark.contains("here they pass") })
  }

  @Test("descriptors of single values that replace the default bucket share one case")
  func manyValues() throws {
    let descriptors = (1...3).map {
      "- entries: [{key: client, value: key-\($0)}]\n  token_bucket: {max_tokens: \($0), fill_interval: 1s}"
    }
    let limit = """
      token_bucket: {max_tokens: 100, fill_interval: 1s}
      \(on)
      always_consume_default_token_bucket: false
      rate_limits: [{actions: [{request_headers: {header_name: X-Api-Key, descriptor_key: client}}]}]
      descriptors:
      \(descriptors.joined(separator: "\n"))
      """
    let cases = try probe.reading(manager(limit)).model.policies[0].cases
    #expect(
      cases.map(\.match) == [
        RequestMatch([.init(.consumer, [.exact("key-1"), .exact("key-2"), .exact("key-3")])]), .everything,
      ])
    #expect(cases.map { $0.stages[0].rules.count } == [3, 4])
  }

  @Test("a listener without limits takes no requests from the one that limits")
  func otherListener() throws {
    func listener(_ filters: String) -> String {
      "  - filter_chains: [{filters: [{name: envoy.filters.network.http_connection_manager, typed_config: {http_filters: [\(filters)]}}]}]\n"
    }
    let bucket =
      "{name: envoy.filters.http.local_ratelimit, typed_config: {stat_prefix: a, token_bucket: {max_tokens: 1, fill_interval: 1s}, filter_enabled: {default_value: {numerator: 100}}}}"
    let reading = try probe.reading(
      "static_resources:\n  listeners:\n" + listener("{name: x}") + listener(bucket))
    #expect(reading.model.policies[0].cases.map(\.match) == [.everything])
    #expect(reading.ignored.contains { $0.remark.contains("does not say which listener") })
  }

  @Test("the default bucket is left where a descriptor replaces it")
  func replacedDefault() throws {
    let limit = """
      token_bucket: {max_tokens: 100, fill_interval: 1s}
      always_consume_default_token_bucket: false
      \(on)
      descriptors:
      - entries: [{key: method, value: POST}]
        token_bucket: {max_tokens: 3, fill_interval: 1s}
      """
    let routes = """
      route_config:
        virtual_hosts:
        - domains: ["*"]
          rate_limits: [{actions: [{request_headers: {header_name: ":method", descriptor_key: method}}]}]
          routes: [{match: {prefix: /}}]
      """
    let cases = try probe.reading(manager(limit, routes: routes)).model.policies[0].cases
    #expect(cases.map { $0.stages[0].rules.count } == [1, 2])
    #expect(cases[0].match == RequestMatch([.init(.method, [.exact("POST")])]))
    #expect(cases[1].match == .everything)
  }

  @Test("routes override the filter, exact domains before wildcards, prefixes as written")
  func overrides() throws {
    let override = """
      typed_per_filter_config:
                envoy.filters.http.local_ratelimit:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
                  stat_prefix: slow
                  token_bucket: {max_tokens: 1, fill_interval: 1s}
                  filter_enabled: {default_value: {numerator: 100}}
                  filter_enforced: {default_value: {numerator: 100}}
      """
    let routes = """
      route_config:
        virtual_hosts:
        - name: all
          domains: ["*"]
          routes:
          - match: {path: /free}
          - match: {path_separated_prefix: /api}
            \(override)
          - match: {prefix: /}
        - name: shop
          domains: [shop.example:8080, "*.shop.example"]
          routes:
          - match: {safe_regex: {regex: "/v[0-9]+/.*"}, headers: [{name: ":method", string_match: {exact: GET}}]}
            \(override)
      """
    let bucket = "token_bucket: {max_tokens: 9, fill_interval: 1s}\n" + on
    let model = try probe.reading(manager(bucket, routes: routes)).model
    let cases = model.policies[0].cases
    let regex = RequestMatch.Condition(.path, [.regularExpression("^(?:/v[0-9]+/.*)$", ignoresCase: false)])
    let get = RequestMatch.Condition(.method, [.exact("GET")])
    #expect(
      cases.map(\.match.conditions) == [
        [.init(.host, [.exact("shop.example")]), regex, get],
        [.init(.host, [.suffix(".shop.example")]), regex, get],
        [.init(.path, [.exact("/free")])], [.init(.path, [.exact("/api"), .prefix("/api/")])], [],
      ])
    #expect(cases.map { $0.stages[0].rules[0].counter } == [1, 1, 0, 2, 0])
    #expect(model.counters.map(\.name) == ["edge", "slow", "slow"])
  }

  @Test("an alias on two routes is one text and two buckets")
  func aliases() throws {
    let routes = """
      route_config:
        virtual_hosts:
        - domains: ["*"]
          routes:
          - match: {prefix: /a}
            typed_per_filter_config: &own
              envoy.filters.http.local_ratelimit:
                token_bucket: {max_tokens: 1, fill_interval: 1s}
                filter_enabled: {default_value: {numerator: 100}}
          - {match: {prefix: /b}, typed_per_filter_config: *own}
      """
    let model = try probe.reading(manager("stage: 0", routes: routes)).model
    #expect(model.rules.map(\.counter) == [0, 1])
  }

  @Test("JSON with protobuf's own names is the same configuration")
  func json() throws {
    let text = """
      {"httpFilters": [{"name": "envoy.filters.http.local_ratelimit", "typedConfig": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
        "statPrefix": "edge", "tokenBucket": {"maxTokens": 4, "tokensPerFill": 2, "fillInterval": "60s"},
        "filterEnabled": {"defaultValue": {"numerator": 100}}, "filterEnforced": {"defaultValue": {"numerator": 100}}}}]}
      """
    let rules = try probe.reading(text, file: "envoy.json").model.rules
    #expect(rules.map(\.limiter) == [.tokenBucket(rate: LimitRate(2, per: 60_000_000), capacity: 4)])
  }

  @Test("written circuit breakers limit their cluster, adaptive concurrency everything")
  func concurrency() throws {
    let text = """
      static_resources:
        listeners:
        - filter_chains:
          - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                http_filters:
                - name: envoy.filters.http.adaptive_concurrency
                  typed_config:
                    gradient_controller_config:
                      concurrency_limit_params: {concurrency_update_interval: 0.1s}
                      min_rtt_calc_params: {interval: 60s, request_count: 20}
        clusters:
        - name: slow
          circuit_breakers: {thresholds: [{max_requests: 7, max_connections: 3, max_pending_requests: 2}]}
        - name: free
      """
    let model = try probe.reading(text).model
    #expect(
      model.rules.map(\.limiter) == [
        .adaptiveConcurrency(
          .gradient(
            percentile: 50, maxLimit: 1_000, updateInterval: 100_000, minRTTInterval: 60_000_000,
            minRTTRequests: 20,
            minConcurrency: 3, buffer: 25)),
        .concurrency(ConcurrencySettings(limit: 3, queue: 2)), .concurrency(ConcurrencySettings(limit: 7)),
      ])
    #expect(model.rules.map(\.status) == [503, 503, 503])
    #expect(model.policies[1].cases.map(\.match) == [RequestMatch([.init(.service, [.exact("slow")])])])
  }

  @Test("mistakes name the line and the nearest word")
  func mistakes() {
    let misspelt = probe.failure(manager("token_bucket: {max_token: 2, fill_interval: 1s}"))
    #expect(misspelt?.unknownWord == ["max_token", "max_tokens"])
    #expect(misspelt?.place.line == 6)
    let filters = probe.failure("http_filers: []")
    #expect(filters?.unknownWord == ["http_filers", "http_filters"])
    let none = probe.failure(manager("token_bucket: {max_tokens: -1, fill_interval: 1s}"))
    #expect(
      none?.problem
        == .badValue(
          setting: "max_tokens", value: "-1", expected: "a whole number, at least 0 and at most 4294967295"))
    let route = probe.failure(
      manager(
        "token_bucket: {max_tokens: 1, fill_interval: 1s}",
        routes: "route_config: {virtual_hosts: [{domain: [a]}]}"))
    #expect(route?.unknownWord == ["domain", "domains"])
    let fast = probe.failure(manager("token_bucket: {max_tokens: 1, fill_interval: 0.01s}"))
    #expect(fast?.problem == .badValue(setting: "fill_interval", value: "0.01s", expected: "at least 0.05s"))
    let without = probe.failure(manager("token_bucket: {max_tokens: 1}"))
    #expect(without?.problem == .missing(setting: "fill_interval", within: "token_bucket"))
    let twice = probe.failure(
      manager(
        "descriptors: [{entries: [{key: a}], token_bucket: {max_tokens: 1, fill_interval: 1s}}, {entries: [{key: a}], token_bucket: {max_tokens: 1, fill_interval: 1s}}]"
      ))
    #expect(twice?.problem == .contradiction("descriptor 'a' is there already, in line 6"))
    let wrapped = probe.failure(
      """
      http_filters:
      - name: limit
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcher
          extension_config:
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
      """)
    #expect(wrapped?.problem == .unsupported(feature: "a matcher around limit", instead: "settings per route"))
    let tab = probe.failure("http_filters:\n\t- name: x\n")
    #expect(tab?.place.line == 2)
    if case .syntax = tab?.problem {
    } else {
      Issue.record("a tab is a syntax error, not \(String(describing: tab))")
    }
  }

  @Test("broken texts end in an error or a reading")
  func hostile() throws {
    probe.expectNoTrap(manager("token_bucket: {max_tokens: 2, fill_interval: 1s}\n" + on))
    let proposal = LimitProposal(
      name: "a", key: .client, limiter: .tokenBucket(rate: .perSecond(5), capacity: 9), status: 429)
    probe.expectNoTrap(try EnvoyReader().text(for: proposal))
  }
}

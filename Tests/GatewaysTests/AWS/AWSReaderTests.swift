import Foundation
import TestSupport
import Testing
import Traffic

@testable import Gateways

@Suite("AWS API Gateway's reader") struct AWSReaderTests {
  let probe = ReaderProbe(reader: AWSReader(), file: "template.json")

  /// A template of one resource.
  private func resource(_ type: String, _ properties: String, more: String = "") -> String {
    #"{"Resources": {"R": {"Type": "\#(type)", "Properties": {\#(properties)}}}\#(more)}"#
  }

  private func plan(_ properties: String, more: String = "") -> String {
    resource("AWS::ApiGateway::UsagePlan", properties, more: more)
  }

  private static let apiKey = LimitKey([.column(.stored(.consumer))], missing: .passes)

  @Test("reads a usage plan into its model") func wholeModel() throws {
    let reading = try probe.reading(
      plan(
        #""UsagePlanName": "gold", "Throttle": {"RateLimit": 2.5, "BurstLimit": 200},"#
          + #""Quota": {"Limit": 10000, "Period": "MONTH", "Offset": 3}"#))
    let place = ConfigurationPlace(file: "template.json", line: 1, column: 111)
    #expect(
      reading.model.counters == [
        LimitCounter(name: "usage plan gold", key: Self.apiKey, scope: .shared),
        LimitCounter(name: "usage plan gold quota", key: Self.apiKey, scope: .shared),
      ])
    #expect(reading.model.policies.map(\.name) == ["usage plan"])
    #expect(reading.model.policies[0].cases.map(\.match) == [.everything])
    let rules = reading.model.rules
    #expect(
      rules[0]
        == LimitRule(
          name: "usage plan gold 2.5r/s burst 200", counter: 0,
          limiter: .tokenBucket(rate: LimitRate(5, per: 2_000_000), capacity: 200),
          status: 429, place: rules[0].place))
    #expect(rules[0].place.line == place.line)
    #expect(rules[1].limiter == .fixedWindow(limit: 10_000, window: .calendar(.month), countsRejected: false))
    #expect(reading.ignored.map(\.setting) == ["Offset 3"])
  }

  @Test("asks method limits of plans first, then plans, stages and the account") func order() throws {
    let model = try probe.model(
      """
      {"Resources": {
        "S": {"Type": "AWS::ApiGateway::Stage", "Properties": {"StageName": "prod", "MethodSettings": [
          {"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 20},
          {"ResourcePath": "/~1pets~1{id}", "HttpMethod": "GET", "ThrottlingRateLimit": 5, "ThrottlingBurstLimit": 2},
          {"ResourcePath": "/~1pets", "HttpMethod": "POST", "CachingEnabled": true}]}},
        "P": {"Type": "AWS::ApiGateway::UsagePlan", "Properties": {
          "Throttle": {"RateLimit": 100, "BurstLimit": 100},
          "ApiStages": [{"ApiId": {"Ref": "A"}, "Stage": "prod", "Throttle": {"/pets/GET": {"RateLimit": 1, "BurstLimit": 3}}}]}}}}
      """)
    #expect(model.policies.map(\.name) == ["usage plan method", "usage plan", "stage method"])
    #expect(
      model.policies[0].cases.map(\.match) == [
        .path(.segments(["pets"]), .segments(["prod", "pets"]), method: "GET")
      ])
    #expect(
      model.policies[2].cases.map(\.match) == [
        .path(.segments(["pets", "{id}"]), .segments(["prod", "pets", "{id}"]), method: "GET"), .everything,
      ])
    #expect(
      model.rules.map(\.limiter) == [
        .tokenBucket(rate: .perSecond(1), capacity: 3), .tokenBucket(rate: .perSecond(100), capacity: 100),
        .tokenBucket(rate: .perSecond(5), capacity: 2), .tokenBucket(rate: .perSecond(50), capacity: 20),
      ])
    #expect(
      model.counters.map(\.key) == [
        Self.apiKey, Self.apiKey, .all, LimitKey([.column(.route), .column(.stored(.method))]),
      ])
  }

  @Test("reads routes of HTTP APIs, globals of SAM and deployments") func otherResources() throws {
    let http = try probe.model(
      resource(
        "AWS::ApiGatewayV2::Stage",
        #""DefaultRouteSettings": {"ThrottlingRateLimit": 9, "ThrottlingBurstLimit": 8}, "RouteSettings": {"#
          + #""GET /pets/{id}": {"ThrottlingBurstLimit": 4, "ThrottlingRateLimit": 3}, "$default": {"ThrottlingRateLimit": 1}}"#
      ))
    #expect(
      http.policies[0].cases.map(\.match) == [
        .path(.segments(["pets", "{id}"]), method: "GET"),
        RequestMatch([RequestMatch.Condition(.routeName, [.exact("$default")])]),
        .everything,
      ])
    #expect(http.rules[1].limiter == .tokenBucket(rate: .perSecond(1), capacity: 5_000))
    let sam = try probe.model(
      resource(
        "AWS::Serverless::Api",
        #""Auth": {"UsagePlan": {"CreateUsagePlan": "PER_API", "Quota": {"Limit": 5, "Period": "DAY"}}}"#,
        more:
          #", "Globals": {"HttpApi": {"DefaultRouteSettings": {"ThrottlingRateLimit": 2, "ThrottlingBurstLimit": 1}}}"#
      ))
    #expect(
      sam.rules.map(\.limiter) == [
        .fixedWindow(limit: 5, window: .calendar(.day), countsRejected: false),
        .tokenBucket(rate: .perSecond(2), capacity: 1),
      ])
    let deployment = try probe.model(
      resource(
        "AWS::ApiGateway::Deployment", #""StageDescription": {"ThrottlingRateLimit": 4, "ThrottlingBurstLimit": 4}"#))
    #expect(deployment.rules.map(\.limiter) == [.tokenBucket(rate: .perSecond(4), capacity: 4)])
  }

  @Test("reads what the command line prints") func answers() throws {
    let plans = try probe.model(
      """
      {"items": [
        {"id": "p1", "name": "gold", "apiStages": [{"apiId": "a1", "stage": "prod"}],
         "throttle": {"burstLimit": 20, "rateLimit": 10.0}, "quota": {"limit": 5, "offset": 0, "period": "WEEK"}},
        {"id": "p2", "name": "silver", "apiStages": [{"apiId": "a2", "stage": "prod"}], "throttle": {"burstLimit": 2, "rateLimit": 1.0}},
        {"id": "p3", "name": "empty", "apiStages": []}]}
      """)
    #expect(
      plans.policies[0].cases.map(\.match) == [
        RequestMatch([RequestMatch.Condition(.service, [.exact("a1")])]),
        RequestMatch([RequestMatch.Condition(.service, [.exact("a2")])]),
      ])
    #expect(
      plans.rules.map(\.limiter) == [
        .tokenBucket(rate: .perSecond(10), capacity: 20),
        .fixedWindow(limit: 5, window: .calendar(.week), countsRejected: false),
        .tokenBucket(rate: .perSecond(1), capacity: 2),
      ])
    let stages = try probe.model(
      #"{"item": [{"stageName": "prod", "methodSettings": {"~1pets/GET": {"throttlingRateLimit": 3, "throttlingBurstLimit": 2}, "*/*": {"throttlingRateLimit": -1, "throttlingBurstLimit": -1}}}]}"#
    )
    #expect(
      stages.policies[0].cases.map(\.match) == [
        .path(.segments(["pets"]), .segments(["prod", "pets"]), method: "GET")
      ])
    let account = try probe.model(
      #"{"throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0}, "features": []}"#)
    #expect(account.rules.map(\.limiter) == [.tokenBucket(rate: .perSecond(10_000), capacity: 5_000)])
    #expect(account.counters.map(\.key) == [.all])
  }

  @Test("follows references to parameters, and refuses functions where a limit depends on them") func references()
    throws
  {
    let throttle = #""Throttle": {"RateLimit": {"Ref": "Rate"}, "BurstLimit": 4}"#
    let model = try probe.model(plan(throttle, more: #", "Parameters": {"Rate": {"Type": "Number", "Default": 7}}"#))
    #expect(model.rules.map(\.limiter) == [.tokenBucket(rate: .perSecond(7), capacity: 4)])
    let instead = "the value, or a Ref to a parameter that has a Default"
    #expect(probe.problem(plan(throttle)) == .unsupported(feature: "Ref Rate as RateLimit", instead: instead))
    #expect(
      probe.problem(plan(#""Quota": {"Limit": {"Fn::If": ["C", 1, 2]}, "Period": "DAY"}"#))
        == .unsupported(feature: "Fn::If a list of 3 as Limit", instead: instead))
  }

  @Test("rejects everything under a rate of nothing") func nothing() throws {
    let model = try probe.model(plan(#""Throttle": {"RateLimit": 0, "BurstLimit": 0}"#))
    #expect(model.rules.map(\.limiter) == [.tokenBucket(rate: .perSecond(1), capacity: 0)])
  }

  @Test("refuses what is misspelt or impossible") func refusals() {
    #expect(
      probe.problem(plan(#""Throttle": {"RateLimits": 1, "BurstLimit": 1}"#))
        == .unknownWord("RateLimits", kind: "field of Throttle", nearest: "RateLimit"))
    #expect(
      probe.problem(plan(#""Throtle": {"RateLimit": 1, "BurstLimit": 1}"#))
        == .unknownWord("Throtle", kind: "field of Properties", nearest: "Throttle"))
    #expect(
      probe.problem(resource("AWS::ApiGateway::UsagePlans", ""))
        == .unknownWord("AWS::ApiGateway::UsagePlans", kind: "resource type", nearest: "AWS::ApiGateway::UsagePlan"))
    #expect(
      probe.problem(plan(#""Throttle": {"RateLimit": 1}"#)) == .missing(setting: "BurstLimit", within: "Throttle"))
    #expect(
      probe.problem(plan(#""Quota": {"Limit": 1, "Period": "MONTHS"}"#))
        == .badValue(setting: "Period", value: "MONTHS", expected: "one of DAY, WEEK, MONTH; did you mean 'MONTH'?"))
    #expect(
      probe.problem(plan(#""Throttle": {"RateLimit": "fast", "BurstLimit": 1}"#))
        == .badValue(setting: "RateLimit", value: "fast", expected: "requests per second, at least 0"))
    #expect(
      probe.problem(plan(#""Throttle": {"RateLimit": 1, "BurstLimit": 1.5}"#))
        == .badValue(setting: "BurstLimit", value: "1.5", expected: "a whole number, at least 0"))
    #expect(
      probe.problem(plan(#""ApiStages": [{"Throttle": {"pets": {"RateLimit": 1, "BurstLimit": 1}}}]"#))
        == .badValue(
          setting: "pets", value: "settings (RateLimit, BurstLimit)",
          expected: "a path and a method, such as /pets/GET"))
  }

  @Test("reads back what it writes", arguments: [UInt64(1), 2, 3]) func roundTrips(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let routes = LimitKey([.column(.route), .column(.stored(.method))])
    for _ in 0..<200 {
      let period = [1_000_000, 2_000_000, 8_000_000, 1_000, 125].randomElement(using: &random) ?? 1
      let bucket = LimiterSettings.tokenBucket(
        rate: LimitRate(Int64.random(in: 1...100_000, using: &random), per: Int64(period)),
        capacity: Int64.random(in: 1...100_000, using: &random))
      let key = [Self.apiKey, .all, routes].randomElement(using: &random) ?? .all
      try probe.expectRoundTrip(LimitProposal(name: "limit_1", key: key, limiter: bucket, status: 429))
      let unit = [CalendarUnit.day, .week, .month].randomElement(using: &random) ?? .day
      let quota = LimiterSettings.fixedWindow(
        limit: Int64.random(in: 0...1_000_000, using: &random), window: .calendar(unit), countsRejected: false)
      try probe.expectRoundTrip(LimitProposal(name: "limit_1", key: Self.apiKey, limiter: quota, status: 429))
    }
    let open = LimitProposal(
      name: "x", key: LimitKey(routes.parts, missing: .passes),
      limiter: .tokenBucket(rate: .perSecond(1), capacity: 1), status: 429)
    try probe.expectRoundTrip(open, key: routes)
    let third = LimitProposal(
      name: "x", key: .all, limiter: .tokenBucket(rate: LimitRate(1, per: 3_000_000), capacity: 1), status: 429)
    #expect(throws: NotExpressible.self) { try AWSReader().text(for: third) }
  }

  @Test("reads the project's own examples", .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
  func realFiles() throws {
    let files = SharedFolder.files(under: ["data/configs/aws-apigateway"]).map(\.lastPathComponent)
    #expect(files.count >= 5)
    for name in files {
      let text = try ReaderProbe.realFile("aws-apigateway/\(name)")
      #expect(AWSReader().confidence(in: text, named: name) >= 80)
      let reading = try AWSReader().reading(of: text, file: name, include: { _ in [] })
      guard name == "api_with_usageplans.json" else {
        #expect(reading.model == GatewayModel(product: .aws))
        continue
      }
      #expect(
        reading.model.rules.map(\.limiter) == [
          .tokenBucket(rate: .perSecond(1_000), capacity: 1_000),
          .fixedWindow(limit: 10, window: .calendar(.month), countsRejected: false),
        ])
      #expect(reading.model.rules.map(\.place.line) == [296, 280])
    }
  }

  @Test("ends every damaged file in an error or a model") func hostile() {
    probe.expectNoTrap(
      plan(
        #""Throttle": {"RateLimit": 2.5, "BurstLimit": {"Ref": "B"}}, "Quota": {"Limit": 5, "Period": "DAY"},"#
          + #""ApiStages": [{"ApiId": "a", "Stage": "s", "Throttle": {"/x/GET": {"RateLimit": 1, "BurstLimit": 1}}}]"#,
        more: #", "Parameters": {"B": {"Default": 3}}"#), seed: 15)
  }
}

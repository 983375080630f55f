import Gateways
import Simulation
import Testing
import Traffic

/// The engine: stages, keys, nodes and time. What a single limiter decides is tested beside the limiters.
@Suite("A replay") struct ReplayTests {
  typealias Request = ReplayCase.Request

  @Test("counts every key for itself")
  func keys() async throws {
    let requests = [Request(0, "a"), Request(10, "b"), Request(20, "a"), Request(30, "b"), Request(120, "a")]
    #expect(try await ReplayCase(requests: requests, model: .one(.nginx(10))).words() == "P P R R P")
  }

  @Test("charges all joined zones or none (N6)")
  func allOrNothing() async throws {
    let model = GatewayModel.stages([(.allOrNothing, [.nginx(10), .nginx(5)])])
    let requests = [0, 100, 200, 300, 400].map { Request($0) }
    #expect(try await ReplayCase(requests: requests, model: model).words() == "P R P R P")
  }

  @Test("charges every counted rule, also when another is over (G2)")
  func everyCounts() async throws {
    let model = GatewayModel.stages([
      (.everyCounts, [.perSecond(1, countsRejected: true), .perMinute(2, countsRejected: true)])
    ])
    let requests = [100, 200, 1_000].map { Request($0) }
    #expect(try await ReplayCase(requests: requests, model: model).words() == "P R R")
  }

  @Test("Kong: a rejected request spends its other windows with redis and not locally (K2, K3)")
  func kong() async throws {
    let requests = [0, 100, 200, 1_000, 2_000, 3_000].map { Request($0) }
    let redis = GatewayModel.stages([
      (.everyCounts, [.perSecond(1, countsRejected: true), .perMinute(3, countsRejected: true)])
    ])
    #expect(try await ReplayCase(requests: requests, model: redis).words() == "P R R R R R")
    let local = GatewayModel.stages([
      (.allOrNothing, [.perSecond(1, countsRejected: false), .perMinute(3, countsRejected: false)])
    ])
    #expect(try await ReplayCase(requests: requests, model: local).words() == "P R R P P R")
  }

  @Test("a later policy does not see what an earlier one rejected, and spends what it passed (M1)")
  func stageOrder() async throws {
    let model = GatewayModel.stages([(.allOrNothing, [.nginx(1)]), (.sequence, [.places(1)])])
    let requests = [Request(0, lasts: 5_000), Request(1_000), Request(2_000), Request(2_500)]
    let decisions = try await ReplayCase(requests: requests, model: model).decisions()
    #expect((1...4).map { decisions.byLine[$0]?.first?.rule } == [-1, 1, 1, 0])
  }

  @Test("a delayed request meets the next policy after its delay (M2)")
  func delayMovesInTime() async throws {
    let model = GatewayModel.stages([(.allOrNothing, [.nginx(1, burst: 5)]), (.sequence, [.places(1)])])
    let requests = [Request(0, lasts: 100), Request(0, lasts: 100), Request(0, lasts: 100)]
    #expect(try await ReplayCase(requests: requests, model: model).words() == "P D1000 D2000")
  }

  @Test("four new clients at one endpoint: three pass and the fourth has spent its own token (M5)")
  func krakend() async throws {
    var model = GatewayModel.stages([
      (
        .sequence,
        [
          .deferredRefillBucket(rate: .perSecond(1), capacity: 1, idleLifetime: 600_000_000),
          .deferredRefillBucket(rate: .perSecond(1), capacity: 1, idleLifetime: .max),
        ]
      )
    ])
    model.counters[1].key = .all
    var requests = [Request(0, "warm")]
    requests += ["a", "b", "c", "d"].map { Request(10_000, $0) }
    requests.append(Request(10_001, "d"))
    #expect(try await ReplayCase(requests: requests, model: model).words() == "P P P R R R")
  }

  @Test("requests wait in order, and no longer than the timeout (H4)")
  func queue() async throws {
    let model = GatewayModel.one(
      .concurrency(ConcurrencySettings(limit: 1, queue: .max, queueTimeout: 150_000)), key: .all)
    let requests = [0, 10, 20, 30].map { Request($0, lasts: 100) }
    #expect(try await ReplayCase(requests: requests, model: model).words() == "P D90 R R")
  }

  @Test("gives a place back when a later stage rejects")
  func placesComeBack() async throws {
    let model = GatewayModel.stages([(.sequence, [.places(1)]), (.sequence, [.nginx(1)])])
    let requests = [Request(0, lasts: 100), Request(200, lasts: 5_000), Request(300, lasts: 100), Request(1_000)]
    let decisions = try await ReplayCase(requests: requests, model: model).decisions()
    #expect((1...4).map { decisions.byLine[$0]?.first?.rule } == [-1, 1, 1, -1])
  }

  @Test("in dry run everything passes and would-be rejections are named")
  func dryRun() async throws {
    let model = GatewayModel.stages([(.allOrNothing, [.nginx(10)])], isDryRun: true)
    let requests = [0, 50, 99, 100].map { Request($0) }
    let decisions = try await ReplayCase(requests: requests, model: model).decisions()
    #expect((1...4).map { decisions.byLine[$0]?.first?.dryRunRule } == [-1, 0, 0, -1])
    #expect(decisions.byLine.values.allSatisfy { !$0[0].verdict.isRejected })
  }

  @Test(
    "a request without the key passes, is rejected, shares a key or is known by its address",
    arguments: [
      (LimitKey.Missing.passes, "P P"), (.rejects, "R R"), (.counts, "P R"), (.clientAddress, "P R"),
    ])
  func missingKey(missing: LimitKey.Missing, expected: String) async throws {
    let model = GatewayModel.one(.nginx(1), key: LimitKey([.column(.stored(.consumer))], missing: missing))
    #expect(try await ReplayCase(requests: [Request(0, nil), Request(1, nil)], model: model).words() == expected)
  }

  @Test("nodes that count for themselves let through as many each; a shared counter does not")
  func nodes() async throws {
    let requests = [Request(0, node: "n1"), Request(1, node: "n2"), Request(2, node: "n1"), Request(3, node: "n2")]
    #expect(try await ReplayCase(requests: requests, model: .one(.nginx(1))).words() == "P P R R")
    let shared = GatewayModel.stages([(.sequence, [.nginx(1)])], scope: .shared)
    #expect(try await ReplayCase(requests: requests, model: shared).words() == "P R R R")
    var counted = ReplayCase(requests: requests.map { Request($0.at) }, model: .one(.nginx(1)))
    counted.options.nodes = .count(3, .roundRobin)
    #expect(try await counted.words() == "P P P R")
  }

  @Test("a full counter forgets the key that was not used for longest")
  func eviction() async throws {
    let model = GatewayModel.stages([(.sequence, [.nginx(1)])], capacity: KeyCapacity(keys: 2))
    let requests = [Request(0, "a"), Request(1, "b"), Request(2, "a"), Request(3, "c"), Request(4, "a"), Request(5, "b")]
    // c pushes b out, as a was used since; b starts anew.
    #expect(try await ReplayCase(requests: requests, model: model).words() == "P P R P R P")
  }

  @Test("the first case that matches a request applies, and a rule's own condition lets others pass uncounted")
  func cases() async throws {
    var model = GatewayModel.one(.nginx(1), key: .all)
    let rule = model.rules[0]
    var login = rule
    login.match = RequestMatch([.init(.consumer, [.exact("a")])])
    model.policies[0].cases = [
      LimitCase(match: RequestMatch([.init(.path, [.prefix("/open")])]), stages: []),
      LimitCase(match: RequestMatch([.init(.path, [.exact("/login")])]), stages: [LimitStage([login])]),
      LimitCase(stages: [LimitStage([rule])]),
    ]
    let requests = [
      Request(0, path: "/open/1"), Request(1, path: "/open/2"), Request(2, path: "/x"), Request(3, "b", path: "/login"),
      Request(4, path: "/login"), Request(5, path: "/y"),
    ]
    #expect(try await ReplayCase(requests: requests, model: model).words() == "P P P P R R")
  }

  @Test("replays as many rules as a request can meet, and refuses more with an error")
  func manyRules() async throws {
    func words(_ count: Int) async throws -> String {
      let model = GatewayModel.stages((0..<count).map { _ in (.sequence, [.places(1)]) })
      return try await ReplayCase(requests: [Request(0, lasts: 9), Request(1), Request(20)], model: model).words()
    }
    #expect(try await words(64) == "P R P")
    await #expect(throws: ReplayError.tooManyRules(65)) { _ = try await words(65) }
  }

  @Test("gives the same decisions for any size of batch", arguments: [1, 2, 3, 50, 1_000])
  func batches(rows: Int) async throws {
    let model = GatewayModel.stages([
      (.allOrNothing, [.nginx(10, burst: 4, undelayed: 2), .nginx(7, burst: 3)]), (.sequence, [.places(2)]),
    ])
    var state: Int64 = 7
    var time: Int64 = 0
    let requests = (0..<500).map { _ -> Request in
      state = (state * 1_103_515_245 + 12_345) % (1 << 31)
      time += (state >> 16) % 60
      return Request(time, state % 3 == 0 ? "a" : "b", lasts: state % 300)
    }
    var reference = ReplayCase(requests: requests, model: model)
    let expected = try await reference.words()
    reference.batchRows = rows
    #expect(try await reference.words() == expected)
    #expect(expected.contains("R") && expected.contains("D"))
  }
}

extension LimiterSettings {
  static func places(_ limit: Int64) -> LimiterSettings { .concurrency(ConcurrencySettings(limit: limit)) }
  static func perSecond(_ limit: Int64, countsRejected: Bool) -> LimiterSettings {
    .fixedWindow(limit: limit, window: .calendar(.second), countsRejected: countsRejected)
  }
  static func perMinute(_ limit: Int64, countsRejected: Bool) -> LimiterSettings {
    .fixedWindow(limit: limit, window: .calendar(.minute), countsRejected: countsRejected)
  }
}

import TestSupport
import Testing
import Traffic

@testable import Analysis

@Suite("Clients and what they ask for") struct ClientKindTests {
  @Test(
    "user agents are told apart by what they say",
    arguments: [
      ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", ClientKind.browser),
      ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", .bot),
      ("ShopApp/7.0 (iPhone; iOS 18.0; Scale/3.00) CFNetwork/1568.000.51 Darwin/24.0.0", .app),
      ("ShopApp/7.3.0 (Linux; Android 15; Pixel 9) okhttp/4.12.0", .app), ("curl/8.5.0", .tool),
      ("python-requests/2.31.0", .library), ("Go-http-client/2.0", .library), ("kube-probe/1.29", .monitor),
      ("sqlmap/1.7 (https://sqlmap.org)", .scanner), ("", .none), ("-", .none), ("\u{0}<script>", .other),
    ])
  func kinds(agent: String, kind: ClientKind) { #expect(ClientKind(agent: agent) == kind) }

  @Test("no agent at all and one of a megabyte have a kind")
  func hostileAgents() {
    #expect(ClientKind(agent: nil) == ClientKind.none)
    #expect(ClientKind(agent: String(repeating: "a", count: 1 << 20) + "curl/") == .other)
  }

  @Test(
    "paths of scanners are known, ordinary ones are not",
    arguments: [
      ("/.env", true), ("/vendor/.env", true), ("/.git/config", true), ("/WP-Login.php", true),
      ("/a/../../etc/passwd", true), ("/x?f=..%2F..%2Fetc", true), ("/v1/orders/{uuid}", false), ("", false),
      ("/environment", false), ("/v1/git/commits", false),
    ])
  func paths(path: String, isHostile: Bool) { #expect(HostilePath.isOne(path) == isHostile) }

  @Test("agents, protocols, methods and hostile paths add up to a count by hand", arguments: [UInt64(1), 2])
  func counts(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var traffic = MemoryTraffic.generated(seed: seed, requests: 800)
    let agents = ["curl/8", "Mozilla/5.0", "kube-probe/1"].map { traffic.symbol($0) }
    let paths = ["/a", "/.git/config"].map { traffic.symbol($0) }
    for index in traffic.rows.indices {
      if Bool.random(using: &random) { traffic.rows[index].values[.userAgent] = agents.randomElement(using: &random) }
      if Bool.random(using: &random) { traffic.rows[index].values[.path] = paths.randomElement(using: &random) }
      traffic.rows[index].values[.wireProtocol] = [3, 4, nil].randomElement(using: &random)!
    }
    let use = try await AgentUse().answer(from: traffic)
    for row in use.rows {
      let mine = traffic.rows.filter { traffic.text($0[.userAgent]) == row.agent }
      #expect(row.answers.requests == Int64(mine.count))
      #expect(row.answers.serverErrors == Int64(mine.count { (500...599).contains($0[.status]) }))
      #expect(row.answers.limited == Int64(mine.count { $0[.status] == 429 }))
    }
    #expect(use.rows.count == 4)
    #expect(use.kinds.reduce(0) { $0 + $1.answers.requests } == 800)
    #expect(use.kinds.first { $0.kind == ClientKind.none }?.agents == 0)

    let spoken = try await ProtocolUse().answer(from: traffic)
    for row in spoken.protocols {
      let mine = traffic.rows.filter { WireProtocol(rawValue: $0[.wireProtocol])?.name == row.name }
      #expect(row.totals.requests == Int64(mine.count))
      #expect(row.bytesOut == mine.reduce(0) { $0 + $1[.bytesOut] })
    }
    #expect(spoken.methods.reduce(0) { $0 + $1.totals.requests } == 800)
    let left = traffic.rows.filter { !StatusRule.countsForLatency(status: $0[.status], outcome: $0[.outcome]) }
    #expect(spoken.leftOut.reduce(0) { $0 + $1.requests } == Int64(left.count))
    #expect(spoken.leftOut.first { $0.reason == .upgraded }?.requests == Int64(left.count { $0[.status] == 101 }))

    let hostile = try await HostilePaths().answer(from: traffic)
    let git = traffic.rows.filter { $0[.path] == paths[1] }
    #expect(hostile.map(\.template) == ["/.git/config"])
    #expect(hostile.first?.requests == Int64(git.count))
    #expect(hostile.first?.answered == Int64(git.count { (200...399).contains($0[.status]) }))
  }

  @Test("an endpoint that fails half of a stretch, or is left out of it, has an outage")
  func outages() {
    func stretch(_ number: Int64, _ requests: Int64, _ unserved: Int64 = 0) -> EndpointLoad.Stretch {
      var stretch = EndpointLoad.Stretch(start: Timestamp(microseconds: number * 300_000_000))
      (stretch.requests, stretch.unserved) = (requests, unserved)
      return stretch
    }
    let load = EndpointLoad.Answer(
      endpoints: [
        EndpointLoad.Endpoint(
          service: nil, upstream: "a", pool: 0,
          stretches: [stretch(0, 100), stretch(1, 100, 50), stretch(2, 100, 99), stretch(3, 100, 49), stretch(5, 10, 10)]),
        EndpointLoad.Endpoint(
          service: nil, upstream: "b", pool: 0,
          stretches: [stretch(0, 100), stretch(1, 100), stretch(2, 100), stretch(3, 100), stretch(4, 100)]),
      ], pools: 1, requests: 910, stretch: Microseconds(300_000_000))
    let outages = EndpointOutages(load).outages
    #expect(outages.map(\.upstream) == ["a", "a"])
    #expect(outages.map(\.state) == [.failing, .silent])
    #expect(outages.map(\.unserved) == [149, 0])
    #expect(outages.map(\.from.microseconds) == [300_000_000, 1_200_000_000])
    #expect(outages.map(\.until.microseconds) == [900_000_000, 1_500_000_000])
  }
}

import TestSupport
import Testing

/// A parameter set of nginx, and the load that goes with it.
struct NginxCase: Sendable, CustomTestStringConvertible {
  var name: String
  var zones: String
  var limits: String
  /// One caller's bearable rate and burst.
  var rate: Double
  var burst: Int
  var usesAddress = false
  var workers = 1
  var callers = 5
  var zonesOfOracle: [LeakyBucketOracle.Zone]
  var seed: UInt64 = 1

  var testDescription: String { name }

  private static let byKey = "limit_req_zone $http_x_api_key zone=keys:1m "
  private static let byAddress = "limit_req_zone $binary_remote_addr zone=clients:1m "

  static let all = [
    NginxCase(
      name: "burst 0", zones: byKey + "rate=8r/s;", limits: "limit_req zone=keys;", rate: 8, burst: 0,
      callers: 8, zonesOfOracle: [.perSecond(8)]),
    NginxCase(
      name: "burst at once", zones: byKey + "rate=5r/s;", limits: "limit_req zone=keys burst=6 nodelay;", rate: 5,
      burst: 6, callers: 8, zonesOfOracle: [.perSecond(5, burst: 6, undelayed: nil)], seed: 2),
    NginxCase(
      name: "burst queued", zones: byAddress + "rate=6r/s;", limits: "limit_req zone=clients burst=5;", rate: 6,
      burst: 5, usesAddress: true, callers: 8, zonesOfOracle: [.perSecond(6, burst: 5)], seed: 3),
    NginxCase(
      name: "burst partly delayed", zones: byKey + "rate=6r/s;",
      limits: "limit_req zone=keys burst=8 delay=4; limit_req_status 429;", rate: 6, burst: 8, callers: 8,
      zonesOfOracle: [.perSecond(6, burst: 8, undelayed: 4)], seed: 4),
    NginxCase(
      name: "two zones", zones: byKey + "rate=6r/s; limit_req_zone $server_name zone=all:1m rate=10r/s;",
      limits: "limit_req zone=keys burst=4 nodelay; limit_req zone=all burst=15 nodelay;", rate: 6, burst: 4,
      callers: 8, zonesOfOracle: [
        .perSecond(6, burst: 4, undelayed: nil),
        LeakyBucketOracle.Zone(milliRate: 10_000, burst: 15, undelayed: nil, isShared: true),
      ], seed: 5),
    NginxCase(
      name: "per minute", zones: byKey + "rate=100r/m;", limits: "limit_req zone=keys burst=3 nodelay;", rate: 1.67,
      burst: 3, callers: 24, zonesOfOracle: [.perMinute(100, burst: 3, undelayed: nil)], seed: 6),
    NginxCase(
      name: "per minute, burst 0", zones: byAddress + "rate=200r/m;", limits: "limit_req zone=clients;", rate: 3.3,
      burst: 0, usesAddress: true, callers: 16, zonesOfOracle: [.perMinute(200)], seed: 7),
    NginxCase(
      name: "two workers", zones: byKey + "rate=5r/s;", limits: "limit_req zone=keys burst=5 nodelay;", rate: 5,
      burst: 5, workers: 2, callers: 10, zonesOfOracle: [.perSecond(5, burst: 5, undelayed: nil)], seed: 8),
  ]
}

@Suite(
  "A real nginx", .serialized, .enabled(if: GatewayBinary.nginx.isPresent, "nginx is not installed: see Tests/run.sh"))
struct NginxProofTests {
  @Test("decides as its log replays", arguments: NginxCase.all) func verdicts(parameters: NginxCase) throws {
    let folder = try TemporaryFolder()
    let callers = Caller.several(parameters.callers)
    let schedule = Schedule(
      Schedule.Shape(callers: callers.count, rate: parameters.rate, burst: parameters.burst), seed: parameters.seed)
    let gateway = Nginx(zones: parameters.zones, limits: parameters.limits, workers: parameters.workers)
    let run = try gateway.run(
      schedule, callers: callers, binary: try #require(GatewayBinary.nginx.path), in: folder)
    let log = try ImportedLog(run.log, format: run.logFormat, in: folder)
    let evidence = Evidence("nginx, \(parameters.name)", log) { parameters.usesAddress ? $0.client : $0.consumer }
    #expect(log.requests.count == schedule.requests.count, "every request was answered and read")
    let bounds = Bounds(
      share: 0.995, openOrder: 1_000, knowsDelays: true, totals: 0.005, edge: 2_000)
    try evidence.judge(run, by: LeakyBucketOracle(parameters.zonesOfOracle), bounds, in: folder)
    try evidence.judgeCoarse(run, in: folder)
  }

  @Test("counts requests in progress as its log replays") func concurrency() throws {
    let folder = try TemporaryFolder()
    let callers = Caller.several(14)
    // Answers of 24 kB at 12 kB/s take about a second.
    var gateway = Nginx(
      zones: "limit_conn_zone $http_x_api_key zone=busy:1m;", limits: "limit_conn busy 3; limit_rate 12k;")
    gateway.answerBytes = 24_000
    let schedule = Schedule(Schedule.Shape(callers: callers.count, length: 7_000_000, rate: 4, burst: 3), seed: 9)
    let run = try gateway.run(schedule, callers: callers, binary: try #require(GatewayBinary.nginx.path), in: folder)
    let log = try ImportedLog(run.log, format: run.logFormat, in: folder)
    #expect(log.requests.count == schedule.requests.count, "every request was answered and read")
    try Evidence("nginx, limit_conn", log, key: \.consumer).judge(
      run, by: ConcurrencyOracle(limit: 3), Bounds(share: 0.995, openOrder: 1_000, totals: 0.005, edge: 2_000),
      in: folder)
  }
}

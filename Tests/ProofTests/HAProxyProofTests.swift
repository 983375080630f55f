import TestSupport
import Testing

/// A parameter set of HAProxy, and the load that goes with it.
struct HAProxyCase: Sendable, CustomTestStringConvertible {
  /// As written in the table's `store`.
  var period: String
  /// ms.
  var length: Int64
  var threshold: Int64
  var threads = 1
  var seed: UInt64

  var testDescription: String { "more than \(threshold) in \(period), threads \(threads)" }

  var rules: [String] {
    [
      "stick-table type ip size 1k expire 60s store http_req_rate(\(period))",
      "http-request track-sc0 src",
      "http-request deny deny_status 429 if { sc_http_req_rate(0) gt \(threshold) }",
    ]
  }

  static let all = [
    HAProxyCase(period: "1s", length: 1_000, threshold: 12, seed: 21),
    HAProxyCase(period: "2s", length: 2_000, threshold: 20, seed: 22),
    HAProxyCase(period: "10s", length: 10_000, threshold: 50, seed: 23),
    HAProxyCase(period: "500ms", length: 500, threshold: 6, seed: 24),
    HAProxyCase(period: "5s", length: 5_000, threshold: 30, threads: 2, seed: 25),
  ]
}

@Suite(
  "A real HAProxy", .serialized,
  .enabled(if: GatewayBinary.haproxy.isPresent, "haproxy is not installed: see Tests/run.sh"))
struct HAProxyProofTests {
  @Test("decides as its log replays", arguments: HAProxyCase.all) func verdicts(parameters: HAProxyCase) throws {
    let folder = try TemporaryFolder()
    let callers = Caller.several(8)
    let rate = Double(parameters.threshold) / Double(parameters.length) * 1_000
    let schedule = Schedule(
      Schedule.Shape(callers: callers.count, rate: rate, burst: Int(parameters.threshold) / 3), seed: parameters.seed)
    let run = try HAProxy(rules: parameters.rules, threads: parameters.threads).run(
      schedule, callers: callers, binary: try #require(GatewayBinary.haproxy.path), in: folder)
    let log = try ImportedLog(run.log, format: run.logFormat, in: folder)
    #expect(log.requests.count == schedule.requests.count, "every request was answered and read")
    let oracle = FrequencyCounterOracle(period: parameters.length, threshold: parameters.threshold)
    // `%tr` adds up differences of milliseconds and so may be one off, in either direction.
    let bounds = Bounds(share: 0.99, openOrder: 3_000, totals: 0.01)
    let evidence = Evidence("HAProxy, \(parameters.testDescription)", log, key: \.client)
    try evidence.judge(run, by: oracle, bounds, in: folder)
  }
}

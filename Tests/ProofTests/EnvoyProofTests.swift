import TestSupport
import Testing

/// A parameter set of Envoy, and the load that goes with it.
struct EnvoyCase: Sendable, CustomTestStringConvertible {
  var name: String
  var gateway: Envoy
  /// One bucket for all requests, or one per key.
  var isPerKey = false
  var oracle: TokenBucketOracle
  /// Requests per second of one caller, and its burst.
  var rate: Double
  var burst: Int
  var seed: UInt64

  var testDescription: String { name }

  static func bucket(_ capacity: Int, _ perFill: Int, _ interval: String) -> String {
    """
    stat_prefix: limit
    token_bucket: {max_tokens: \(capacity), tokens_per_fill: \(perFill), fill_interval: \(interval)}
    filter_enabled: {default_value: {numerator: 100, denominator: HUNDRED}}
    filter_enforced: {default_value: {numerator: 100, denominator: HUNDRED}}

    """
  }

  private static let keyed =
    "rate_limits:\n- actions:\n  - request_headers: {header_name: x-api-key, descriptor_key: client}\n"

  private static func descriptors(_ keys: Int, _ bucket: String) -> String {
    "descriptors:\n"
      + (0..<keys).map { "- entries: [{key: client, value: key-\($0)}]\n  token_bucket: \(bucket)\n" }.joined()
  }

  static let all = [
    EnvoyCase(
      name: "one bucket", gateway: Envoy(filter: bucket(20, 30, "1s")),
      oracle: TokenBucketOracle(capacity: 20, perFill: 30, interval: 1), rate: 5, burst: 5, seed: 31),
    EnvoyCase(
      name: "small intervals", gateway: Envoy(filter: bucket(10, 2, "0.1s")),
      oracle: TokenBucketOracle(capacity: 10, perFill: 2, interval: 0.1), rate: 4, burst: 6, seed: 32),
    EnvoyCase(
      name: "a minute's worth", gateway: Envoy(filter: bucket(60, 600, "60s"), threads: 2),
      oracle: TokenBucketOracle(capacity: 60, perFill: 600, interval: 60), rate: 5, burst: 6, seed: 33),
    EnvoyCase(
      name: "a bucket per key",
      gateway: Envoy(
        filter: bucket(1_000, 1_000, "1s")
          + descriptors(5, "{max_tokens: 6, tokens_per_fill: 8, fill_interval: 1s}"), rateLimits: keyed),
      isPerKey: true, oracle: TokenBucketOracle(capacity: 6, perFill: 8, interval: 1), rate: 8, burst: 6, seed: 34),
    EnvoyCase(
      name: "a route of its own",
      gateway: Envoy(
        filter: bucket(1_000, 1_000, "1s"), routeOverride: bucket(8, 12, "1s"),
        path: { $0 % 2 == 0 ? "/strict/\($0)" : "/r/\($0)" }),
      oracle: TokenBucketOracle(capacity: 8, perFill: 12, interval: 1), rate: 6, burst: 4, seed: 35),
  ]
}

@Suite(
  "A real Envoy", .serialized, .enabled(if: GatewayBinary.envoy.isPresent, "envoy is not installed: see Tests/run.sh"))
struct EnvoyProofTests {
  @Test("decides as its log replays", arguments: EnvoyCase.all) func verdicts(parameters: EnvoyCase) throws {
    let folder = try TemporaryFolder()
    let callers = Caller.several(parameters.isPerKey ? 5 : 8)
    let schedule = Schedule(
      Schedule.Shape(callers: callers.count, rate: parameters.rate, burst: parameters.burst), seed: parameters.seed)
    let run = try parameters.gateway.run(
      schedule, callers: callers, binary: try #require(GatewayBinary.envoy.path), in: folder)
    let log = try ImportedLog(run.log, format: run.logFormat, in: folder)
    #expect(log.requests.count == schedule.requests.count, "every request was answered and read")
    let hasRoutes = parameters.gateway.routeOverride != nil
    // Without the limit of its own, a route has room for everything that the schedule asks for.
    let evidence = Evidence("Envoy, \(parameters.name)", log, where: { !hasRoutes || $0.number % 2 == 0 }) {
      parameters.isPerKey ? $0.consumer : ""
    }
    // The filter reads its clock later than the start of the request was stamped, on a busy machine noticeably so.
    try evidence.judge(
      run, by: parameters.oracle, Bounds(share: 0.99, openOrder: 1_000, totals: 0.01), in: folder)
  }
}

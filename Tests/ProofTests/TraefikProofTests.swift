import TestSupport
import Testing

/// A parameter set of Traefik, and the load that goes with it.
struct TraefikCase: Sendable, CustomTestStringConvertible {
  var name: String
  var middleware: String
  var oracle: ReservationOracle
  var rate: Double
  var burst: Int
  /// Counted by the header, else by the address.
  var usesHeader = false
  var callers = 5
  var seed: UInt64

  var testDescription: String { name }

  static let all = [
    TraefikCase(
      name: "average and burst", middleware: "rateLimit: {average: 10, burst: 5}",
      oracle: ReservationOracle(average: 10, burst: 5), rate: 10, burst: 5, seed: 41),
    TraefikCase(
      name: "a burst of one", middleware: "rateLimit: {average: 8}", oracle: ReservationOracle(average: 8, burst: 1),
      rate: 8, burst: 1, seed: 42),
    TraefikCase(
      name: "per minute", middleware: "rateLimit:\n  average: 90\n  period: 1m\n  burst: 4",
      oracle: ReservationOracle(average: 90, period: 60, burst: 4), rate: 1.5, burst: 4, callers: 16, seed: 43),
    TraefikCase(
      name: "by a header",
      middleware: "rateLimit:\n  average: 20\n  burst: 10\n  sourceCriterion: {requestHeaderName: X-Api-Key}",
      oracle: ReservationOracle(average: 20, burst: 10), rate: 20, burst: 10, usesHeader: true, seed: 44),
  ]
}

@Suite(
  "A real Traefik", .serialized,
  .enabled(if: GatewayBinary.traefik.isPresent, "traefik is not installed: see Tests/run.sh"))
struct TraefikProofTests {
  @Test("decides as its log replays", arguments: TraefikCase.all) func verdicts(parameters: TraefikCase) throws {
    let folder = try TemporaryFolder()
    let callers = Caller.several(parameters.callers)
    let schedule = Schedule(
      Schedule.Shape(callers: callers.count, rate: parameters.rate, burst: parameters.burst), seed: parameters.seed)
    let run = try Traefik(middleware: parameters.middleware).run(
      schedule, callers: callers, binary: try #require(GatewayBinary.traefik.path), in: folder)
    let log = try ImportedLog(run.log, format: run.logFormat, in: folder)
    #expect(log.requests.count == schedule.requests.count, "every request was answered and read")
    let evidence = Evidence("Traefik, \(parameters.name)", log) { parameters.usesHeader ? $0.consumer : $0.client }
    try evidence.judge(run, by: parameters.oracle, Bounds(share: 0, openOrder: 1, totals: 0.02), in: folder)
  }
}

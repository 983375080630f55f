/// One thing that is measured. The result of every run is checked against the first: a fast wrong answer is no result.
protocol Scenario: Sendable {
  /// What follows `benchmarks` on the command line.
  static var name: String { get }
  /// What is counted per second, such as "lines".
  static var unit: String { get }
  init(file: String) async throws
  /// Work done in one run: units processed, and a value that must be the same every time.
  mutating func run() async throws -> (units: Int, check: UInt64)
}

let scenarios: [any Scenario.Type] = [
  BlocksScenario.self, DetectionScenario.self, ImportScenario.self, ScanScenario.self, PercentilesScenario.self,
  SizeScenario.self, GatherScenario.self, FrontierScenario.self, RecommendScenario.self,
  ReplayScenario.self, StackedReplayScenario.self, GridScenario.self, GridReplayScenario.self,
  ReportScenario.self,
]

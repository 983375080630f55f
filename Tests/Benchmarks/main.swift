import Foundation

// benchmarks SCENARIO FILE [RUNS]: median and spread of some runs of one scenario on one log, such as one of `night`.


func measure<S: Scenario>(_: S.Type, file: String, runs: Int) async throws {
  var scenario = try await S(file: file)
  var seconds: [Double] = []
  var first: (units: Int, check: UInt64)?
  for _ in 0..<runs {
    let clock = ContinuousClock()
    let start = clock.now
    let result = try await scenario.run()
    let time = clock.now - start
    seconds.append(Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)
    if let first, first != result { print("\(S.name): run gave \(result), first gave \(first)"); exit(1) }
    first = result
  }
  seconds.sort()
  let median = seconds[seconds.count / 2]
  let rate = Double(first!.units) / median / 1e6
  print(
    String(
      format: "%@: median %.3f s (%.3f…%.3f of %d runs), %.2f M %@/s, check %016lx", S.name, median, seconds[0],
      seconds[seconds.count - 1], runs, rate, S.unit, first!.check))
}

let arguments = CommandLine.arguments
guard arguments.count >= 3, let scenario = scenarios.first(where: { $0.name == arguments[1] }) else {
  print("usage: benchmarks \(scenarios.map { $0.name }.joined(separator: "|")) FILE [RUNS]")
  exit(2)
}
try await measure(scenario, file: arguments[2], runs: arguments.count > 3 ? Int(arguments[3]) ?? 10 : 10)

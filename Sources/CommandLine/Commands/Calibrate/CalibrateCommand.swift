import Analysis
import Gateways
import Planning
import Reporting
import Traffic

/// `calibrate`: how well a replay of the configuration that was in force gives what the gateway logged.
struct CalibrateCommand: Command {
  let words = ["calibrate"]
  let summary = "replay the configuration that was in force, and say how far to trust a what-if"
  let examples = [
    Example("headroom calibrate --config nginx.conf", "the file that wrote the log, against the log"),
    Example("headroom calibrate -c haproxy.cfg --since 1d", "the last day only"),
    Example("headroom calibrate -c envoy.yaml --require 99", "exit 1 below 99 % agreement, for a nightly check"),
  ]
  var options: [Option] {
    ReplayArguments.options + [
      Option(name: "require", value: "PERCENT", summary: "exit 1 when fewer requests than this agree"),
      Option(
        name: "warm-up", value: "LENGTH",
        summary: "leave out so much of the start, such as 10m (default: what the limits remember; 0 where the gateway"
          + " started with the log)"),
      Option(name: "no-keep", summary: "do not keep the result in the store for 'simulate' to print"),
    ] + CommonOptions.query
  }
  let remarks = [
    "The logged verdict is the gateway's own where the log has it, else a status that a limit answers with and no"
      + " upstream gave.",
    "Requests of one caller and route that arrive within the error of the log's clock are compared together, as their"
      + " order is unknown. A disagreement is near the edge when it vanishes as arrivals move by up to 2 ms.",
    "The start of the log, in which limits still depend on what came before it, is not judged.",
  ]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let (required, warmUp) = (try required(invocation), try warmUp(invocation))
    let arguments = ReplayArguments(invocation: invocation)
    let readings = try arguments.readings()
    guard let (path, reading) = readings.first, readings.count == 1 else {
      throw invocation.invalid("--config", readings[1].path, expected: "one file: the configuration that was in force")
    }
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    let scope = try invocation.scope(ledger)
    let calibration = try await CalibrationQuestion(
      reading.model, filter: scope.filter, options: try arguments.options(for: reading.model, ledger: ledger),
      threads: scope.threads, warmUp: warmUp
    ).answer(from: store.traffic)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let trust = Trust(calibration, configuration: name)
    try invocation.print(CalibrationPage(calibration: calibration, trust: trust).document)
    if !invocation.has("no-keep") {
      try await invocation.session.services.changeStore(invocation.storePath).keepNote(Trust.noteName, trust.sentence)
    }
    guard let required else { return .done }
    // A configuration without limits agrees with every log that has no rejection, and says nothing.
    let isChecked = !calibration.rules.isEmpty
    return isChecked && (calibration.agreement ?? 0) * 100 >= required ? .done : .answerIsNo
  }

  private func required(_ invocation: Invocation) throws -> Double? {
    guard let text = invocation.value("require") else { return nil }
    guard let percent = Double(text), (0...100).contains(percent) else {
      throw invocation.invalid("--require", text, expected: "a percentage from 0 to 100")
    }
    return percent
  }

  private func warmUp(_ invocation: Invocation) throws -> Microseconds? {
    guard let text = invocation.value("warm-up") else { return nil }
    if text == "0" { return Microseconds(0) }
    do { return try UnitText.parseDuration(text) } catch {
      throw invocation.invalid("--warm-up", text, expected: error.expected)
    }
  }
}

import Gateways
import Planning
import Reporting
import Scanning
import Simulation
import Traffic

/// What a reader must know to read the numbers right.
extension SimulationPage {
  var notes: [String] {
    var notes: [String] = []
    if scenarios.first?.impact.total.requests == 0 {
      notes.append(
        "No request is in the window, so nothing was replayed: 'headroom show sources' lists what is in the store;"
          + " check --since, --until and --where.")
    }
    if clients != .recorded {
      notes.append("Passed, delayed and rejected are attempts, retries included; requests and demand are without them.")
    }
    notes.append(
      trust ?? "How far to trust this is not known yet: 'headroom calibrate --config FILE' replays the configuration that"
        + " wrote the log and compares.")
    if growth != 1 {
      notes.append(
        "Traffic is \(growth) times the recorded: so many times the users, each as busy as before. Sessions (no pause over"
          + " half an hour) are copied whole and shifted by up to 30 s. The same users being busier is another question.")
    }
    if clients == .recorded, let baseline = scenarios.first?.impact, recordedRejections > 0 {
      notes.append(
        "\(UnitText.percentage(recordedRejections, of: baseline.total.attempts)) of the recorded requests were rejected by"
          + " a limit then, and are replayed with their recorded retries; --retries learned replays the demand behind them.")
    }
    for scenario in scenarios { notes += self.notes(of: scenario) }
    notes += uselessColumnNotes
    notes.append("A caller is the consumer, or where the log names none the client address.")
    return notes
  }

  private func notes(of scenario: Scenario) -> [String] {
    var notes: [String] = []
    let impact = scenario.impact
    if let storm = impact.storms.last, !storm.drains, clients != .recorded {
      notes.append(
        "\(scenario.name): the retry storm that begins at \(TimeText.iso(storm.start)) was still going on in the last"
          + " minute of the log"
          + (storm.sustainsItself ? ", whose demand alone is no more than a minute passed: retries keep it up." : "."))
    }
    if impact.model.rules.isEmpty { notes.append("\(scenario.name) has no limit that is read: every request passes.") }
    if impact.withoutArrival > 0 {
      notes.append(
        "\(UnitText.integer(impact.withoutArrival)) requests have no duration, and the log stamps their end: they are taken"
          + " to arrive then. A log format with the duration, or with the start, makes this exact.")
    }
    if let bounds = impact.bounds { notes.append("\(scenario.name): \(ImpactTables.words(bounds))") }
    notes += keyNotes(of: scenario) + KeyGapNotes(scenario: scenario, gaps: gaps).sentences
    let left = scenario.reading.ignored.count
    if left > 0, !explains {
      let settings = left == 1 ? "1 setting was" : "\(UnitText.integer(Int64(left))) settings were"
      notes.append("\(scenario.name): \(settings) not used; --explain lists them.")
    }
    return notes
  }

  /// A `--column` for a name that no limit counts by is most likely misspelt.
  private var uselessColumnNotes: [String] {
    let names = scenarios.flatMap { $0.impact.model.counters }.flatMap(\.key.parts).compactMap { part -> String? in
      switch part {
      case .column: nil
      case .header(let name): name
      case .unlogged(let words): words.lowercased()
      }
    }
    let given = Set(scenarios.flatMap { $0.options.keyColumns.keys })
    return given.subtracting(names).sorted().map { name in
      let meant = NearestWord.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? "."
      return "--column \(name)=… changes nothing: no limit counts by '\(name)'" + meant
    }
  }

  /// Key parts that the log does not have under their own name, and what stands for them.
  private func keyNotes(of scenario: Scenario) -> [String] {
    scenario.impact.model.counters.flatMap { counter in
      counter.key.parts.compactMap { part in
        let name: String
        switch part {
        case .column: return nil
        case .header(let header): name = "the header '\(header)'"
        case .unlogged(let words): name = "'\(words)'"
        }
        guard let column = scenario.options.column(for: part) else {
          return "\(scenario.name): \(counter.name) counts by \(name), which no column holds, so all requests share one"
            + " count; --column NAME=COLUMN says which column stands for it."
        }
        return "\(scenario.name): \(counter.name) counts by \(name); the column \(column.name) stands for it."
      }
    }
  }
}

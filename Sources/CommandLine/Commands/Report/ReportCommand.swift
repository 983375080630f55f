import Analysis
import Gateways
import Reporting
import Traffic

/// `report`: the page somebody opens in the morning.
struct ReportCommand: Command {
  let words = ["report"]
  let summary = "write the capacity report: HTML, Markdown, JSON"
  let examples = [
    Example("headroom report --html night.html --since 1d", "the last day, for a browser"),
    Example("headroom report --html night.html --markdown night.md", "the same for a ticket"),
    Example("headroom report --html night.html --since 1d --compare-to previous", "with what changed since the day before"),
    Example("headroom report -c now.conf -c next.conf --html what-if.html", "with the candidate beside what is in force"),
  ]
  var options: [Option] {
    [
      Option(name: "html", value: "FILE", summary: "write one HTML file that needs no network"),
      Option(name: "markdown", value: "FILE", summary: "write Markdown"),
      Option(name: "json", value: "FILE", summary: "write JSON"),
    ] + ReplayArguments.options + [CompareToArgument.option] + ObjectiveArguments.options + MutingArguments.options
      + [CommonOptions.store] + CommonOptions.window + CommonOptions.output + [
      CommonOptions.threads, CommonOptions.quiet,
    ]
  }

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    let scope = try invocation.scope(ledger)
    let configurations = try configurations(ReplayArguments(invocation: invocation), ledger)
    let night = Night(
      traffic: store.traffic, ledger: ledger, scope: scope, model: configurations.first?.reading.model)
    let earlier = try CompareToArgument(invocation).earlier(than: night)
    let newest = ledger.compactMap(\.lastArrival).max()
    let mutes = try MutingArguments(invocation).mutes()
    let report = Report(
      night: night, earlier: earlier, configurations: configurations,
      objective: try ObjectiveArguments(invocation: invocation).objective())
    // Rules and pages ask at the same time, so that their questions share readings.
    let work = night.announced {
      let judging = Task(
        operation: night.announced {
          Muting(try await FindingRules.findings(in: night, after: earlier), mutes: mutes, newest: newest)
        })
      let document = try await report.document(title: "Capacity report") { report.judged(try await judging.value) }
      return (document, try await judging.value)
    }
    let (document, muting) = try await work()
    try MutingArguments.tell(muting, invocation)
    let files = ["html", "markdown", "json"].compactMap { name in invocation.value(name).map { (name, $0) } }
    guard !files.isEmpty else {
      try invocation.print(document)
      return .done
    }
    for (name, path) in files { try write(document, as: name, to: path, invocation) }
    return .done
  }

  private func configurations(
    _ arguments: ReplayArguments, _ ledger: [LedgerEntry]
  ) throws -> [Report.Configuration] {
    guard arguments.invocation.has("config") else { return [] }
    return try arguments.readings().map { path, reading in
      Report.Configuration(
        name: path, reading: reading, options: try arguments.options(for: reading.model, ledger: ledger))
    }
  }

  private func write(_ document: Document, as name: String, to path: String, _ invocation: Invocation) throws {
    guard let renderer = Renderers.named(name) else { preconditionFailure("every file option has its renderer") }
    var file = try OutputFile(path: path)
    try file.sink.write(renderer.render(document, style: RenderStyle(clock: try invocation.clock())))
    try file.finish()
  }
}

extension Report {
  fileprivate func judged(_ muting: Muting) -> Report {
    var judged = self
    (judged.findings, judged.expiredMutes) = (muting.told, muting.expired)
    judged.muted = muting.muted.map(MutedFinding.init)
    return judged
  }
}

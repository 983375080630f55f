import Analysis
import Gateways
import Planning
import Reporting
import Simulation
import Traffic

/// `compare`: what changed between two windows, two stores, or two configurations.
struct CompareCommand: Command {
  let words = ["compare"]
  let summary = "what changed between two windows, stores or configurations, and what is only noise"
  let examples = [
    Example("headroom compare 2d..1d 1d", "the last day with the day before"),
    Example("headroom compare 1d", "the same: one window is compared with the one right before it"),
    Example("headroom compare 2026-11-20 2026-11-27", "a day with the same weekday a week later"),
    Example("headroom compare 2026-11-01..2026-11-08 2026-11-08..2026-11-15 --where 'route=/api/*'", "two weeks of some routes"),
    Example("headroom compare blue.db green.db", "two stores"),
    Example("headroom compare -c now.conf -c next.conf --since 1d", "two configurations on one day's traffic, request by request"),
  ]
  let arguments = [
    Argument(name: "EARLIER", summary: "a window, such as 2026-11-20, 2026-11-20..2026-11-22 or 2d..1d; or a store file", count: .optional),
    Argument(name: "LATER", summary: "what it is compared with, of the same kind", count: .optional),
  ]
  var options: [Option] { ReplayArguments.options + CommonOptions.query }
  let remarks = [
    "News is a change whose 95 % interval excludes no change and that is large enough to act on. Everything else is"
      + " noise, and the interval says how much of it there is. Windows may differ in length: rates are compared, not"
      + " counts.",
    "Two configurations are replayed on the same requests: 'newly rejected' met a limit of the second one only,"
      + " 'relieved' of the first one only.",
    "The answer is 0 whatever changed; 'headroom check --rules' decides whether that is allowed.",
  ]

  func run(_ invocation: Invocation) async throws -> ExitCode {
    let sides = invocation.arguments.positional
    if invocation.has("config") {
      guard sides.isEmpty else { throw UsageError(.conflict("--config", sides[0]), command: words) }
      try invocation.print(try await configurations(invocation))
      return .done
    }
    guard !sides.isEmpty else { throw UsageError(.missingArgument("EARLIER"), command: words) }
    let nights = try await ComparedNights(sides, invocation)
    guard
      let answer = try await nights.later.comparison(
        with: nights.earlier, dimensions: ComparisonDimension.allCases, isSameTraffic: nights.isOneStore)
    else {
      throw Diagnostic(
        "one of the two windows has no traffic", place: sides.joined(separator: " "),
        help: "'headroom show hours' lists the hours there are.")
    }
    let command = (["headroom compare"] + sides).joined(separator: " ")
    try invocation.print(
      Document(
        name: "comparison", title: "What changed", blocks: ComparisonBlocks(answer, command: command).blocks))
    return .done
  }

  private func configurations(_ invocation: Invocation) async throws -> Document {
    let arguments = ReplayArguments(invocation: invocation)
    let readings = try arguments.readings()
    guard readings.count == 2 else {
      throw invocation.invalid(
        "--config", "\(readings.count) configurations", expected: "two configurations: the one in force, then the candidate")
    }
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    let scope = try invocation.scope(ledger)
    var questions: [WhatIf] = []
    for (_, reading) in readings {
      let options = try arguments.options(for: reading.model, ledger: ledger)
      questions.append(WhatIf(reading.model, filter: scope.filter, options: options, threads: scope.threads))
    }
    let difference = try await ImpactDifference.between(questions[0], and: questions[1], on: store.traffic)
    return DifferencePage(
      difference: difference, names: readings.map(\.path), ledger: ledger, coarsest: ledger.map(\.resolution).max()
    ).document
  }
}

/// The two sides of a comparison: two windows of one store, or two stores.
struct ComparedNights {
  let earlier: Night
  let later: Night
  let isOneStore: Bool

  init(_ sides: [String], _ invocation: Invocation) async throws {
    let clock = try invocation.clock()
    let windows = sides.map { try? WindowArgument($0, of: "EARLIER", clock: clock) }
    let stores = zip(sides, windows).filter { $0.1 == nil }.map(\.0)
    for side in stores where !Self.looksLikeStore(side) {
      throw invocation.invalid(
        side == sides[0] ? "EARLIER" : "LATER", side, expected: WindowArgument.expected + ", or a store file")
    }
    if stores.count == 2 {
      earlier = try await Self.night(of: stores[0], invocation)
      later = try await Self.night(of: stores[1], invocation)
      isOneStore = false
      return
    }
    guard stores.isEmpty else {
      throw invocation.invalid(
        "LATER", sides.joined(separator: " "), expected: "two windows of one store, or two store files")
    }
    for option in ["since", "until"] where invocation.has(option) {
      throw UsageError(.conflict("--" + option, sides[0]), command: invocation.command.words)
    }
    (earlier, later) = try await Self.nights(windows.compactMap(\.self), invocation)
    isOneStore = true
  }

  private static func looksLikeStore(_ side: String) -> Bool {
    side.contains("/") || side.contains(".db") || side.contains(".sqlite")
  }

  private static func night(of path: String, _ invocation: Invocation) async throws -> Night {
    let store = try await invocation.session.services.openStore(path)
    let ledger = try await store.ledger()
    return Night(traffic: store.traffic, ledger: ledger, scope: try invocation.scope(ledger))
  }

  private static func nights(
    _ windows: [WindowArgument], _ invocation: Invocation
  ) async throws -> (earlier: Night, later: Night) {
    let store = try await invocation.openStore()
    let ledger = try await store.ledger()
    let scope = try invocation.scope(ledger)
    let newest = ledger.compactMap(\.lastArrival).max()
    func night(_ filter: TrafficFilter) -> Night {
      Night(traffic: store.traffic, ledger: ledger, scope: Scope(filter: filter, threads: scope.threads))
    }
    var later = scope.filter
    windows[windows.count - 1].apply(to: &later, newest: newest)
    guard windows.count == 1 else {
      var earlier = scope.filter
      windows[0].apply(to: &earlier, newest: newest)
      return (night(earlier), night(later))
    }
    guard let earlier = later.previous(newest: newest) else {
      throw invocation.invalid(
        "EARLIER", invocation.arguments.positional[0], expected: "a window with two ends, or two windows")
    }
    return (night(earlier), night(later))
  }
}

extension TrafficFilter {
  /// The same rows in the window right before this one, as long; nil where this one has no begin.
  func previous(newest: Timestamp?) -> TrafficFilter? {
    guard let since, let until = until ?? newest, since < until else { return nil }
    let (start, overflow) = since.microseconds.subtractingReportingOverflow((until - since).count)
    guard !overflow else { return nil }
    var previous = self
    (previous.since, previous.until) = (Timestamp(microseconds: start), since)
    return previous
  }
}

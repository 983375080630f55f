import Analysis
import Gateways
import Planning
import Simulation
import Statistics
import Traffic

/// What another limit would do: the baseline beside the candidates, and every limit of a grid.
struct WhatIfPage: ReportPage {
  let id = "what-if"
  let title = "What if"

  /// Rows of who and what is hit.
  private static let rows = 10

  func blocks(of report: Report) async throws -> [Document.Block]? {
    // At once: what the grid gathers shares a reading with what other pages ask, a replay has its own.
    async let replayed = replays(report)
    async let gridded = grid(report)
    let blocks = try await replayed + gridded
    return blocks.isEmpty ? nil : blocks
  }

  // MARK: Grid

  private func grid(_ report: Report) async throws -> [Document.Block] {
    let building = ExplorerBuilding(report: report)
    let kept = report.night.ledger.reduce(0) { $0 + $1.keptSingly }
    guard kept <= GridTraffic.mostRequests else {
      return [
        .note(
          "\(UnitText.integer(kept)) requests are too many to replay every limit of a grid: a shorter --since shows it.")
      ]
    }
    var explored: [ExplorerBuilding.Explored] = []
    for dialect in building.dialects {
      if let one = try await building.explore(dialect) { explored.append(one) }
    }
    guard let first = explored.first else { return [] }
    var blocks: [Document.Block] = [.explorer(building.explorer(explored))]
    blocks += explored.compactMap(building.frontier).map(Document.Block.figure)
    blocks += try await recommendation(first, report)
    if report.configurations.isEmpty { blocks.append(.note(Self.trust(report))) }
    return blocks
  }

  private static func trust(_ report: Report) -> String {
    report.trust
      ?? "How far to trust a replay is not known yet: 'headroom calibrate --config FILE' replays the configuration that"
      + " wrote the log and compares."
  }

  // MARK: Configurations

  private func replays(_ report: Report) async throws -> [Document.Block] {
    guard !report.configurations.isEmpty else { return [] }
    var entries: [ImpactTables.Entry] = []
    for configuration in report.configurations {
      let whatIf = WhatIf(
        configuration.reading.model, filter: report.night.scope.filter, options: configuration.options,
        threads: report.night.scope.threads)
      entries.append(
        ImpactTables.Entry(name: configuration.name, impact: try await whatIf.impact(on: report.night.traffic)))
    }
    guard entries.contains(where: { $0.impact.total.attempts > 0 }) else { return [] }
    let command = WhatIfCommand.simulate(report)
    let tables = ImpactTables(entries, ledger: report.night.ledger)
    var blocks = entries.enumerated().map { Document.Block.statement(Self.statement($0, $1, command)) }
    blocks += ([tables.totals] + tables.all.map { $0.cut(to: Self.rows) }).filter { !$0.rows.isEmpty }.map { table in
      var table = table
      table.key = "what_if_\(table.key)"
      table.derivation = command
      return .table(table)
    }
    blocks.append(.note(Self.trust(report)))
    for entry in entries {
      if let bounds = entry.impact.bounds { blocks.append(.note("\(entry.name): \(ImpactTables.words(bounds))")) }
    }
    return blocks
  }

  /// Consequence first: who loses what, and when.
  private static func statement(_ index: Int, _ entry: ImpactTables.Entry, _ command: Derivation) -> Statement {
    let (impact, total) = (entry.impact, entry.impact.total)
    let role = index == 0 ? "the baseline" : "a candidate"
    let key = "what_if_\(index)"
    guard total.rejected > 0 else {
      return Statement(
        key, .good, "Under \(.text(entry.name)) (\(Sentence(stringLiteral: role))) none of \(.integer(total.attempts)) requests is rejected.",
        command)
    }
    let hit = Int64(impact.callers.count { $0.counts.rejected > 0 })
    var sentence: Sentence =
      "Under \(.text(entry.name)) (\(Sentence(stringLiteral: role))) \(.integer(hit)) callers lose \(.ratio(total.rejected, of: total.attempts)) of all requests"
    if let caller = impact.callers.first {
      sentence = sentence + ", \(.text(caller.name ?? "(none)")) most: \(.ratio(caller.counts.rejected, of: caller.counts.attempts)) of its own"
    }
    if let minute = impact.worstMinute {
      sentence = sentence + "; the worst minute begins at \(.timestamp(minute.start)) and rejects \(.integer(minute.rejected))"
    }
    let longest = impact.callers.compactMap(\.lockOut).max { $0.length < $1.length }
    if let longest { sentence = sentence + "; the longest lock-out lasts \(.duration(longest.length))" }
    return Statement(key, .attention, sentence + ".", command)
  }

  // MARK: Recommendation

  /// The smallest safe limit, ready to paste.
  private func recommendation(
    _ explored: ExplorerBuilding.Explored, _ report: Report
  ) async throws -> [Document.Block] {
    let rules = LimitRules(explored.dialect, tolerance: .init(millionths: 1_000))
    guard let found = await SmallestSafe(rules, threads: report.night.scope.threads ?? 2).limit(for: explored.traffic),
      let written = explored.written
    else { return [] }
    let limit = LimitsWords.limit(found.limit.point, found.limit.size, explored.dialect)
    let text: String
    do throws(NotExpressible) {
      text = try written.text(at: found.limit.point, size: found.limit.size)
    } catch {
      return []
    }
    let command = Derivation.command(
      "headroom limits --recommend --tolerate 0.1% --for \(explored.dialect.product.rawValue)"
        + " --key \(explored.part.rawValue)" + WhatIfCommand.window(report.night.scope))
    return [
      .facts([
        Fact("recommended", "Smallest safe limit for each \(explored.part.rawValue)", .text(limit), command),
        Fact(
          "recommended_rejected", "It would have rejected", .ratio(found.rejected, of: explored.answer.requests), command),
      ]),
      .verbatim(text),
    ]
  }
}

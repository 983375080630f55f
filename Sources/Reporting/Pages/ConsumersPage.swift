import Analysis
import Traffic

/// Who calls, how hard in the worst second, minute and day, who is near a limit, who is rejected, and whose key is shared.
struct ConsumersPage: ReportPage {
  let id = "consumers"
  let title = "Consumers and quotas"

  func blocks(of report: Report) async throws -> [Document.Block]? {
    let callers = try await report.night.answer(Callers(scope: report.night.scope))
    guard let kind = CallerKind(callers) else { return nil }
    let night = report.night
    let busiest = NamedTop.rows(
      kind.rows(callers), CallerPeaks.most(in: night.span), by: \.answers.requests
    ) { night.traffic.text(of: $0.caller, in: kind.column) ?? "" }
    let limits = CallerLimits(report.configurations.first, key: kind.column)
    let peaks = try await night.answer(
      CallerPeaks(
        scope: night.scope, column: kind.column, callers: busiest.map(\.row.caller), lengths: limits.lengths))
    let usage = CallerTable(report: report, kind: kind, callers: callers, busiest: busiest, peaks: peaks)
    var blocks: [Document.Block] = [.table(usage.table), .note(usage.note)]
    blocks += limits.blocks(usage)
    if callers.total.limited > 0 {
      let spells = try await night.answer(RejectionSpells(scope: night.scope))
      blocks += ThrottledTable(report: report, kind: kind, callers: callers, spells: kind.rows(spells)).blocks
    }
    return blocks + SharedKeyTables(report: report, callers: callers).blocks
  }
}

/// Whether callers are told apart by the consumer, or where the log names none by their address.
enum CallerKind {
  case consumer, client

  init?(_ callers: Callers.Answer) {
    if callers.knowsConsumers {
      self = .consumer
    } else if callers.knowsClients {
      self = .client
    } else {
      return nil
    }
  }

  var column: ScanColumn {
    switch self {
    case .consumer: .stored(.consumer)
    case .client: .stored(.client)
    }
  }

  var label: String {
    switch self {
    case .consumer: "Consumer"
    case .client: "Client address"
    }
  }

  var noun: String {
    switch self {
    case .consumer: "consumers"
    case .client: "addresses"
    }
  }

  func rows(_ callers: Callers.Answer) -> [Callers.Row] {
    switch self {
    case .consumer: callers.consumers
    case .client: callers.clients
    }
  }

  func rows(_ spells: RejectionSpells.Answer) -> [RejectionSpells.Row] {
    switch self {
    case .consumer: spells.consumers
    case .client: spells.clients
    }
  }
}

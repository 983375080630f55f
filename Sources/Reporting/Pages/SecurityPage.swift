import Analysis
import Traffic

/// What does not look like customers: scanners, failing credentials, hostile paths, rate outliers; apart from the rest.
struct SecurityPage: ReportPage {
  let id = "security"
  let title = "Security"

  func blocks(of report: Report) async throws -> [Document.Block]? {
    let scope = report.night.scope
    let callers = try await report.night.answer(Callers(scope: scope))
    // Rollups know neither who called nor what for.
    guard callers.total.withStatus > 0 else { return nil }
    async let refusals = report.night.answer(AccessFailures(scope: scope))
    async let hostile = report.night.answer(HostilePaths(scope: scope))
    let signals = SecuritySignals(callers: callers, refusals: try await refusals, hostile: try await hostile)
    guard callers.knowsClients || callers.knowsConsumers || !signals.hostile.isEmpty else { return nil }
    let tables = SecurityTables(report: report, signals: signals)
    return tables.summary + tables.tables.map(Document.Block.table) + [.note(Self.note)]
  }

  private static let note =
    "Scanners: addresses with more than half of their answers 404, over more than \(SecuritySignals.mostTemplates)"
    + " different templates. Bursts: \(AccessFailures.fewest) or more answers 401 or 403 to one address in one minute of the"
    + " clock. Outliers: addresses with \(SecuritySignals.outlier) times the requests of the 99th of a hundred addresses."
    + " Hostile paths are looked for in templates, not in the values of queries. All of it is what logs show: a request"
    + " that was answered 404 did no harm here."
}

/// Who is suspected of what.
struct SecuritySignals {
  static let mostTemplates: Int64 = 20
  static let outlier: Int64 = 10
  /// Addresses that it takes for an outlier to mean something.
  static let fewestClients = 100

  let callers: Callers.Answer
  /// Scanners with their counts, by falling number of requests.
  let scanners: [(row: Callers.Row, unfound: AccessFailures.Unfound)]
  let bursts: [AccessFailures.Burst]
  let hostile: [HostilePaths.Row]
  /// Addresses with more requests than this are outliers; nil where addresses are few.
  let bound: Int64?
  let outliers: [Callers.Row]

  init(callers: Callers.Answer, refusals: AccessFailures.Answer, hostile: [HostilePaths.Row]) {
    self.callers = callers
    self.hostile = hostile
    bursts = refusals.bursts
    let clients = callers.clients.filter { $0.caller != .absent }
    let rows = Dictionary(clients.map { ($0.caller, $0) }) { first, _ in first }
    scanners = refusals.unfound.compactMap { unfound in
      guard unfound.templates > Self.mostTemplates, let row = rows[unfound.client],
        row.answers.notFound * 2 > row.answers.withStatus
      else { return nil }
      return (row: row, unfound: unfound)
    }
    guard clients.count >= Self.fewestClients else {
      (bound, outliers) = (nil, [])
      return
    }
    // By falling requests: the 99th of a hundred is the nearest rank from the other end.
    let bound = clients[clients.count - (clients.count * 99 + 99) / 100].answers.requests * Self.outlier
    self.bound = bound
    outliers = clients.filter { $0.answers.requests > bound }
  }

  /// Addresses that scan or fail to log in, each once, in order of number.
  var suspects: [Int64] {
    Set(scanners.map(\.row.caller)).union(bursts.map(\.client)).sorted()
  }
}

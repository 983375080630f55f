import Analysis
import Traffic

/// Keys that are used from unusually many addresses, and addresses behind which many keys are used.
struct SharedKeyTables {
  let report: Report
  let callers: Callers.Answer

  /// Fewer partners are ordinary, whatever others have.
  private static let fewest: Int64 = 10
  /// Times the median of all.
  private static let outlier: Int64 = 10
  private static let shown = 10

  var blocks: [Document.Block] {
    guard callers.knowsConsumers, callers.knowsClients else { return [] }
    let tables = [
      table("shared_keys", "Keys used from many addresses", .stored(.consumer), .stored(.client), callers.consumers),
      table("shared_addresses", "Addresses used by many consumers", .stored(.client), .stored(.consumer), callers.clients),
    ].compactMap { $0 }
    guard !tables.isEmpty else { return [] }
    return tables.map(Document.Block.table) + [
      .note(
        "Suspects of sharing have \(Self.fewest) partners or more, and \(Self.outlier) times the median. A key on many"
          + " addresses may be an app's, a fleet's, or leaked; an address with many consumers is a proxy or a network"
          + " behind one address, and a limit by address would hit all of them together.")
    ]
  }

  private func table(
    _ key: String, _ title: String, _ own: ScanColumn, _ other: ScanColumn, _ rows: [Callers.Row]
  ) -> Table? {
    let named = rows.filter { $0.caller != .absent }
    let partners = named.map(\.partners).sorted()
    guard !partners.isEmpty else { return nil }
    let bound = max(Self.fewest, partners[(partners.count - 1) / 2] * Self.outlier)
    let suspects = named.filter { $0.partners >= bound }
    guard !suspects.isEmpty else { return nil }
    let traffic = report.night.traffic
    let top = NamedTop.rows(suspects, Self.shown, by: \.partners) { traffic.text(of: $0.caller, in: own) ?? "" }
    var table = Table(
      key: key, title: title,
      columns: [
        Column(own.name, own.name == "client" ? "Address" : "Consumer", .text),
        Column("partners", own.name == "client" ? "Consumers" : "Addresses", .integer),
        Column("requests", "Requests", .integer), Column("share", "Share", .ratio),
      ],
      rows: top.map { row, name in
        [
          .text(name), .integer(row.partners), .integer(row.answers.requests),
          .ratio(row.answers.requests, of: callers.total.requests),
        ]
      }, noun: "suspects",
      derivation: report.follow(
        "\(own.name), count(DISTINCT \(other.name)) AS partners, count(*) AS requests, count(*) AS share_part,"
          + " (SELECT count(*) FROM requests\(SQLWhere.clause(report.night.scope.filter))) AS share_of",
        where: ["\(own.name) IS NOT NULL"],
        "GROUP BY \(own.name) HAVING count(DISTINCT \(other.name)) >= \(bound)"
          + " ORDER BY partners DESC, \(own.name) LIMIT \(Self.shown)", or: "headroom show consumers"))
    table.rowsInAll = suspects.count
    return table
  }
}

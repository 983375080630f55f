import Analysis
import Gateways
import Planning
import Reporting
import Traffic

/// `headroom limits --verify FILE`: are the limits still what the certificate says?
struct LimitsVerification {
  let store: any OpenStore
  let ledger: [LedgerEntry]
  let invocation: Invocation

  func run(_ path: String) async throws -> ExitCode {
    let file = try CertificateFile(reading: path)
    let scope = try scope(of: file)
    let sources = ledger.reduce(into: [:]) { $0[$1.number] = $1.path }
    var gathered: [ArrivalKey: KeyedTraffic] = [:]
    var rows: [[Cell]] = []
    for (index, entry) in file.limits.enumerated() {
      guard let certificate = entry.certificate else {
        throw Diagnostic(
          "limit \(index + 1) of the certificate says nothing that can be checked", place: path,
          help: "make it again with --certificate.")
      }
      let key = ArrivalKey(certificate.parts)
      let traffic =
        if let known = gathered[key] { known } else { try await KeyedTraffic(store.traffic, by: key, scope: scope) }
      gathered[key] = traffic
      let failures = try await certificate.failures(on: traffic, sources: sources)
      rows.append(Self.cells(certificate, failures))
    }
    try invocation.print(Self.document(path, rows))
    return rows.allSatisfy { $0[2] == .flag(true) } ? .done : .answerIsNo
  }

  private func scope(of file: CertificateFile) throws -> Scope {
    let clock = try ZoneArgument.clock(file.tz)
    var filter = TrafficFilter(
      since: Timestamp(microseconds: file.since_us), until: Timestamp(microseconds: file.until_us))
    for text in file.conditions { filter.conditions += try FilterArgument.conditions(text, clock: clock) }
    return Scope(filter: filter, threads: try invocation.count("threads"))
  }

  private static func cells(_ certificate: LimitCertificate, _ failures: [LimitCertificate.Failure]) -> [Cell] {
    let limit = LimitsWords.limit(certificate.point, certificate.written.size, certificate.dialect)
    return [
      .text(LimitsWords.key(certificate.key)), .text("\(certificate.dialect.product.rawValue) \(limit)"),
      .flag(failures.isEmpty), .text(failures.map(words).joined(separator: "; ")),
    ]
  }

  private static func document(_ path: String, _ rows: [[Cell]]) -> Document {
    let held = rows.count { $0[2] == .flag(true) }
    return Document(
      name: "limits-verification", title: "Limits, checked again",
      blocks: [
        .facts([
          Fact("certificate", "Certificate", .text(path)), Fact("limits", "Limits", .integer(Int64(rows.count))),
          Fact("held", "Still hold", .ratio(Int64(held), of: Int64(rows.count))),
        ]),
        .table(
          Table(
            key: "limits",
            columns: [
              Column("key", "Key", .text), Column("limit", "Limit", .text), Column("holds", "Holds", .flag),
              Column("why", "Why not", .text),
            ], rows: rows)),
      ])
  }

  private static func words(_ failure: LimitCertificate.Failure) -> String {
    switch failure {
    case .noRequests: "the store has no requests of this key in the window"
    case .requests(let was, let now):
      "\(UnitText.integer(now)) requests are in the window, \(UnitText.integer(was)) were"
    case .rejectsTooMuch(let size, let rejected, let allowed):
      "size \(size) rejects \(UnitText.integer(rejected)), and \(UnitText.integer(allowed)) are tolerated"
    case .rejectedOther(let size, let was, let now):
      "size \(size) rejects \(UnitText.integer(now)), it was \(UnitText.integer(was))"
    case .lowerIsSafe(let size, let rejected, let allowed):
      "one lower, \(size), is enough: it rejects \(UnitText.integer(rejected)), and \(UnitText.integer(allowed)) are tolerated"
    case .notOneLower(let smallest, let tried):
      "nothing shows that \(smallest) is the smallest size: "
        + (tried.map { "one lower is \(smallest - 1), not \($0)" } ?? "one lower is missing")
    case .breaksElsewhere(let was, let now):
      "one lower breaks first at \(now.map(place) ?? "a request that cannot be found"), it was \(place(was))"
    }
  }

  private static func place(_ request: LimitCertificate.Request) -> String { "\(request.source):\(request.line)" }
}

import Analysis
import Gateways
import Planning
import Reporting
import Statistics
import Traffic

/// The answer of `headroom limits` as a document.
struct LimitsDocument {
  let work: LimitsWork
  let frontier: LimitsWork.Frontier
  let recommendation: LimitsWork.Recommendation?
  /// Who writes the product's configuration.
  let reader: (any GatewayReader)?

  private var request: LimitsRequest { work.request }
  private var dialect: LimitDialect { request.dialect }
  private var isPair: Bool { request.key.parts.count > 1 }

  var document: Document {
    var blocks: [Document.Block] = [.facts(facts), .table(curve)]
    if !frontier.recorded.keyRows.isEmpty { blocks.append(.table(keyCurves)) }
    if let recommendation {
      blocks += LimitsProposals(work: work, recommendation: recommendation, reader: reader).blocks
    }
    return Document(name: "limits", title: "Limits", blocks: blocks + notes.map { .note($0) })
  }

  // MARK: Facts

  private var facts: [Fact] {
    let census = work.traffic.census
    return [
      Fact("requests", "Requests", .integer(census.requests)),
      Fact("key", "Counted by", .text(keyName)),
      Fact("keys", "Keys", .integer(work.profiles.keys)),
      Fact("without_key", "Requests without key", .ratio(census.withoutKey, of: census.requests)),
      Fact("first", "First arrival", .time(census.first)),
      Fact("last", "Last arrival", .time(census.last)),
      Fact("mean_rate", "Mean of all", .rate(census.requests, over: census.span)),
      Fact("busiest_rate", "Mean of the busiest key", .rate(work.profiles.mostRequests, over: census.span)),
      Fact("peak", "Most of one key in a second", .integer(work.profiles.peak)),
      Fact("recorded_rejections", "Rejected when recorded", .ratio(census.rejected, of: census.requests)),
      Fact("for", "Limiter", .text(dialect.product.rawValue)),
    ]
  }

  private var keyName: String {
    request.key.parts.isEmpty ? "all" : request.key.parts.map(\.rawValue).joined(separator: " and ")
  }

  // MARK: Curve

  private var curve: Table {
    let rates = dialect.axis == .rate
    var columns =
      rates
      ? [Column("limit", "Rate", .text), Column("rate", "Per second", .rate)]
      : [Column("window", "Window", .duration)]
    columns.append(Column("size", dialect.sizeWord.capitalisedFirst, .integer))
    if frontier.worst != nil {
      columns += [Column("size_spread", "If spread", .integer), Column("size_worst", "At worst", .integer)]
    }
    let quantiles = request.key.parts.isEmpty ? [] : request.quantiles
    columns += quantiles.map { quantile in
      let name = Self.name(quantile)
      return Column("keys_\(name)", "\(name) of keys", .integer)
    }
    if rates { columns += [Column("queue", "Queue", .integer), Column("drained", "Drained", .duration)] }
    if !request.key.parts.isEmpty { columns.append(Column("needed_by", "Needed by", .text)) }
    return Table(
      key: "frontier", title: "Smallest \(dialect.sizeWord) that rejects nothing", columns: columns,
      rows: frontier.recorded.rows.indices.map { cells($0) }, noun: rates ? "rates" : "windows")
  }

  private func cells(_ index: Int) -> [Cell] {
    let row = frontier.recorded.rows[index]
    var cells: [Cell] =
      switch row.point {
      case .rate(let rate): [.text(LimitsWords.rate(rate)), .rate(rate.count, over: Microseconds(rate.period))]
      case .window(let window): [.duration(window)]
      }
    cells.append(.count(row.size))
    if let worst = frontier.worst {
      cells += [.count(frontier.spread?.rows[index].size), .count(worst.rows[index].size)]
    }
    for (quantile, size) in zip(request.quantiles, row.quantiles) {
      let keys = Int(frontier.recorded.keys)
      cells.append(
        quantile.isSupported(by: keys)
          ? .count(size) : .tooFew(samples: Int64(keys), needed: Int64(quantile.fewestSamples)))
    }
    if dialect.axis == .rate {
      cells += [row.queue.map { .real($0.requests) } ?? .absent, LimitsWords.drained(row.point, row.size ?? 0)]
    }
    if !request.key.parts.isEmpty { cells.append(.words(row.key.map(text))) }
    return cells
  }

  /// `p99`, `p99.9`.
  private static func name(_ quantile: Quantile) -> String {
    let whole = quantile.millionths / 10_000
    var rest = String(String(quantile.millionths % 10_000 + 10_000).dropFirst())
    while rest.hasSuffix("0") { rest.removeLast() }
    return "p\(whole)" + (rest.isEmpty ? "" : "." + rest)
  }

  private func text(_ key: GroupKey) -> String {
    LimitsWords.key(request.key.texts(of: key, in: work.traffic.traffic))
  }

  /// The curves of the busiest keys, one after another.
  private var keyCurves: Table {
    let place = Dictionary(uniqueKeysWithValues: work.profiles.busiest.enumerated().map { ($1.key, $0) })
    let rows = frontier.recorded.keyRows.enumerated().sorted {
      (place[$0.element.key] ?? 0, $0.offset) < (place[$1.element.key] ?? 0, $1.offset)
    }.map(\.element)
    return Table(
      key: "keys", title: "The busiest keys",
      columns: [
        Column("key", keyName.capitalisedFirst, .text), Column("requests", "Requests", .integer), Column("peak", "Peak/s", .integer),
        Column("limit", dialect.axis == .rate ? "Rate" : "Window", .text),
        Column("size", dialect.sizeWord.capitalisedFirst, .integer), Column("queue", "Queue", .integer),
        Column("drained", "Drained", .duration),
      ],
      rows: rows.map { row in
        let profile = place[row.key].map { work.profiles.busiest[$0] }
        return [
          .text(text(row.key)), .count(profile?.requests), .count(profile?.peak), .text(LimitsWords.point(row.point)),
          .integer(row.size), row.queue.map { .real($0.requests) } ?? .absent,
          LimitsWords.drained(row.point, row.size),
        ]
      }, noun: "points")
  }

  // MARK: Notes

  private var notes: [String] {
    [rejectedNote, tickNote, withoutKeyNote, nodesNote].compactMap { $0 }
  }

  private var rejectedNote: String? {
    let census = work.traffic.census
    guard census.rejected > 0 else { return nil }
    return "\(UnitText.integer(census.rejected)) of \(UnitText.integer(census.requests)) requests"
      + " (\(UnitText.percentage(census.rejected, of: census.requests))) were rejected by a limiter when they were"
      + " recorded. They and their retries count as demand here, and clients that gave up are missing: the need"
      + " without that limit may be lower or higher."
  }

  private var tickNote: String? {
    guard let tick = work.tick else { return nil }
    let finer = work.sources.contains { $0.resolution < tick } ? " Some sources are finer; they are treated alike." : ""
    return "Time stamps are whole steps of \(UnitText.duration(tick)): what happens inside one is not known. The table has"
      + " the need with all requests of a step at once, as recorded; spread evenly over the step; and at worst, with"
      + " those of neighbouring steps back to back. The truth is not above the worst. Recommendations take the requests"
      + " of a step at once." + finer
  }

  private var withoutKeyNote: String? {
    let census = work.traffic.census
    guard census.withoutKey > 0 else { return nil }
    return "\(UnitText.integer(census.withoutKey)) requests without \(keyName) are not counted: no limit by it meets them."
  }

  private var nodesNote: String? {
    let nodes = Set(work.sources.compactMap(\.node)).count
    let shares: Set<GatewayProduct> = [.envoyRateLimit, .aws, .springCloudGateway]
    guard nodes > 1, !request.key.parts.contains(.node), !shares.contains(dialect.product) else { return nil }
    return "The requests are of \(nodes) nodes together, and \(dialect.product.rawValue) counts on each node for itself:"
      + " each may need less. --key node added to the key has the need per node."
  }
}

extension String {
  /// As a heading: `Burst`.
  var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}

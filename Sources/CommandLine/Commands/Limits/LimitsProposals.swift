import Gateways
import Planning
import Reporting
import Statistics
import Traffic

/// The recommended limits: in words, as a table, and as configuration to paste.
struct LimitsProposals {
  let work: LimitsWork
  let recommendation: LimitsWork.Recommendation
  let reader: (any GatewayReader)?

  private var request: LimitsRequest { work.request }
  private var rules: LimitRules { request.rules }

  var blocks: [Document.Block] {
    guard !recommendation.rows.isEmpty else {
      return [.paragraph("No limit keeps rejections within the tolerance.")]
    }
    var blocks: [Document.Block] = []
    if recommendation.rows[0].key == nil { blocks.append(.paragraph(sentence)) }
    blocks.append(.table(table))
    return blocks + pastes
  }

  // MARK: In words

  private var sentence: String {
    let (proposal, certificate) = (recommendation.rows[0].proposal, recommendation.certificates[0])
    let written = proposal.written
    let limit = LimitsWords.limit(proposal.limit.point, proposal.limit.size, rules.dialect)
    let who = request.key.parts.isEmpty ? "for all requests together" : "for each " + keyName
    var text = "\(limit) \(who) would have rejected "
    text += written.rejected == 0 ? "nothing" : rejections(written)
    text += " in \(UnitText.duration(work.traffic.census.span))."
    guard let below = proposal.below else { return text + " There is no smaller one at this rate." }
    let allowed = rules.allowed(of: written.requests)
    let bound = allowed == 0 ? "rejects nothing" : "rejects at most \(UnitText.integer(allowed)) (\(tolerance))"
    text += " The smallest \(rules.dialect.sizeWord) that \(bound) is \(UnitText.integer(proposal.limit.smallest));"
    text += " with \(UnitText.integer(proposal.limit.smallest - 1)) it rejects \(rejections(below))"
    if let breaking = certificate.breaking {
      text += ", first \(breaking.source):\(breaking.line) (\(LimitsWords.key(breaking.key)))"
    }
    return text + "."
  }

  private func rejections(_ tally: ReplayTally) -> String {
    let share = UnitText.percentage(tally.rejected, of: tally.requests)
    let keys = tally.keys > 1 ? " of \(UnitText.integer(tally.keysHit)) of \(UnitText.integer(tally.keys)) keys" : ""
    return "\(UnitText.integer(tally.rejected)) of \(UnitText.integer(tally.requests)) requests (\(share))\(keys)"
  }

  private var tolerance: String {
    UnitText.percentage(Int64(rules.tolerance.millionths), of: 1_000_000)
  }

  private var keyName: String { request.key.parts.map(\.rawValue).joined(separator: " and ") }

  // MARK: Table

  private var table: Table {
    let columns = [
      Column("key", request.key.parts.isEmpty ? "Key" : keyName.capitalisedFirst, .text), Column("requests", "Requests", .integer),
      Column("limit", rules.dialect.axis == .rate ? "Rate" : "Window", .text),
      Column("size", "Write " + rules.dialect.sizeWord, .integer), Column("smallest", "Smallest", .integer),
      Column("rejected", "Rejected", .ratio), Column("keys_hit", "Keys hit", .integer),
      Column("worst_key", "Loses most", .text), Column("worst_key_rejected", "Of its requests", .ratio),
      Column("lockout", "Longest lock-out", .duration), Column("worst_minute", "Worst minute", .timestamp),
      Column("worst_minute_rejections", "Rejected then", .integer),
      Column("rejected_below", "One lower rejects", .ratio), Column("breaks_source", "First there", .text),
      Column("breaks_line", "Line", .integer), Column("breaks", "Arrived", .timestamp),
    ]
    var table = Table(
      key: "recommendation", title: "Smallest limits that reject at most \(tolerance)", columns: columns,
      rows: zip(recommendation.rows, recommendation.certificates).map { cells($0.key, $0.proposal, $1) }, noun: "keys")
    table.rowsInAll = recommendation.count
    return table
  }

  private func cells(
    _ key: GroupKey?, _ proposal: LimitRecommendation.Proposal, _ certificate: LimitCertificate
  ) -> [Cell] {
    let written = proposal.written
    let worst = written.worst
    return [
      .text(LimitsWords.key(certificate.key)), .integer(written.requests),
      .text(LimitsWords.point(proposal.limit.point)), .integer(proposal.limit.size),
      .integer(proposal.limit.smallest), .ratio(written.rejected, of: written.requests), .integer(written.keysHit),
      .words(worst.map { LimitsWords.key(request.key.texts(of: $0.key, in: work.traffic.traffic)) }),
      worst.map { .ratio($0.rejected, of: $0.requests) } ?? .absent,
      written.rejected > 0 ? .duration(written.lockout) : .absent, .time(written.worstMinute?.start),
      .count(written.worstMinute?.rejected), proposal.below.map { .ratio($0.rejected, of: $0.requests) } ?? .absent,
      .words(certificate.breaking?.source), .count(certificate.breaking?.line), .time(certificate.breaking?.arrival),
    ]
  }

  // MARK: Configuration

  private var pastes: [Document.Block] {
    guard let reader else {
      return [.note("No configuration text: \(rules.dialect.product.rawValue) cannot be written yet.")]
    }
    guard recommendation.rows[0].key == nil else {
      return [.note("Configuration to paste gives every key the same limit: without --per-key it is printed.")]
    }
    return paste(recommendation.rows[0].proposal.limit, by: reader)
  }

  private func paste(_ limit: FoundLimit, by reader: any GatewayReader) -> [Document.Block] {
    var proposal = LimitProposal(
      name: name, key: request.key.limitKey,
      limiter: rules.dialect.settings(limit.point, size: limit.size), status: 429)
    var refusal: NotExpressible?
    for key in [request.key.limitKey, byHeader] {
      // What a product cannot do with requests that lack the key is said, not a reason to say nothing.
      for missing in [LimitKey.Missing.passes, .counts, .clientAddress, .rejects] {
        proposal.key = LimitKey(key.parts, missing: missing)
        do throws(NotExpressible) {
          return [.verbatim(try reader.text(for: proposal))] + headerNote(key) + missingNote(missing)
        } catch {
          refusal = refusal ?? error
        }
      }
    }
    return [.note("\(rules.dialect.product.rawValue) cannot say this limit: \(refusal?.reason ?? "no reason given")")]
  }

  private static let header = "x-api-key"

  /// The key for products that know no consumers: by the header that names them.
  private var byHeader: LimitKey {
    LimitKey(request.key.limitKey.parts.map { $0 == .column(.stored(.consumer)) ? .header(Self.header) : $0 })
  }

  private func headerNote(_ key: LimitKey) -> [Document.Block] {
    guard key.parts.contains(.header(Self.header)) else { return [] }
    return [.note("Put the header that names the consumer for \(Self.header).")]
  }

  private func missingNote(_ missing: LimitKey.Missing) -> [Document.Block] {
    let what: String? =
      switch missing {
      case .passes: nil
      case .counts: "share one limit"
      case .clientAddress: "are counted by their address"
      case .rejects: "are rejected"
      }
    guard let what, work.traffic.census.withoutKey > 0 else { return [] }
    return [.note("With this configuration requests without \(keyName) \(what); the numbers here leave them out.")]
  }

  /// `per_consumer_route`.
  private var name: String {
    let parts = request.key.parts.filter { $0 != .node }.map(\.rawValue)
    return parts.isEmpty ? "all_requests" : "per_" + parts.joined(separator: "_")
  }
}

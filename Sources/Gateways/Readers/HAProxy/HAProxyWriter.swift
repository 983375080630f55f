import Traffic

/// Lines that make HAProxy enforce a limit: a table in a section of its own, and the rules of a frontend. As printed it
/// is a configuration that `HAProxyReader` reads back.
struct HAProxyWriter {
  private let proposal: LimitProposal

  init(_ proposal: LimitProposal) { self.proposal = proposal }

  /// Statuses that `deny` has a page for.
  private static let statuses: Set = [
    200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 421, 422, 425, 429, 500, 501, 502, 503, 504,
  ]

  func text() throws(NotExpressible) -> String {
    let key = try Self.key(proposal.key)
    let track = "http-request track-sc0 \(key.fetch) table \(proposal.name)"
    switch proposal.limiter {
    case .frequencyCounter(let period, let threshold, let counting):
      guard period > 0, period.isMultiple(of: 1000), period / 1000 <= 2_147_483_647 / 2, threshold >= 0,
        threshold < .max
      else {
        throw NotExpressible("HAProxy counts over whole milliseconds, at most 12 days")
      }
      let time = HAProxyNumber.text(milliseconds: period / 1000)
      let table =
        "stick-table type \(key.type) size 1m expire \(HAProxyNumber.text(milliseconds: period / 1000 * 2)) store http_req_rate(\(time))"
      switch counting {
      case .beforeJudging:
        return text(table, [track, try reject("sc_http_req_rate(0) gt \(threshold)")])
      case .afterPassing:
        return text(
          table, [try reject("\(key.fetch),table_http_req_rate(\(proposal.name)) gt \(threshold)"), track])
      case .never: throw NotExpressible("a rule that only reads a counter needs another that counts")
      }
    case .concurrency(let settings):
      guard settings == ConcurrencySettings(limit: settings.limit), settings.limit >= 1 else {
        throw NotExpressible("conn_cur rejects at once and has no queue")
      }
      let table = "stick-table type \(key.type) size 1m expire 1m store conn_cur"
      return text(table, [track, try reject("sc_conn_cur(0) gt \(settings.limit)")])
    default: throw NotExpressible("HAProxy has frequency counters and concurrency")
    }
  }

  private func text(_ table: String, _ rules: [String]) -> String {
    """
    # a section of its own
    backend \(proposal.name)
        \(table)

    # put these rules into the frontend to limit
    frontend limited
        mode http
        \(rules.joined(separator: "\n    "))

    """
  }

  private func reject(_ condition: String) throws(NotExpressible) -> String {
    switch proposal.status {
    case 0: return "http-request silent-drop if { \(condition) }"
    case 403: return "http-request deny if { \(condition) }"
    case let status where Self.statuses.contains(status):
      return "http-request deny deny_status \(status) if { \(condition) }"
    case 200...599: return "http-request return status \(proposal.status) if { \(condition) }"
    default: throw NotExpressible("a status is 200 to 599")
    }
  }

  private static func key(_ key: LimitKey) throws(NotExpressible) -> (fetch: String, type: String) {
    guard key.parts.count <= 1 else {
      throw NotExpressible("a stick table has one key; combined ones need set-var first")
    }
    guard let part = key.parts.first else { return ("int(1)", "integer") }
    let found = try fetch(for: part)
    guard found.isAlwaysThere || key.missing == .passes else {
      throw NotExpressible("HAProxy does not track requests without a key")
    }
    return (found.fetch, found.type)
  }

  private static func fetch(
    for part: LimitKey.Part
  ) throws(NotExpressible) -> (fetch: String, type: String, isAlwaysThere: Bool) {
    let string = "string len 128"
    switch part {
    // Addresses of version 4 fit into this type, those of version 6 do not into `ip`.
    case .column(.stored(.client)): return ("src", "ipv6", true)
    case .column(.stored(.path)): return ("path", string, true)
    case .column(.stored(.method)): return ("method", string, true)
    case .column(.stored(.host)): return ("req.hdr(host)", string, true)
    case .column(.stored(.consumer)): return ("http_auth_user", string, false)
    case .column(.stored(.userAgent)): return ("req.hdr(user-agent)", string, false)
    case .column(.stored(.referer)): return ("req.hdr(referer)", string, false)
    case .header(let name)
    where !name.isEmpty && RequestHeader.column(of: name) == nil
      && name.utf8.allSatisfy({
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || "-_".utf8.contains($0)
      }):
      return ("req.hdr(\(name))", string, false)
    default: throw NotExpressible("HAProxy has no sample for this key")
    }
  }
}

/// A proposed limit as a domain of its own.
struct EnvoyRateLimitProposal {
  private let proposal: LimitProposal
  private let limit: Int64
  private let unit: String

  /// - Throws: where the service has no such limiter, key or status.
  init(_ proposal: LimitProposal) throws(NotExpressible) {
    self.proposal = proposal
    guard case .fixedWindow(let limit, .aligned(let length, 0), true) = proposal.limiter,
      let unit = EnvoyRateLimitDomain.units.first(where: { $0.seconds * 1_000_000 == length })
    else {
      throw NotExpressible(
        "the rate limit service counts, rejected requests as well, in windows of a second to a year of 365 days"
      )
    }
    guard (0...Int64(UInt32.max)).contains(limit) else {
      throw NotExpressible("requests_per_unit is at most 4294967295")
    }
    guard proposal.status == 429 else {
      throw NotExpressible("the status is set in Envoy's filter, 429 unless changed there")
    }
    (self.limit, self.unit) = (limit, unit.name)
  }

  func text() throws(NotExpressible) -> String {
    var names: [String] = []
    for part in proposal.key.parts {
      guard let name = EnvoyRateLimitKey.name(of: part), RequestHeader.isPlain(name)
      else { throw NotExpressible("the rate limit service has no key for \(part)") }
      guard !names.contains(name) else { throw NotExpressible("\(name) is in the key twice") }
      names.append(name)
    }
    let isAlwaysThere = proposal.key.parts.allSatisfy(EnvoyRateLimitKey.isAlwaysThere)
    guard isAlwaysThere || proposal.key.missing == .passes else {
      throw NotExpressible("Envoy sends no descriptor for requests that lack a part of the key, so they pass")
    }
    var lines = [
      "# Envoy's routes name the same keys in their rate_limits.", "domain: \"\(proposal.name)\"",
      "descriptors:",
    ]
    var indent = ""
    if names.isEmpty {
      lines += ["- key: generic_key", "  value: \"\(proposal.name)\""]
      indent = "  "
    }
    for (index, name) in names.enumerated() {
      if index > 0 { lines.append("\(indent)descriptors:") }
      lines.append("\(indent)- key: \"\(name)\"")
      indent += "  "
    }
    lines.append("\(indent)rate_limit: {unit: \(unit), requests_per_unit: \(limit)}")
    return lines.joined(separator: "\n") + "\n"
  }
}

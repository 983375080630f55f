import Traffic

/// A proposed limit as a middleware and the router that names it.
struct TraefikProposal {
  private let proposal: LimitProposal
  private let middleware: [String]

  /// - Throws: where Traefik has no such limiter, key or status.
  init(_ proposal: LimitProposal) throws(NotExpressible) {
    self.proposal = proposal
    guard proposal.status == 429 else { throw NotExpressible("Traefik rejects with 429 only") }
    let source = try Self.source(proposal.key)
    switch proposal.limiter {
    case .reservationBucket(let rate, let burst, let wholeSeconds):
      guard burst >= 1 else { throw NotExpressible("rateLimit has a burst of at least 1") }
      var lines = ["rateLimit:", "  average: \(rate.count)", "  period: \(ExactDuration.goText(rate.period))", "  burst: \(burst)"]
      if proposal.key != .client { lines += source.map { "  " + $0 } }
      if !wholeSeconds { lines += ["  redis:", "    endpoints: [\"127.0.0.1:6379\"]"] }
      middleware = lines
    case .concurrency(let settings) where settings == ConcurrencySettings(limit: settings.limit):
      middleware = ["inFlightReq:", "  amount: \(settings.limit)"] + source.map { "  " + $0 }
    default:
      throw NotExpressible("Traefik has rateLimit (a bucket that delays) and inFlightReq (so many at a time) only")
    }
  }

  func text() -> String {
    let name = "\"\(proposal.name)\""
    var lines = ["http:", "  middlewares:", "    \(name):"]
    lines += middleware.map { "      " + $0 }
    lines += [
      "  routers:", "    \(name):", "      # Name the middleware on the routers that are limited.",
      "      rule: PathPrefix(`/`)", "      middlewares: [\(name)]", "      service: upstream",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func source(_ key: LimitKey) throws(NotExpressible) -> [String] {
    guard key.missing == .counts else {
      throw NotExpressible("Traefik counts requests that lack the header together")
    }
    switch key.parts {
    case [.column(.stored(.client))]: return ["sourceCriterion:", "  ipStrategy: {depth: 0}"]
    case [.column(.stored(.host))]: return ["sourceCriterion:", "  requestHost: true"]
    default: break
    }
    guard key.parts.count == 1, case .header(let header) = key.parts[0], !header.isEmpty, header == header.lowercased(),
      header.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95 })
    else { throw NotExpressible("Traefik limits by client address, by one header or by host; name the header that has it") }
    return ["sourceCriterion:", "  requestHeaderName: \"\(header)\""]
  }
}

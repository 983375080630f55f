import Traffic

/// A proposed limit as a middleware and the router that names it. A consumer, whom Traefik does not know, becomes the
/// header `x-api-key`, which reads back as a header that stands for the consumer; requests without it share one limit,
/// which a comment says where the proposal would let them pass.
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
      var lines = [
        "rateLimit:", "  average: \(rate.count)", "  period: \(ExactDuration.goText(rate.period))",
        "  burst: \(burst)",
      ]
      if proposal.key.parts != LimitKey.client.parts { lines += source.map { "  " + $0 } }
      if !wholeSeconds { lines += ["  redis:", "    endpoints: [\"127.0.0.1:6379\"]"] }
      middleware = lines
    case .concurrency(let settings) where settings == ConcurrencySettings(limit: settings.limit):
      middleware = ["inFlightReq:", "  amount: \(settings.limit)"] + source.map { "  " + $0 }
    default:
      throw NotExpressible(
        "Traefik has rateLimit (a bucket that delays) and inFlightReq (so many at a time) only")
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
    guard key.parts.count == 1 else {
      throw NotExpressible("Traefik counts by one thing: client address, header or host")
    }
    let header: String
    switch key.parts[0] {
    case .column(.stored(.client)): return ["sourceCriterion:", "  ipStrategy: {depth: 0}"]
    case .column(.stored(.host)): return ["sourceCriterion:", "  requestHost: true"]
    case .column(.stored(.consumer)): header = RequestHeader.consumer
    case .header(let name) where RequestHeader.isPlain(name): header = name
    default:
      throw NotExpressible(
        "Traefik counts by client address, by a header or by host; name the header that has it")
    }
    guard key.missing == .counts || key.missing == .passes else {
      throw NotExpressible("Traefik counts requests that lack the header together")
    }
    let comments = key.missing == .passes ? ["# Requests without the header share one limit."] : []
    let hint =
      key.parts[0] == .column(.stored(.consumer)) ? ["# Put the header that names the consumer."] : []
    return ["sourceCriterion:"] + (comments + hint).map { "  " + $0 } + ["  requestHeaderName: \"\(header)\""]
  }
}

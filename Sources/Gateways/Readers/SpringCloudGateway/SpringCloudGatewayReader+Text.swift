import Traffic

extension SpringCloudGatewayReader {
  /// An `application.yml` with one route that has the limit.
  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    guard case .secondStepBucket(let rate, let capacity, let requested) = proposal.limiter else {
      throw NotExpressible("Spring Cloud Gateway has only its bucket that is filled at each second")
    }
    guard capacity >= rate else { throw NotExpressible("Spring wants a burstCapacity of at least the replenishRate") }
    guard max(rate, capacity, requested) <= Int32.max else {
      throw NotExpressible("Spring's numbers end at \(Int32.max)")
    }
    let (bean, denies) = try Self.resolver(of: proposal.key)
    var lines = [
      "redis-rate-limiter.replenishRate: \(rate)", "redis-rate-limiter.burstCapacity: \(capacity)",
      "redis-rate-limiter.requestedTokens: \(requested)", "key-resolver: \"#{@\(bean)}\"",
    ]
    if let denies { lines.append("deny-empty-key: \(denies)") }
    if proposal.status != 429 { lines.append("status-code: \(proposal.status)") }
    let indent = String(repeating: " ", count: 16)
    return """
      # \(bean) is a bean that gives \(Self.meaning(of: proposal.key)).
      spring:
        cloud:
          gateway:
            routes:
              - id: \(proposal.name)
                uri: http://127.0.0.1:8080
                predicates:
                  - Path=/**
                filters:
                  - name: RequestRateLimiter
                    args:
      \(lines.map { indent + $0 }.joined(separator: "\n"))

      """
  }

  /// The bean and whether a request without the key is denied, where that must be said.
  private static func resolver(of key: LimitKey) throws(NotExpressible) -> (bean: String, denies: Bool?) {
    let key = key.settled
    switch (key.parts.first, key.missing) {
    case (nil, _): return (SpringKeyResolver.all, nil)
    case _ where key.parts.count > 1:
      throw NotExpressible("a Spring key resolver of several parts is a bean of one's own")
    case (.column(.stored(.consumer)), .rejects): return (SpringKeyResolver.consumer, true)
    case (.column(.stored(.consumer)), .passes): return (SpringKeyResolver.consumer, false)
    case (.column(.stored(.consumer)), .counts): return (SpringKeyResolver.consumerOrAnonymous, nil)
    case (.column(.stored(.client)), .counts): return (SpringKeyResolver.client, nil)
    case (.column(.stored(.path)), .counts): return (SpringKeyResolver.path, nil)
    default: throw NotExpressible("a file can name only Spring key resolvers for consumer, client and path")
    }
  }

  private static func meaning(of key: LimitKey) -> String {
    switch (key.parts.first, key.missing) {
    case (nil, _): "one name for all requests"
    case (.column(.stored(.client)), _): "the client's address"
    case (.column(.stored(.path)), _): "the path"
    case (_, .counts): "who calls, and one name for all who are nobody"
    default: "who calls"
    }
  }
}

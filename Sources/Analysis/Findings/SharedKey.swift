import Traffic

/// Many people behind one key: a NAT or proxy address with many programs or consumers, or an API key that is called from
/// very many addresses. A limit by that key punishes all of them for one.
public struct SharedKey: FindingRule {
  public static let kind = "shared-key"
  public static let summary = "one address with many consumers or programs, or one consumer from very many addresses"

  /// Addresses of one consumer; a fleet of servers has dozens.
  static let addresses: Int64 = 200
  /// Consumers behind one address, and programs: browsers of one household or server are fewer.
  static let consumers: Int64 = 10
  static let programs: Int64 = 10
  static let fewest: Int64 = 10
  /// What one of them sends of it at most: a caller that tries wrong keys or programs too is still one caller.
  static let mainShare = 0.8
  /// Requests below which it does not matter who is behind a key, of all.
  static let requestShare = 0.001
  static let fewestRequests: Int64 = 100

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let answer = try await night.answer(KeySharing(scope: night.scope, fewest: Self.fewest))
    func matters(_ requests: Int64) -> Bool {
      requests >= Self.fewestRequests && Double(requests) >= Self.requestShare * Double(answer.requests)
    }
    let consumers = answer.consumers.filter { $0.addresses >= Self.addresses && matters($0.requests) }
    let clients = answer.clients.filter {
      let others = (1 - Self.mainShare) * Double($0.requests)
      let isShared = $0.consumers >= Self.consumers && Double($0.requests - $0.mainConsumer) >= others
        || $0.programs >= Self.programs && Double($0.requests - $0.mainProgram) >= others
      return isShared && matters($0.requests)
    }
    return FindingLimits.strongest(
      consumers.map { Self.finding($0, answer.requests, night) } + clients.map { Self.finding($0, answer.requests, night) })
  }

  private static func finding(_ consumer: KeySharing.Consumer, _ all: Int64, _ night: Night) -> Finding {
    let condition = [SQLWhere.equal("consumer", consumer.consumer)]
    var query = EvidenceQuery()
    query.add("requests", "Requests with the key", consumer.requests, "count(*)")
    query.add("addresses", "Client addresses", consumer.addresses, "count(DISTINCT client)")
    query.add("programs", "User agents", consumer.programs, "count(DISTINCT user_agent)")
    return Finding(
      kind: kind, subject: consumer.consumer, severity: .warning, impact: Double(consumer.requests) / Double(max(1, all)),
      confidence: 0.7,
      headline: """
        \(.text(consumer.consumer)) calls from \(.integer(consumer.addresses)) addresses: one key for many callers, and a \
        limit by consumer is theirs together.
        """,
      evidence: query.evidence(night.scope.filter, and: condition),
      cost: "The busiest of its \(.integer(consumer.addresses)) addresses uses up the limit of the others.",
      action: """
        Find out whether the key is embedded in an app or has leaked, and give its callers keys of their own. A what-if \
        that counts by client address instead (headroom simulate) shows who is really busy.
        """,
      command: ShellLine.sql(query.sql(night.scope.filter, and: condition)))
  }

  private static func finding(_ client: KeySharing.Client, _ all: Int64, _ night: Night) -> Finding {
    let condition = [SQLWhere.equal("client", client.client)]
    var query = EvidenceQuery()
    query.add("requests", "Requests from the address", client.requests, "count(*)")
    query.add("consumers", "Consumers", client.consumers, "count(DISTINCT consumer)")
    query.add("programs", "User agents", client.programs, "count(DISTINCT user_agent)")
    return Finding(
      kind: kind, subject: client.client, severity: .warning, impact: Double(client.requests) / Double(max(1, all)),
      confidence: 0.7,
      headline: """
        Behind \(.text(client.client)) are \(.integer(client.consumers)) consumers and \(.integer(client.programs)) \
        programs: a NAT or proxy, whose callers share a limit by address.
        """,
      evidence: query.evidence(night.scope.filter, and: condition),
      cost: "A limit by client address holds all of them to what one caller gets.",
      action: """
        Count by consumer where there is one, and log the forwarded address where this is your own proxy. A what-if with \
        both keys (headroom simulate) shows whom the limit by address would have refused.
        """,
      command: ShellLine.sql(query.sql(night.scope.filter, and: condition)))
  }
}

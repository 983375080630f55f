public import Gateways

/// A limit in a product's own configuration, and what that text means when it is read back: the one way to say which
/// requests a limit counts, and by what.
public struct WrittenLimit: Hashable, Sendable {
  /// Lines to paste.
  public var text: String
  /// As read back from the text.
  public var key: LimitKey
  /// Who shares a count, as read back.
  public var scope: LimitCounter.Scope
  /// Keys that are kept; nil for as many as come.
  public var capacity: KeyCapacity?
  /// The header that stands for the consumer where the product knows none.
  public var header: String?
  /// What was written: other sizes are written by the same proposal.
  public var proposal: LimitProposal
  /// What the writing product is.
  public var dialect: LimitDialect

  /// Stands for the consumer in products that know headers only.
  static let header = "x-api-key"

  /// Writes a limit per value of one column, or of all requests together.
  /// - Throws: why the product cannot say it.
  public init(
    _ dialect: LimitDialect, by part: ArrivalKey.Part?, at point: LimitPoint, size: Int64
  ) throws(NotExpressible) {
    guard let reader = GatewayReaders.reader(for: dialect.product) else {
      throw NotExpressible("\(dialect.product.rawValue) cannot be written")
    }
    let column = part.map { [LimitKey.Part.column($0.column)] } ?? []
    let byHeader = part == .consumer ? [[LimitKey.Part.header(Self.header)]] : []
    let name = part.map { "per_\($0.rawValue)" } ?? "all_requests"
    var refusal: NotExpressible?
    for parts in [column] + byHeader {
      // What a product cannot do with requests that lack the key is said, not a reason to say nothing.
      for missing in [LimitKey.Missing.passes, .counts, .clientAddress, .rejects] {
        let proposal = LimitProposal(
          name: name, key: LimitKey(parts, missing: missing), limiter: dialect.settings(point, size: size), status: 429)
        do throws(NotExpressible) {
          let text = try reader.text(for: proposal)
          self = try Self.read(text, proposal, dialect, reader)
          header = parts == column ? nil : Self.header
          return
        } catch {
          refusal = refusal ?? error
        }
      }
    }
    throw refusal ?? NotExpressible("no reason given")
  }

  private init(
    text: String, key: LimitKey, scope: LimitCounter.Scope, capacity: KeyCapacity?, proposal: LimitProposal,
    dialect: LimitDialect
  ) {
    (self.text, self.key, self.scope, self.capacity) = (text, key, scope, capacity)
    (self.proposal, self.dialect) = (proposal, dialect)
  }

  /// What the product makes of the text.
  private static func read(
    _ text: String, _ proposal: LimitProposal, _ dialect: LimitDialect, _ reader: any GatewayReader
  ) throws(NotExpressible) -> WrittenLimit {
    let model: GatewayModel
    do throws(ConfigurationError) {
      model = try reader.reading(of: text, file: "limit", include: { _ in [] }).model
    } catch {
      throw NotExpressible("its own reader does not understand the lines")
    }
    guard let rule = model.rules.first(where: { $0.status == proposal.status }),
      model.counters.indices.contains(rule.counter)
    else { throw NotExpressible("its own reader finds no limit in the lines") }
    let counter = model.counters[rule.counter]
    return WrittenLimit(
      text: text, key: counter.key, scope: counter.scope, capacity: counter.capacity, proposal: proposal,
      dialect: dialect)
  }

  /// The same limit at another point and of another size, as text.
  public func text(at point: LimitPoint, size: Int64) throws(NotExpressible) -> String {
    guard let reader = GatewayReaders.reader(for: dialect.product) else { return text }
    var proposal = proposal
    proposal.limiter = dialect.settings(point, size: size)
    return try reader.text(for: proposal)
  }
}

/// Reads, and writes, the limits of one product's configuration.
///
/// Adding a product is its folder here, its line in `GatewayReaders.all` and its vectors in `Tests/GatewaysTests`.
public protocol GatewayReader: Sendable {
  /// What `--for` and `--config-format` call it.
  var product: GatewayProduct { get }

  /// How surely a text is this product's configuration: 0 no, 100 without doubt. Cheap, never throws.
  func confidence(in text: String, named file: String) -> Int

  /// Reads a configuration. `include` gives the files that a configuration includes (pattern as written → path, text),
  /// in order; the file itself is already read.
  func reading(of text: String, file: String, include: (String) -> [(path: String, text: String)])
    throws(ConfigurationError) -> GatewayReading

  /// Configuration lines to paste that enforce a limit, whose reading gives the same limiter, key and status.
  /// - Throws: `NotExpressible` where the product has no such limiter.
  func text(for proposal: LimitProposal) throws(NotExpressible) -> String
}

/// A limit somebody should paste into a gateway's configuration.
public struct LimitProposal: Hashable, Sendable {
  /// A word for zones and names: letters, digits, `_`.
  public var name: String
  public var key: LimitKey
  public var limiter: LimiterSettings
  public var status: Int

  public init(name: String, key: LimitKey, limiter: LimiterSettings, status: Int) {
    self.name = name
    self.key = key
    self.limiter = limiter
    self.status = status
  }
}

/// Why a product's configuration cannot say a limit.
public struct NotExpressible: Error, Hashable, Sendable {
  /// Such as "limit_req has whole requests per second or minute only".
  public var reason: String
  public init(_ reason: String) { self.reason = reason }
}

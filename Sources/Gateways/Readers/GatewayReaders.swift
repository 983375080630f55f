/// Every product whose configuration is read. A new one is its folder and its line here.
public enum GatewayReaders {
  public static let all: [any GatewayReader] = [
    NginxReader(), HAProxyReader(), EnvoyReader(), EnvoyRateLimitReader(), KongReader(), TraefikReader(), KrakenDReader(),
    SpringCloudGatewayReader(), APISIXReader(), TykReader(), AWSReader(),
    PlanReader(),
  ]

  public static func reader(for product: GatewayProduct) -> (any GatewayReader)? {
    all.first { $0.product == product }
  }

  /// Reads a configuration of whichever product it is.
  /// - Throws: `.unknownProduct` where no reader recognises it.
  public static func reading(of text: String, file: String, include: (String) -> [(path: String, text: String)])
    throws(ConfigurationError) -> GatewayReading
  {
    let ranked = all.map { (confidence: $0.confidence(in: text, named: file), reader: $0) }
    guard let best = ranked.max(by: { $0.confidence < $1.confidence }), best.confidence > 0 else {
      throw ConfigurationError(.unknownProduct, at: ConfigurationPlace(file: file, line: 0))
    }
    return try best.reader.reading(of: text, file: file, include: include)
  }
}

import Traffic

extension KrakenDReader {
  /// A `krakend.json` with one endpoint that has the limit.
  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    guard case .deferredRefillBucket(let rate, let capacity, let idleLifetime) = proposal.limiter else {
      throw NotExpressible("KrakenD has only its bucket that is refilled when empty")
    }
    let (count, every) = try Self.perSecondOrMore(rate)
    let client = try Self.strategy(for: proposal.key)
    let expectedStatus = client == nil ? 503 : 429
    guard proposal.status == expectedStatus else {
      throw NotExpressible("KrakenD rejects with status \(expectedStatus) here, whatever is configured")
    }
    guard idleLifetime == (client == nil ? .max : max(KrakenDNumbers.idleLifetime, every)) else {
      throw NotExpressible("KrakenD forgets a client's bucket after ten minutes, and an endpoint's never")
    }
    guard capacity > 0 else { throw NotExpressible("a capacity of 0 is KrakenD's word for its default") }
    let prefix = client == nil ? "" : "client_"
    let fields = [
      "\"\(prefix)max_rate\": \(count)", "\"\(prefix)capacity\": \(capacity)",
      "\"every\": \(QuotedText.json(ExactDuration.goText(every)))",
    ]
    return Self.document(endpoint: "/" + proposal.name, limit: fields + (client ?? []))
  }

  /// The rate over at least a second, as `every` wants it.
  private static func perSecondOrMore(_ rate: LimitRate) throws(NotExpressible) -> (count: Int64, every: Int64) {
    let times = max(1, (1_000_000 + rate.period - 1) / rate.period)
    let (count, overflow) = rate.count.multipliedReportingOverflow(by: times)
    guard !overflow, String(count).utf8.count <= 18 else { throw NotExpressible("the rate is too large for KrakenD") }
    return (count, rate.period * times)
  }

  /// The fields that name the key; nil for all requests together.
  private static func strategy(for key: LimitKey) throws(NotExpressible) -> [String]? {
    let key = key.settled
    switch (key.parts.first, key.parts.count, key.missing) {
    case (_, 0, _): return nil
    case (.column(.stored(.client)), 1, _): return ["\"strategy\": \"ip\""]
    case (.column(.stored(.consumer)), 1, .rejects), (.column(.stored(.consumer)), 1, .passes):
      return header(RequestHeader.consumer, key.missing)
    case (.header(let name), 1, .rejects), (.header(let name), 1, .passes): return header(name, key.missing)
    case (.header(let name), 1, .clientAddress):
      return ["\"strategy\": \"ip\"", "\"key\": \(QuotedText.json(name))"]
    default:
      throw NotExpressible(
        "KrakenD tells clients apart by address or by one header, and rejects a request without that header")
    }
  }

  private static func header(_ name: String, _ missing: LimitKey.Missing) -> [String] {
    let fields = ["\"strategy\": \"header\"", "\"key\": \(QuotedText.json(name))"]
    return missing == .rejects ? fields : fields + ["\"@comment\": \"a request without the header is rejected\""]
  }

  private static func document(endpoint: String, limit: [String]) -> String {
    """
    {
      "version": 3,
      "endpoints": [
        {
          "endpoint": \(QuotedText.json(endpoint)),
          "extra_config": {
            "qos/ratelimit/router": {
              \(limit.joined(separator: ",\n          "))
            }
          },
          "backend": [{ "host": ["http://127.0.0.1:8080"], "url_pattern": \(QuotedText.json(endpoint)) }]
        }
      ]
    }

    """
  }
}

import Scanning
import Traffic

extension AWSReader {
  /// A template: a usage plan for a limit by consumer, else a stage's method settings.
  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    guard proposal.status == 429 else { throw NotExpressible("AWS rejects with status 429, whatever is configured") }
    let isByConsumer = proposal.key.parts == AWSLimits.apiKey.parts
    if isByConsumer, ![.passes, .counts].contains(proposal.key.missing) {
      throw NotExpressible("a usage plan lets requests without an API key pass")
    }
    if case .fixedWindow(let limit, .calendar(let unit), countsRejected: false) = proposal.limiter {
      guard isByConsumer, [.day, .week, .month].contains(unit) else {
        throw NotExpressible("an AWS quota is by API key, per day, week or month")
      }
      let quota = "\"Quota\": { \"Limit\": \(limit), \"Period\": \"\(unit.rawValue.uppercased())\" }"
      return Self.plan(proposal.name, quota)
    }
    guard case .tokenBucket(let rate, let burst) = proposal.limiter else {
      throw NotExpressible("AWS has token buckets, and quotas per day, week or month")
    }
    guard burst > 0, let perSecond = ExactDecimal(rate) else {
      throw NotExpressible("AWS takes rates as decimal numbers per second and bursts of at least 1")
    }
    if isByConsumer {
      return Self.plan(
        proposal.name, "\"Throttle\": { \"RateLimit\": \(perSecond.text), \"BurstLimit\": \(burst) }")
    }
    let (path, method) = try Self.method(for: proposal.key)
    return Self.stage(proposal.name, path: path, method: method, rate: perSecond.text, burst: burst)
  }

  /// A stage's limit is one for each method; the one method of a greedy path is the whole API.
  private static func method(for key: LimitKey) throws(NotExpressible) -> (path: String, method: String) {
    if key.parts.isEmpty { return ("/~1{proxy+}", "ANY") }
    guard key.settled == LimitKey(AWSMethod(path: "/*", method: "*").key) else {
      throw NotExpressible("AWS limits by API key (consumer), by route and method, or a whole API of one method")
    }
    return ("/*", "*")
  }

  private static func plan(_ name: String, _ limit: String) -> String {
    """
    {
      "Resources": {
        "UsagePlan": {
          "Type": "AWS::ApiGateway::UsagePlan",
          "Properties": {
            "UsagePlanName": \(QuotedText.json(name)),
            \(limit)
          }
        }
      }
    }

    """
  }

  private static func stage(_ name: String, path: String, method: String, rate: String, burst: Int64) -> String {
    """
    {
      "Resources": {
        "Stage": {
          "Type": "AWS::ApiGateway::Stage",
          "Properties": {
            "StageName": \(QuotedText.json(name)),
            "MethodSettings": [
              {
                "ResourcePath": "\(path)",
                "HttpMethod": "\(method)",
                "ThrottlingRateLimit": \(rate),
                "ThrottlingBurstLimit": \(burst)
              }
            ]
          }
        }
      }
    }

    """
  }
}

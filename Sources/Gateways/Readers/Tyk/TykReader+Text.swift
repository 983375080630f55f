import Scanning
import Traffic

extension TykReader {
  /// A `policies.json` for a limit by consumer, an API definition for one of all requests; before it the lines of
  /// `tyk.conf` that choose the limiter, where that is not the default.
  public func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    let isByConsumer = try Self.isByConsumer(proposal.key)
    if case .fixedWindow(let limit, .firstHit(let length, strict: false), countsRejected: true) = proposal.limiter {
      guard isByConsumer, proposal.status == 403, limit > 0, length % 1_000_000 == 0, length < TykAllowance.never
      else {
        throw NotExpressible("a Tyk quota is by key, over whole seconds, and rejects with status 403")
      }
      return Self.policies(
        proposal.name, rate: 0, per: "0", quota: limit, renewal: length / 1_000_000, rights: "{}")
    }
    guard proposal.status == 429 else { throw NotExpressible("a Tyk rate limit rejects with status 429") }
    let (rate, window, setting) = try Self.rate(of: proposal.limiter)
    let per = ExactDecimal(LimitRate(window, per: 1_000_000), per: 1)?.text ?? ""
    let limit =
      isByConsumer
      ? Self.policies(proposal.name, rate: rate, per: per, quota: -1, renewal: -1, rights: "{}")
      : Self.definition(proposal.name, rate: rate, per: per)
    guard let setting else { return limit }
    let name = isByConsumer ? "policies.json" : "apps/\(proposal.name).json"
    return "// tyk.conf\n{ \"\(setting)\": true }\n// \(name)\n\(limit)"
  }

  private static func isByConsumer(_ key: LimitKey) throws(NotExpressible) -> Bool {
    if key.parts.isEmpty { return false }
    guard key.parts == [.column(.stored(.consumer))], [.passes, .counts].contains(key.missing) else {
      throw NotExpressible("Tyk limits by key (consumer) or an API as a whole")
    }
    return true
  }

  private static func rate(
    of limiter: LimiterSettings
  ) throws(NotExpressible) -> (rate: Int64, window: Int64, setting: String?) {
    switch limiter {
    case .fixedWindow(let limit, .firstHit(let length, strict: true), countsRejected: false) where limit > 0:
      return (limit, length, nil)
    case .slidingLog(let limit, let window, keepsEdge: false, countsRejected: true) where limit > 0:
      return (limit, window, "enable_redis_rolling_limiter")
    case .fixedWindow(let limit, .aligned(let length, origin: 0), countsRejected: true) where limit > 0:
      return (limit, length, "enable_fixed_window_rate_limiter")
    default:
      throw NotExpressible(
        "Tyk has windows that begin with a request or with the clock, and its rolling log")
    }
  }

  private static func policies(
    _ name: String, rate: Int64, per: String, quota: Int64, renewal: Int64, rights: String
  ) -> String {
    """
    {
      \(QuotedText.json(name)): {
        "rate": \(rate),
        "per": \(per),
        "quota_max": \(quota),
        "quota_renewal_rate": \(renewal),
        "access_rights": \(rights)
      }
    }

    """
  }

  private static func definition(_ name: String, rate: Int64, per: String) -> String {
    """
    {
      "name": \(QuotedText.json(name)),
      "api_id": \(QuotedText.json(name)),
      "proxy": { "listen_path": "/", "target_url": "http://127.0.0.1:8080/" },
      "global_rate_limit": { "rate": \(rate), "per": \(per), "disabled": false }
    }

    """
  }
}

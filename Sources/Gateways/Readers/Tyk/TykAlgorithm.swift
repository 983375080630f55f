import Scanning

/// How a gateway keeps its rate limits: settings of `tyk.conf`, the strongest first.
enum TykAlgorithm: Equatable {
  /// Distributed rate limiter: in memory, a window from its first request on.
  case firstHit
  /// Redis: so many in the last `per` seconds, rejected requests counted.
  case rollingLog
  /// Redis: windows aligned to the clock.
  case fixedWindow
  case sentinel(ConfigurationPlace)

  static let settings = [
    "enable_fixed_window_rate_limiter", "enable_sentinel_rate_limiter", "enable_redis_rolling_limiter",
    "enable_non_transactional_rate_limiter", "drl_threshold", "drl_notification_frequency",
  ]

  /// - Parameter gateway: `tyk.conf`; nil for the default.
  init(_ gateway: Settings?) throws(ConfigurationError) {
    self = .firstHit
    guard let gateway else { return }
    if try gateway.flag("enable_fixed_window_rate_limiter") == true {
      self = .fixedWindow
    } else if try gateway.flag("enable_sentinel_rate_limiter") == true {
      self = .sentinel(gateway.place(of: "enable_sentinel_rate_limiter"))
    } else if try gateway.flag("enable_redis_rolling_limiter") == true {
      self = .rollingLog
    }
  }

  var scope: LimitCounter.Scope { self == .firstHit ? .perNode : .shared }

  /// What is said beside a limit, since the same file means different things under other gateways.
  var remark: String {
    switch self {
    case .firstHit: "window from its first request on (the default limiter); of n gateways each gives an n-th of it"
    case .rollingLog: "rolling log in Redis, which counts rejected requests too"
    case .fixedWindow: "windows aligned to the clock, in Redis"
    case .sentinel: ""
    }
  }

  /// - Parameters:
  ///   - rate: requests; a part of one never passes.
  ///   - window: µs.
  /// - Throws: `.unsupported` for the sentinel limiter, whose log runs in the background.
  func limiter(rate: ExactDecimal, window: Int64) throws(ConfigurationError) -> LimiterSettings {
    switch self {
    case .firstHit:
      return .fixedWindow(limit: rate.whole, window: .firstHit(length: window, strict: true), countsRejected: false)
    case .rollingLog:
      let limit = rate.places == 0 ? rate.digits : rate.whole + 1
      return .slidingLog(limit: limit, window: window, keepsEdge: false, countsRejected: true)
    case .fixedWindow:
      return .fixedWindow(limit: rate.whole, window: .aligned(length: window, origin: 0), countsRejected: true)
    case .sentinel(let place):
      throw ConfigurationError(
        .unsupported(
          feature: "enable_sentinel_rate_limiter, which counts in the background",
          instead: "enable_redis_rolling_limiter, to which it comes closest"), at: place)
    }
  }
}

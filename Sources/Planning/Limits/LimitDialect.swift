public import Gateways
import Traffic

/// How one product says a limit: a rate or a window, and a size that is the smallest when it just rejects nothing.
public struct LimitDialect: Hashable, Sendable {
  /// What is chosen first.
  public enum Axis: Hashable, Sendable { case rate, window }

  public let product: GatewayProduct

  public init(_ product: GatewayProduct) { self.product = product }

  public var axis: Axis {
    switch product {
    case .kong, .envoyRateLimit, .haproxy, .tyk: .window
    default: .rate
    }
  }

  /// What the product calls the size.
  public var sizeWord: String {
    switch product {
    case .nginx, .apisix, .traefik: "burst"
    case .envoy: "max_tokens"
    case .aws: "burstLimit"
    case .krakend, .plan: "capacity"
    case .springCloudGateway: "burstCapacity"
    case .kong, .envoyRateLimit, .haproxy, .tyk: "limit"
    }
  }

  /// A larger size never rejects more, and a larger rate neither (models, where it is proven).
  public var isMonotone: Bool {
    switch product {
    case .traefik, .krakend, .springCloudGateway, .haproxy: false
    default: true
    }
  }

  /// Sizes below make no sense or mean something else.
  public func smallestSize(at point: LimitPoint) -> Int64 {
    switch product {
    case .nginx, .apisix: 0
    // Below half the rate nothing is limited at all, and an explicit capacity below the rate is refused.
    case .springCloudGateway: max(1, point.rate?.count ?? 1)
    default: 1
    }
  }

  /// Whether the product can be told this rate or window.
  public func allows(_ point: LimitPoint) -> Bool {
    switch (product, point) {
    case (.nginx, .rate(let rate)):
      rate.period == 1_000_000 || rate.period == 60_000_000
    case (.springCloudGateway, .rate(let rate)):
      rate.period == 1_000_000
    case (.apisix, .rate(let rate)):
      // Its configuration is requests a second; thousandths of it are kept.
      rate.count.multipliedReportingOverflow(by: 1_000_000_000).partialValue % rate.period == 0
    case (.kong, .window(let window)), (.envoyRateLimit, .window(let window)):
      Self.calendarUnits[window.count] != nil
    case (.haproxy, .window(let window)), (.tyk, .window(let window)):
      window.count > 0 && window.count % 1_000_000 == 0
    case (_, .rate): axis == .rate
    case (_, .window): axis == .window
    }
  }

  /// The limiter with a point and a size.
  /// - Precondition: the product allows the point.
  public func settings(_ point: LimitPoint, size: Int64) -> LimiterSettings {
    switch point {
    case .rate(let rate): settings(rate, size)
    case .window(let window): settings(window.count, size)
    }
  }

  private func settings(_ rate: LimitRate, _ size: Int64) -> LimiterSettings {
    let milliRate = rate.count.multipliedReportingOverflow(by: 1_000_000_000).partialValue / rate.period
    switch product {
    case .nginx: return .leakyBucket(milliRate: milliRate, burst: size, undelayed: .max, arithmetic: .nginx)
    case .apisix: return .leakyBucket(milliRate: milliRate, burst: size, undelayed: .max, arithmetic: .apisix)
    case .traefik: return .reservationBucket(rate: rate, burst: size, wholeSeconds: true)
    case .krakend: return .deferredRefillBucket(rate: rate, capacity: size, idleLifetime: 600_000_000)
    case .springCloudGateway: return .secondStepBucket(replenishRate: rate.count, capacity: size, requested: 1)
    default: return .tokenBucket(rate: rate, capacity: size)
    }
  }

  private func settings(_ window: Int64, _ size: Int64) -> LimiterSettings {
    switch product {
    case .haproxy: return .frequencyCounter(period: window, threshold: size, counting: .beforeJudging)
    case .tyk: return .slidingLog(limit: size, window: window, keepsEdge: false, countsRejected: true)
    case .kong:
      let unit = Self.calendarUnits[window] ?? .minute
      return .fixedWindow(limit: size, window: .calendar(unit), countsRejected: false)
    default:
      return .fixedWindow(limit: size, window: .aligned(length: window, origin: 0), countsRejected: true)
    }
  }

  private static let calendarUnits: [Int64: CalendarUnit] = [
    1_000_000: .second, 60_000_000: .minute, 3_600_000_000: .hour, 86_400_000_000: .day,
  ]

  /// The window that people write most for the product.
  var usualWindow: Microseconds { product == .haproxy ? Microseconds(10_000_000) : .minute }
}

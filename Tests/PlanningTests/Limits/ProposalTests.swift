import Gateways
import Testing
import Traffic

@testable import Planning

@Suite("A proposed limit") struct ProposalTests {
  @Test("reads back from the product's own configuration as the same limiter", arguments: GatewayProduct.allCases)
  func roundTrip(product: GatewayProduct) throws {
    let dialect = LimitDialect(product)
    let reader = try #require(GatewayReaders.reader(for: product))
    let points: [LimitPoint] =
      dialect.axis == .rate
      ? [.rate(.perSecond(5)), .rate(.perSecond(100)), .rate(.perMinute(30))]
      : [.window(.second), .window(.minute), .window(.hour)]
    for point in points where dialect.allows(point) {
      for size in [Int64(5), 20, 100] where size >= dialect.smallestSize(at: point) {
        let limiter = dialect.settings(point, size: size)
        let proposal = LimitProposal(
          name: "limit_1", key: LimitKey([.column(.stored(Self.column(product)))], missing: Self.missing(product)),
          limiter: limiter, status: 429)
        let text: String
        do throws(NotExpressible) { text = try reader.text(for: proposal) } catch {
          Issue.record("\(product) cannot say \(limiter): \(error.reason)")
          continue
        }
        let reading = try reader.reading(of: text, file: "limits.conf") { _ in [] }
        let isThere = reading.model.rules.contains {
          Self.reduced($0.limiter) == Self.reduced(limiter) && $0.status == 429
        }
        #expect(isThere, "\(text)\n\(reading.model.rules)")
      }
    }
  }

  /// AWS says 30 a minute as 0.5 a second, which is the same bucket.
  private static func reduced(_ limiter: LimiterSettings) -> LimiterSettings {
    guard case .tokenBucket(let rate, let capacity) = limiter else { return limiter }
    var (divisor, rest) = (rate.count, rate.period)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    return .tokenBucket(rate: LimitRate(rate.count / divisor, per: rate.period / divisor), capacity: capacity)
  }

  /// Tyk and AWS limit by key only.
  private static func column(_ product: GatewayProduct) -> RequestColumn {
    [.tyk, .aws].contains(product) ? .consumer : .client
  }

  /// What each product does with a request that has no address, which never happens.
  private static func missing(_ product: GatewayProduct) -> LimitKey.Missing {
    switch product {
    case .krakend: .rejects
    case .kong, .apisix: .clientAddress
    case .traefik: .counts
    default: .passes
    }
  }
}

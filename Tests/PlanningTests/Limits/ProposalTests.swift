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
          name: "per_client", key: LimitKey([.column(.stored(.client))], missing: Self.missing(product)), limiter: limiter,
          status: 429)
        let text: String
        do throws(NotExpressible) { text = try reader.text(for: proposal) } catch {
          Issue.record("\(product) cannot say \(limiter): \(error.reason)")
          continue
        }
        let reading = try reader.reading(of: text, file: "limits.conf") { _ in [] }
        #expect(reading.model.rules.contains { $0.limiter == limiter && $0.status == 429 }, "\(text)\n\(reading.model.rules)")
      }
    }
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

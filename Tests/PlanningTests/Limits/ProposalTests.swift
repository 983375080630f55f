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
        let text = try #require(Self.text(reader, limiter), "\(product) cannot say \(limiter)")
        let reading = try reader.reading(of: text, file: "limits.conf") { _ in [] }
        #expect(reading.model.rules.contains { Self.isSame($0.limiter, limiter) && $0.status == 429 }, "\(text)\n\(reading.model.rules)")
      }
    }
  }

  /// 30 a minute is half a request a second.
  private static func isSame(_ a: LimiterSettings, _ b: LimiterSettings) -> Bool {
    guard case .tokenBucket(let rateA, let capacityA) = a, case .tokenBucket(let rateB, let capacityB) = b else {
      return a == b
    }
    return capacityA == capacityB && rateA.count * rateB.period == rateB.count * rateA.period
  }

  /// By the first key that the product can count by.
  private static func text(_ reader: any GatewayReader, _ limiter: LimiterSettings) -> String? {
    let parts: [LimitKey.Part] = [.column(.stored(.client)), .column(.stored(.consumer)), .header("x-api-key")]
    for part in parts {
      for missing in [LimitKey.Missing.passes, .counts, .clientAddress, .rejects] {
        let key = LimitKey([part], missing: missing)
        do throws(NotExpressible) {
          return try reader.text(for: LimitProposal(name: "per_key", key: key, limiter: limiter, status: 429))
        } catch {
          continue
        }
      }
    }
    return nil
  }
}

import Foundation
import TestSupport
import Testing

@testable import Gateways

@Suite("Recognition by content", .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
struct RecognitionTests {
  /// The folder of real files of each product, the least confidence in one of them, and the most in any other file.
  private static let folders: [(folder: String, reader: any GatewayReader, own: Int, others: Int)] = [
    ("nginx", NginxReader(), 1, 0), ("haproxy", HAProxyReader(), 1, 0), ("envoy", EnvoyReader(), 90, 49),
    ("envoy-ratelimit", EnvoyRateLimitReader(), 1, 49), ("traefik", TraefikReader(), 85, 49),
    ("kong", KongReader(), 40, 49), ("krakend", KrakenDReader(), 60, 49),
    ("spring-cloud-gateway", SpringCloudGatewayReader(), 60, 49), ("apisix", APISIXReader(), 60, 49),
    ("tyk", TykReader(), 60, 49), ("aws-apigateway", AWSReader(), 60, 49),
  ]

  @Test("a reader knows its own product's files and no other's", arguments: folders.indices)
  func ownFilesOnly(index: Int) throws {
    let (folder, reader, own, others) = Self.folders[index]
    for file in ReaderProbe.realFiles("") {
      let confidence = reader.confidence(in: try ReaderProbe.text(of: file), named: file.lastPathComponent)
      if file.path.contains("/configs/\(folder)/") {
        #expect(confidence >= own, "\(file.path)")
      } else {
        #expect(confidence <= others, "\(file.path)")
      }
    }
  }

  @Test("a real file is taken for its own product", arguments: folders.indices)
  func best(index: Int) throws {
    let (folder, reader, _, _) = Self.folders[index]
    for file in ReaderProbe.realFiles(folder) {
      let text = try ReaderProbe.text(of: file)
      let found = GatewayReaders.all.map { ($0.product, $0.confidence(in: text, named: file.lastPathComponent)) }
      #expect(found.max { $0.1 < $1.1 }?.0 == reader.product, "\(file.path): \(found)")
    }
  }
}

import Foundation
import TestSupport
import Testing

@testable import Gateways

@Suite("Five readers among real files", .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
struct OwnFilesTests {
  private static let readers: [(folder: String, reader: any GatewayReader)] = [
    ("krakend", KrakenDReader()), ("spring-cloud-gateway", SpringCloudGatewayReader()), ("apisix", APISIXReader()),
    ("tyk", TykReader()), ("aws-apigateway", AWSReader()),
  ]

  @Test("a reader knows its own product's files and no other's", arguments: readers.indices)
  func ownFilesOnly(index: Int) throws {
    let (folder, reader) = Self.readers[index]
    for file in SharedFolder.files(under: ["data/configs"]) {
      guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
      let confidence = reader.confidence(in: text, named: file.lastPathComponent)
      if file.path.contains("/configs/\(folder)/") {
        #expect(confidence >= 60, "\(file.path)")
      } else {
        #expect(confidence < 50, "\(file.path)")
      }
    }
  }
}

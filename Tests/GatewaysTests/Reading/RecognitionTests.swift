import Foundation
import TestSupport
import Testing

@testable import Gateways

@Suite("Recognition by content", .enabled(if: SharedFolder.isPresent, "the shared folder is not there"))
struct EnvoyTraefikKongRecognitionTests {
  private static let own: [(folder: String, reader: any GatewayReader)] = [
    ("envoy", EnvoyReader()), ("envoy-ratelimit", EnvoyRateLimitReader()), ("traefik", TraefikReader()),
    ("kong", KongReader()),
  ]

  @Test(
    "a real file is taken for its own product, one of another product for none of these",
    arguments: ReaderChecks.realFiles(""))
  func recognises(file: URL) throws {
    let text = try ReaderChecks.text(of: file)
    let folder = file.deletingLastPathComponent().lastPathComponent
    let found = Self.own.map { ($0.folder, $0.reader.confidence(in: text, named: file.lastPathComponent)) }
      .filter { $0.1 > 0 }
    if Self.own.contains(where: { $0.folder == folder }) {
      #expect(found.max { $0.1 < $1.1 }?.0 == folder, "\(found)")
    } else {
      #expect(found.allSatisfy { $0.1 < 50 }, "\(found)")
    }
  }
}

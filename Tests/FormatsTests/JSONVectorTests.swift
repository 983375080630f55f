import Foundation
import Testing
import Traffic

@testable import Formats

/// The tricky lines of the formats made of keys and values, and of the wrappers around any format.
@Suite(
  "Tricky JSON lines",
  .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
struct JSONVectorTests {
  /// Vector formats and the names they are registered by.
  static let names = [
    "kong": "kong-json", "envoy-json": "envoy-json", "traefik-json": "traefik-json",
    "caddy-json": "caddy-json",
    "caddy-console": "caddy-console", "aws-apigateway": "aws-apigateway-json", "gcp-lb": "gcp-lb",
    "azure-appgw-v1": "azure-appgw-v1", "azure-appgw-v2": "azure-appgw-v2",
    "cloudflare": "cloudflare-logpush",
    "nginx-json": "json-lines", "nginx-json-unquoted": "json-lines", "apache-json": "json-lines",
    "haproxy-json": "haproxy-json",
  ]

  static var vectors: [TrickyVector] { TrickyVector.all.filter { names[$0.format] != nil } }

  @Test("every JSON vector is found")
  func count() { #expect(Self.vectors.count == 25) }

  /// The mapper decides from a file: the sample file of the vector's format, not the one line.
  private func format(_ vector: TrickyVector) throws -> any LogFormat {
    let name = try #require(Self.names[vector.format])
    if let known = JSONFormats.all.first(where: { $0.name == name }) { return known }
    let sample = try SharedSamples.bytes("\(vector.format).log")
    return try #require(JSONSamples.candidates(sample).first { $0.name == name })
  }

  @Test("give exactly the expected values", arguments: vectors)
  func expectedValues(vector: TrickyVector) throws {
    let parsed = ParsedLine(vector.line, try format(vector))
    let rows = parsed.batch.count
    let rejected = parsed.batch.rejected
    #expect(rows == 1 && rejected.isEmpty, "\(rejected)")
    guard rows == 1 else { return }
    for (key, value) in vector.expect where key != "note" {
      let got = parsed.text(key)
      let isClose = key == "t_start_us" && isOneOff(got, value.text)
      #expect(got == value.text || isClose, "\(key)")
    }
  }

  private func isOneOff(_ a: String?, _ b: String?) -> Bool {
    guard let a = a.flatMap({ Int64($0) }), let b = b.flatMap({ Int64($0) }) else { return false }
    return abs(a - b) <= 1
  }

  @Test("wrapped lines give the records inside", arguments: ["X01", "X02", "X03"])
  func wrapped(id: String) throws {
    let vector = try #require(TrickyVector.all.first { $0.id == id })
    let wrappers = vector.line.withUnsafeBufferPointer { Wrappers.detect(in: $0) }
    #expect(wrappers.map(\.name) == [["X01": "cri", "X02": "docker", "X03": "syslog"][id]!])
    var bytes = vector.line
    for wrapper in wrappers {
      var inner = UnwrappedBlock()
      bytes.withUnsafeBufferPointer { wrapper.unwrap($0, into: &inner) }
      bytes = inner.bytes
    }
    let expected = Dictionary(uniqueKeysWithValues: vector.expect.map { ($0.key, $0.value.text) })
    let name = try #require(expected["inner"] ?? nil)
    let format = try #require(JSONSamples.candidates(bytes).first ?? LogFormats.named(name))
    #expect(format.name == name)
    let parsed = ParsedLine(bytes, format)
    for (key, value) in expected where key != "inner" { #expect(parsed.text(key) == value, "\(key)") }
  }
}

import Foundation
import Testing
import Traffic

@testable import Formats

@Suite(
  "JSON sample files",
  .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
struct JSONSampleTests {
  static let files: [JSONSamples.File] = [
    .init(name: "traefik-json.jsonl", format: "traefik-json"),
    .init(name: "caddy-json.jsonl", format: "caddy-json"),
    .init(name: "caddy-json-append.jsonl", format: "caddy-json"),
    .init(name: "caddy-json-iso-duration.jsonl", format: "caddy-json"),
    .init(name: "caddy-console.log", format: "caddy-console"),
    .init(name: "kong-file-log.jsonl", format: "kong-json"),
    .init(name: "envoy-json.jsonl", format: "envoy-json"),
    .init(name: "apisix-file-logger.jsonl", format: "apisix-json"),
    .init(name: "nginx-json.log", format: "json-lines"),
    .init(name: "nginx-json-unquoted.log", format: "json-lines"),
    .init(name: "apache-json.log", format: "json-lines"),
    .init(name: "haproxy-json.log", format: "haproxy-json"),
    .init(name: "varnishncsa-json.log", format: "json-lines"), .init(name: "nginx-ltsv.log", format: "ltsv"),
    .init(name: "nginx-logfmt.log", format: "logfmt"),
    .init(name: "tyk-access.log", format: "tyk", rejected: [.notARequest]),
    .init(name: "aws-apigateway.jsonl", format: "aws-apigateway-json"),
    .init(name: "gcp-lb.jsonl", format: "gcp-lb"),
    .init(name: "azure-appgw-v1.jsonl", format: "azure-appgw-v1"),
    .init(name: "azure-appgw-v2.jsonl", format: "azure-appgw-v2"),
    .init(name: "cloudflare-logpush.jsonl", format: "cloudflare-logpush"),
    .init(name: "fastly.jsonl", format: "fastly-json"),
  ]

  @Test("are recognised, and every line is a request", arguments: files)
  func everyLine(file: JSONSamples.File) throws {
    let bytes = try SharedSamples.bytes(file.name)
    let candidates = JSONSamples.candidates(bytes)
    let format = try #require(candidates.first, "no candidate")
    #expect(format.name == file.format, "offered \(candidates.map(\.name))")
    let batch = JSONSamples.parse(bytes, format)
    #expect(batch.rejected.map(\.reason) == file.rejected, "\(batch.rejected)")
    #expect(batch.count == JSONSamples.lines(bytes).count - file.rejected.count)
  }
}

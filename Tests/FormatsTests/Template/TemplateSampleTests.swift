import Foundation
import Testing
import Traffic

@testable import Formats

/// Whole files written by the real programs, and the tricky lines, read by compiled format strings.
@Suite(
  "Format strings on real lines", .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
struct TemplateSampleTests {
  /// File, format, and how many of its lines are no requests.
  static let files: [(file: String, format: String, rejected: Int)] = [
    ("nginx-combined.log", "nginx-combined", 0),
    ("nginx-combined-timed.log", "nginx-combined-timed", 0),
    ("nginx-custom-gw.log", "nginx-custom-gw", 0),
    ("nginx-custom-kv.log", "nginx-custom-kv", 0),
    ("nginx-escape-none.log", "nginx-escape-none", 0),
    ("nginx-json.log", "nginx-json", 0),
    ("nginx-json-unquoted.log", "nginx-json-unquoted", 0),
    ("nginx-logfmt.log", "nginx-logfmt", 0),
    ("nginx-ltsv.log", "nginx-ltsv", 0),
    ("ingress-nginx.log", "ingress-nginx", 0),
    ("kong-nginx.log", "kong-nginx", 0),
    ("apisix-nginx.log", "apisix-nginx", 0),
    ("apisix-nginx.log", "apisix-nginx-bare", 0),
    ("apache-common.log", "apache-common", 0),
    ("apache-combined.log", "apache-combined", 0),
    ("apache-combinedio.log", "apache-combinedio", 0),
    ("apache-vhost-combined.log", "apache-vhost-combined", 0),
    ("apache-common-D-ttfb.log", "apache-common-D-ttfb", 0),
    ("apache-all-directives.log", "apache-all-directives", 0),
    ("apache-json.log", "apache-json", 0),
    ("traefik-generic-clf.log", "traefik-generic-clf", 0),
    ("varnishncsa-default.log", "varnishncsa", 0),
  ]

  @Test("every line of a sample becomes a request", arguments: files.indices)
  func wholeFile(index: Int) throws {
    let sample = Self.files[index]
    let bytes = try SharedSamples.bytes(sample.file)
    let format = try #require(try TemplateFormats.format(sample.format))
    var batch = RequestBatch()
    let position = bytes.withUnsafeBufferPointer { format.parse($0, from: LinePosition(), into: &batch) }
    let lines = bytes.split(separator: 10)
    #expect(position.offset == bytes.count)
    #expect(batch.rejected.count == sample.rejected)
    for rejected in batch.rejected.prefix(3) {
      Issue.record("\(sample.file): \(rejected) \(String(decoding: lines[rejected.line], as: UTF8.self))")
    }
    #expect(batch.count + batch.rejected.count == lines.count)
    #expect(batch.values(.arrival)?.contains(.absent) == false)
    #expect(batch.values(.outcome)?.contains(.absent) == false)
  }

  static let vectors = TrickyVector.all.filter { "NAV".contains($0.id.first ?? " ") }

  @Test("tricky lines give exactly the expected values", arguments: vectors)
  func tricky(vector: TrickyVector) throws {
    guard let format = try TemplateFormats.format(vector.format) else { return }
    let parsed = ParsedLine(vector.line, format)
    let rejected = parsed.batch.rejected
    #expect(parsed.batch.count == 1, "\(vector.id): \(rejected)")
    for (key, value) in vector.expect where key != "note" {
      let got = parsed.text(key)
      #expect(got == value.text, "\(vector.id) \(key): expected \(value.text ?? "nothing"), got \(got ?? "nothing")")
    }
  }
}

import Testing
import Traffic

@testable import Formats

@Suite("Explaining a line")
struct ExplanationTests {
  static let line =
    #"127.0.0.1:39180 [22/Nov/2026:07:29:48.300] f_http b_redis/a 0/3003/0/-1/4505 504 198 - - sH-- 1/1/0/0/+2 0/0 "GET /hang?token=abc HTTP/1.1""#

  @Test("names every column and note, with the bytes that say so")
  func fields() throws {
    let bytes = Array(Self.line.utf8)
    let explanation = FormatExplanation(of: bytes, format: HAProxyText(variant: .http))
    #expect(explanation.rejection == nil)
    func field(_ name: String) -> FormatExplanation.Field? { explanation.fields.first { $0.name == name } }
    let service = try #require(field("service"))
    #expect(service.value == "b_redis")
    let upstream = try #require(field("upstream")?.range)
    #expect(String(decoding: bytes[upstream], as: UTF8.self) == "b_redis/a")
    #expect(field("duration")?.value == "4505000")
    #expect(field("duration")?.range == nil)
    #expect(field("retry_waste")?.value == "3003000")
    #expect(field("retry_waste")?.column == nil)
    #expect(field("path")?.value == "/hang?token=***")
  }

  @Test("keeps secrets masked unless asked")
  func secrets() {
    let shown = FormatExplanation(of: Array(Self.line.utf8), format: HAProxyText(variant: .http), keepSecrets: true)
    #expect(shown.fields.contains { $0.name == "path" && $0.value == "/hang?token=abc" })
  }

  @Test("says why a line is no request")
  func rejection() {
    let explanation = FormatExplanation(of: Array("what is this".utf8), format: EnvoyText(variant: .envoy))
    #expect(explanation.fields.isEmpty)
    #expect(explanation.rejection?.reason == .notInFormat)
    #expect(FormatExplanation(of: [], format: EnvoyText(variant: .envoy)).fields.isEmpty)
  }
}

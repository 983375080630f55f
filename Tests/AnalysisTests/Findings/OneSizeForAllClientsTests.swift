import Testing
import Traffic

@testable import Analysis

@Suite("One size for all clients") struct OneSizeForAllClientsTests {
  /// 30 apps with 20 calls each, and 30 programs with `calls` calls of `bytes` bytes.
  private func night(calls: Int, bytes: Int64 = 900, limit: LimitVerdict? = .passed) -> ArchitectureNight {
    var night = ArchitectureNight()
    night.add(30 * 20) { request, index in
      request.consumer = "app\(index % 30)"
      request.userAgent = "Shop/1 (iPhone; iOS 18.1) CFNetwork/1 Darwin/2"
      request.limit = limit
    }
    night.add(30 * calls) { request, index in
      request.consumer = "job\(index % 30)"
      request.userAgent = "python-requests/2.3\(index % 2)"
      request.limit = index % 10 == 0 && limit != nil ? .rejected : limit
      request.bytesOut = bytes
    }
    return night
  }

  @Test("kinds whose middle callers differ a lot under the same limits are found")
  func calls() async throws {
    let findings = try await night(calls: 200).findings(OneSizeForAllClients.self)
    try #require(findings.map(\.kind) == ["one-size-for-all-clients"])
    #expect(findings[0].severity == .notice)
    #expect(findings[0].value("mobile_apps_median_calls") == .integer(20))
    #expect(findings[0].value("programs_median_calls") == .integer(200))
    #expect(findings[0].value("programs_refused") == .ratio(600, of: 6_000))
  }

  @Test("kinds whose answers differ a lot in size are found")
  func bytes() async throws {
    let findings = try await night(calls: 20, bytes: 50_000).findings(OneSizeForAllClients.self)
    try #require(findings.count == 1)
    #expect(findings[0].value("programs_mean_size") == .integer(50_000))
  }

  @Test("kinds that are alike, and kinds that no limiter judges, are not")
  func others() async throws {
    #expect(try await night(calls: 40).findings(OneSizeForAllClients.self).isEmpty)
    #expect(try await night(calls: 200, limit: nil).findings(OneSizeForAllClients.self).isEmpty)
  }

  @Test("kinds are told by the user agent", arguments: [
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", CallerKind.browser),
    ("Mozilla/5.0 (compatible; Googlebot/2.1)", .bot), ("ShopApp/7.1.0 (Linux; Android 15; Pixel 6) okhttp/4.12", .mobile),
    ("Go-http-client/2.0", .program), ("", .other), ("\u{202E}", .other),
  ])
  func kinds(agent: String, kind: CallerKind) {
    #expect(CallerKind(agent: agent) == kind)
  }
}

import Foundation
import Gateways
import TestSupport
import Testing
import Traffic

@Suite("nginx lines to paste") struct NginxWriterTests {
  private func text(_ limiter: LimiterSettings, key: LimitKey = .client, status: Int = 429)
    throws(NotExpressible) -> String
  {
    try NginxReader().text(for: LimitProposal(name: "perip", key: key, limiter: limiter, status: status))
  }

  @Test("what is printed")
  func printed() throws {
    #expect(
      try text(Nginx.bucket(10_000, burst: 20, undelayed: .max)) == """
        # inside http { }
        limit_req_zone $binary_remote_addr zone=perip:10m rate=10r/s;

        # inside the server { } or location { } to limit
        limit_req zone=perip burst=20 nodelay;
        limit_req_status 429;

        """)
    #expect(
      try text(.concurrency(ConcurrencySettings(limit: 3)), status: 503) == """
        # inside http { }
        limit_conn_zone $binary_remote_addr zone=perip:10m;

        # inside the server { } or location { } to limit
        limit_conn perip 3;

        """)
  }

  @Test(
    "what nginx cannot say is refused",
    arguments: [
      Nginx.bucket(1500), Nginx.bucket(0), Nginx.bucket(-5), Nginx.bucket(17), Nginx.bucket(1000, burst: -1),
      Nginx.bucket(1000, burst: .max), .tokenBucket(rate: .perSecond(1), capacity: 1),
      .concurrency(ConcurrencySettings(limit: 3, queue: 1)), .concurrency(ConcurrencySettings(limit: 65_536)),
      .leakyBucket(milliRate: 1000, burst: 0, undelayed: 0, arithmetic: .apisix),
    ])
  func refused(limiter: LimiterSettings) {
    if case .leakyBucket(milliRate: 1500, _, _, _) = limiter {
      // 90r/m is exactly that.
      #expect(throws: Never.self) { try text(limiter) }
    } else {
      #expect(throws: NotExpressible.self) { try text(limiter) }
    }
  }

  @Test("what is printed reads back as the same limiter, key and status", arguments: [1, 2, 3] as [UInt64])
  func roundTrip(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let keys: [LimitKey] = [
      .client, .all, LimitKey([.header("x-api-key")], missing: .passes), LimitKey([.header("x-api-key")]),
      LimitKey([.column(.stored(.consumer))], missing: .passes), LimitKey([.column(.stored(.consumer))]),
      LimitKey([.column(.stored(.client)), .column(.stored(.path))]),
      LimitKey([.column(.stored(.userAgent)), .header("a")]),
      LimitKey([.unlogged("$cookie_sid")], missing: .passes), LimitKey([.column(.stored(.method))]),
    ]
    for _ in 0..<300 {
      let count = Int64.random(in: 1...10_000, using: &random)
      let milliRate = Bool.random(using: &random) ? count * 1000 : count * 1000 / 60
      let limiter: LimiterSettings
      switch Int.random(in: 0..<4, using: &random) {
      case 0: limiter = .concurrency(ConcurrencySettings(limit: .random(in: 1...65_535, using: &random)))
      case 1: limiter = Nginx.bucket(milliRate)
      case 2: limiter = Nginx.bucket(milliRate, burst: .random(in: 0...1000, using: &random), undelayed: .max)
      default:
        let burst = Int64.random(in: 1...1000, using: &random)
        limiter = Nginx.bucket(milliRate, burst: burst, undelayed: .random(in: 0...burst, using: &random))
      }
      let key = keys.randomElement(using: &random) ?? .client
      let status = Int.random(in: 400...599, using: &random)
      let text = try text(limiter, key: key, status: status)
      let (zone, limit) = text.components(separatedBy: "\n\n").pair
      for whole in [text, "events{} http { \(zone) \nserver { location / { \(limit) } } }"] {
        let model = try Nginx.model(whole)
        #expect(model.counters.map(\.key) == [key], "seed \(seed): \(whole)")
        #expect(model.rules.map(\.limiter) == [limiter], "seed \(seed): \(whole)")
        #expect(model.rules.map(\.status) == [status], "seed \(seed): \(whole)")
      }
    }
  }
}

extension [String] {
  fileprivate var pair: (String, String) { (self[0], self.count > 1 ? self[1] : "") }
}

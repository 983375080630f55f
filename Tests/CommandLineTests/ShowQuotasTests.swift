import Analysis
import Foundation
import Gateways
import TestSupport
import Testing
import Traffic

@testable import CommandLine

@Suite("show quotas") struct ShowQuotasTests {
  private static let configuration = """
    events {}
    http {
      limit_req_zone $remote_user zone=user:10m rate=60r/m;
      limit_req_zone $binary_remote_addr zone=address:10m rate=5r/s;
      server {
        location /api/users/ { limit_req zone=address burst=3; proxy_pass http://up; }
        location /api/ { limit_req zone=user burst=20 nodelay; proxy_pass http://up; }
      }
    }
    """

  private let services: StubServices = {
    var services = StubServices()
    services.traffic = .generated(seed: 5, requests: 2_000)
    // The generated traffic has routes only: a path that names its route, and an address of its consumer.
    for index in services.traffic.rows.indices {
      let row = services.traffic.rows[index]
      services.traffic.rows[index].values[.path] = row.route
      if row[.consumer] != .absent { services.traffic.rows[index].values[.client] = row[.consumer] }
    }
    return services
  }()

  private func json(_ arguments: [String]) async throws -> NSDictionary {
    let run = await Run(["show", "quotas", "--format", "json"] + arguments, services: services)
    #expect(run.code == .done, "\(run.errors)")
    return try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? NSDictionary)
  }

  @Test("holds the requests that a rule applies to, and only those, against its limit")
  func configured() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("nginx.conf", Self.configuration)
    let rows = try #require(try await json(["--config", path])["quotas"] as? [NSDictionary])
    for row in rows { #expect((row["basis"] as? String)?.hasPrefix(path) == true) }
    func attempts(_ limit: String, _ key: String) -> Int {
      // Zones are of a node each: the nodes together have all requests.
      rows.filter { ($0["limit"] as? String)?.hasPrefix(limit) == true && ($0["key"] as? String)?.hasPrefix(key + " on ") == true }
        .compactMap { $0["attempts"] as? Int }.reduce(0, +)
    }
    func count(_ consumer: String, _ applies: (String) -> Bool) -> Int {
      services.traffic.rows.count { row in
        services.traffic.symbolText(row[.consumer]) == consumer && applies(services.traffic.symbolText(row.route) ?? "")
      }
    }
    for consumer in ["anna", "ben"] {
      let address = ClientAddress.ipv4Text(try #require((0...30).first { services.traffic.symbolText($0) == consumer }))
      #expect(attempts("user", consumer) == count(consumer) { $0.hasPrefix("/api/") && !$0.hasPrefix("/api/users/") })
      #expect(attempts("address", address) == count(consumer) { $0.hasPrefix("/api/users/") })
    }
  }

  @Test("shows peaks and says why where nothing speaks of a limit")
  func peaks() async throws {
    var calm = services
    for index in calm.traffic.rows.indices { calm.traffic.rows[index].values[.status] = 200 }
    let run = await Run("show quotas", services: calm)
    #expect(run.code == .done && run.output.contains("peaks only") && !run.output.contains("Peak use"))
  }

  @Test("tells when a long quota runs out, or that there is no trend")
  func long() async throws {
    let table = try #require(try await json(["--limit", "1000000/month", "--key", "all"])["long_quotas"] as? [NSDictionary])
    #expect(table.count == 1 && (table[0]["statement"] as? String)?.hasPrefix("no trend from 0 full days") == true)
    #expect(table[0]["used"] as? Int == 2_000)
  }

  @Test("names mistakes", arguments: [
    ("--limit 0/s", "a rate above 0"), ("--limit 5", "a rate such as"), ("--limit 5/fortnight", "a rate such as"),
    ("--limit 5/s --key consumr", "did you mean 'consumer'"), ("--limit 5/s --key a,b,c", "at most 2 columns"),
    ("--key consumer", "--limit needs a value"), ("--limit 5/s --burst none", "a positive number"),
    ("--limit 5/s --config x.conf", "exclude each other"),
  ])
  func mistakes(line: String, expected: String) async {
    let run = await Run("show quotas " + line, services: services)
    #expect(run.code == .usage && run.output.isEmpty && run.errors.contains(expected), "\(run.errors)")
  }

  @Test("reads every limiter as windows or a bucket")
  func meters() {
    func meter(_ settings: LimiterSettings) -> QuotaLimit.Meter? { settings.quotaMeter }
    #expect(meter(.leakyBucket(milliRate: 1_000, burst: 20, undelayed: 0, arithmetic: .nginx)) == .bucket(count: 1_000, period: 1_000_000_000, capacity: 21))
    #expect(meter(.tokenBucket(rate: .perMinute(90), capacity: 7)) == .bucket(count: 90, period: 60_000_000, capacity: 7))
    #expect(meter(.secondStepBucket(replenishRate: 6, capacity: 60, requested: 3)) == .bucket(count: 6, period: 3_000_000, capacity: 20))
    #expect(meter(.gcra(emissionInterval: 100_000_000, burst: 4)) == .bucket(count: 1_000, period: 100_000_000, capacity: 5))
    #expect(meter(.fixedWindow(limit: 9, window: .calendar(.month), countsRejected: false)) == .window(limit: 9, .month))
    #expect(meter(.frequencyCounter(period: 10_000_000, threshold: 8, counting: .never)) == .sliding(limit: 8, length: 10_000_000))
    #expect(meter(.spikeInterval(250_000)) == .sliding(limit: 1, length: 250_000))
    #expect(meter(.concurrency(ConcurrencySettings(limit: 3))) == nil)
  }
}

import Foundation
import TestSupport
import Testing

/// `headroom limits` proved by `headroom simulate`: what it prints for a product is read back and replayed.
@Suite("headroom limits, proved by headroom simulate") struct LimitsCommandTests {
  let folder: TemporaryFolder
  let environment: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    environment = ["HEADROOM_STORE": folder.path + "/bursts.db"]
    let log = try folder.file("bursts.log", Self.bursts(seed: 7).joined())
    let format = #"$msec $remote_addr "$request" $status $request_time"#
    let result = try run(["import", "--log-format", format, log])
    try #require(result.status == 0, "\(result.errors)")
  }

  private func run(_ words: [String]) throws -> Program.Result {
    try Program.headroom.run(words, environment: environment, in: folder)
  }

  /// Three minutes of three clients: single requests, and bursts of up to thirty within a few milliseconds each.
  private static func bursts(seed: UInt64) -> [String] {
    var random = SeededGenerator(seed: seed)
    var arrivals: [(ms: Int, client: Int)] = []
    for client in 1...3 {
      var now = 0
      while now < 180_000 {
        let burst = Int.random(in: 0..<12, using: &random) == 0 ? Int.random(in: 5...30, using: &random) : 1
        for _ in 0..<burst {
          now += Int.random(in: 0...6, using: &random)
          arrivals.append((now, client))
        }
        now += Int.random(in: 20...900, using: &random)
      }
    }
    return arrivals.sorted { ($0.ms, $0.client) < ($1.ms, $1.client) }.map { ms, client in
      let stamp = 1_800_000_000_000 + ms
      return "\(stamp / 1_000).\(String(stamp % 1_000 + 1_000).dropFirst()) 192.0.2.\(client) \"GET /orders HTTP/1.1\" 200 0.000\n"
    }
  }

  private struct Answer: Decodable {
    struct Point: Decodable {
      var limit: String?
      var window_us: Int?
      var size: Int
    }
    struct Proposal: Decodable {
      var limit: String
      var size: Int
      var smallest: Int
      var breaks_line: Int?
    }
    var schema: String
    var frontier: [Point]
    var recommendation: [Proposal]?
    var text: [String]?
  }

  private func limits(_ words: [String]) throws -> Answer {
    let result = try run(["limits", "--key", "client", "--format", "json"] + words)
    try #require(result.status == 0, "\(result.errors)")
    let answer = try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
    #expect(answer.schema == "headroom.limits/1")
    return answer
  }

  /// A product, its file, and the text before the size in what is printed for it.
  struct Printed: CustomTestStringConvertible, Sendable {
    var product: String
    var file: String
    var lead: String
    var options: [String] = []

    var testDescription: String { product }
  }

  @Test(
    "nothing is rejected at the size it finds, and something with one less",
    arguments: [
      Printed(product: "nginx", file: "nginx.conf", lead: "burst="),
      Printed(product: "envoy", file: "envoy.yaml", lead: "max_tokens: "),
      Printed(product: "traefik", file: "traefik.yaml", lead: "burst: "),
      Printed(product: "krakend", file: "krakend.json", lead: "\"client_capacity\": "),
      Printed(product: "haproxy", file: "haproxy.cfg", lead: " gt ", options: ["--window", "10s"]),
      Printed(product: "kong", file: "kong.yaml", lead: "minute: ", options: ["--window", "1m"]),
    ])
  func proved(printed: Printed) throws {
    let answer = try limits(["--for", printed.product, "--recommend"] + printed.options)
    let proposal = try #require(answer.recommendation?.first)
    let text = try #require(answer.text?.last).replacing("/per_client", with: "/orders")
    #expect(text.contains("\(printed.lead)\(proposal.size)"), "\(text)")
    // The recommendation is a point of the frontier.
    let point =
      printed.options.isEmpty
      ? try limits(["--for", printed.product, "--rates", proposal.limit]).frontier.first
      : try limits(["--for", printed.product, "--windows", printed.options[1]]).frontier.first
    #expect(point?.size == proposal.smallest && proposal.smallest <= proposal.size && proposal.smallest > 2)
    for (size, rejects) in [(proposal.size, false), (proposal.smallest, false), (proposal.smallest - 1, true)] {
      let changed = text.replacing("\(printed.lead)\(proposal.size)", with: "\(printed.lead)\(size)")
      let path = try folder.file(printed.file, changed)
      let simulated = try SimulationAnswer(try run(["simulate", "-c", path, "--format", "json"]))
      let total = try #require(simulated.totals.first)
      #expect(total.product == printed.product && (total.rejected > 0) == rejects, "\(size): \(total)")
      if rejects, let line = proposal.breaks_line {
        #expect(simulated.limits.contains { $0.first?.hasPrefix("bursts.log:\(line)") == true }, "\(simulated.limits)")
      }
    }
  }

  @Test("every point of a frontier is exact", arguments: ["nginx", "envoy"]) func frontier(product: String) throws {
    let points = try limits(["--for", product, "--rates", "10,15,20,30,50r/s"]).frontier
    #expect(points.count == 5 && points.map(\.size) == points.map(\.size).sorted(by: >))
    for point in points {
      let rate = try #require(point.limit?.split(separator: "r").first.flatMap { Int($0) })
      for (size, rejects) in [(point.size, false), (point.size - 1, true)] {
        let total = try #require(try simulate(product, rate: rate, size: size).totals.first)
        #expect((total.rejected > 0) == rejects, "\(rate)r/s, \(size): \(total.rejected)")
      }
    }
  }

  /// Replays a configuration written here, without the program's own writer.
  private func simulate(_ product: String, rate: Int, size: Int) throws -> SimulationAnswer {
    let text =
      product == "nginx"
      ? """
      http {
        limit_req_zone $binary_remote_addr zone=c:1m rate=\(rate)r/s;
        limit_req zone=c burst=\(size) nodelay;
        server { location / { } }
      }

      """
      : """
      http_filters:
      - name: envoy.filters.http.local_ratelimit
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
          stat_prefix: c
          filter_enabled: {default_value: {numerator: 100}}
          filter_enforced: {default_value: {numerator: 100}}
          rate_limits: [{actions: [{remote_address: {}}]}]
          descriptors:
          - entries: [{key: remote_address}]
            token_bucket: {max_tokens: \(size), tokens_per_fill: \(rate), fill_interval: 1s}

      """
    let path = try folder.file(product == "nginx" ? "nginx.conf" : "envoy.yaml", text)
    return try SimulationAnswer(try run(["simulate", "-c", path, "--format", "json"]))
  }

  @Test("a certificate holds, and no longer once it is edited") func certificate() throws {
    let path = folder.path + "/limit.json"
    _ = try limits(["--recommend", "--certificate", path])
    let kept = try run(["limits", "--verify", path])
    #expect(kept.status == 0, "\(kept.output)\(kept.errors)")
    let original = try Data(contentsOf: URL(fileURLWithPath: path))
    for (object, field) in [("smallest", "size"), ("smallest", "rejected"), ("one_lower", "rejected"), ("breaks_first", "line")] {
      var certificate = try #require(try JSONSerialization.jsonObject(with: original) as? [String: Any])
      var entries = try #require(certificate["limits"] as? [[String: Any]])
      var part = try #require(entries[0][object] as? [String: Any])
      part[field] = try #require(part[field] as? Int) + 1
      entries[0][object] = part
      certificate["limits"] = entries
      try JSONSerialization.data(withJSONObject: certificate).write(to: URL(fileURLWithPath: path))
      let edited = try run(["limits", "--verify", path])
      #expect(edited.status == 1, "\(object).\(field): \(edited.output)\(edited.errors)")
    }
  }

  @Test("gives the same bytes twice and for any number of threads") func determinism() throws {
    let outputs = try [1, 1, 2, 4].map { threads in
      try run(["limits", "--key", "client", "--recommend", "--per-key", "--threads", "\(threads)"]).output
    }
    #expect(Set(outputs).count == 1 && outputs[0].contains("192.0.2.1"))
  }
}

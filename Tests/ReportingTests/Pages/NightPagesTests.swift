import Analysis
import TestSupport
import Testing
import Traffic

@testable import Reporting

/// Pages over small nights in memory, against counts by hand.
@Suite("Pages of a night") struct NightPagesTests {
  private static let start: Int64 = 1_780_000_000_000_000

  private static func report(_ traffic: MemoryTraffic, findings: [Finding] = []) -> Report {
    let entry = LedgerEntry(
      number: 1, path: "night.log", format: "test", lines: Int64(traffic.rows.count),
      requests: Int64(traffic.rows.count), firstArrival: traffic.rows.first.map { Timestamp(microseconds: $0[.arrival]) },
      lastArrival: traffic.rows.last.map { Timestamp(microseconds: $0[.arrival]) })
    return Report(night: Night(traffic: traffic, ledger: [entry]), findings: findings)
  }

  private static func tables(_ blocks: [Document.Block]?) -> [String: Table] {
    let document = Document(name: "x", title: "x", blocks: blocks ?? [])
    var tables = document.tables
    for case .figure(let figure) in blocks ?? [] { tables.append(figure.table) }
    return Dictionary(tables.map { ($0.key, $0) }) { first, _ in first }
  }

  /// One cell by row number and column key.
  private static func cell(_ table: Table?, _ row: Int, _ column: String) -> Cell? {
    guard let table, table.rows.indices.contains(row),
      let place = table.columns.firstIndex(where: { $0.key == column })
    else { return nil }
    return table.rows[row][place]
  }

  @Test("a log that knows arrivals and status only has a verdict, and no section about what it does not know")
  func bareLog() async throws {
    var traffic = MemoryTraffic()
    for index in 0..<50 {
      traffic.rows.append(.init([.arrival: Self.start + Int64(index) * 1_000_000, .status: index == 7 ? 500 : 200]))
    }
    let report = Self.report(traffic)
    let verdict = try await VerdictPage().blocks(of: report)
    #expect(verdict != nil)
    for page in [CachePage(), ConsumersPage(), UpstreamsPage(), ClientsPage(), SecurityPage()] as [any ReportPage] {
      #expect(try await page.blocks(of: report) == nil, "\(page.id)")
    }
    #expect(try await VerdictPage().blocks(of: Self.report(MemoryTraffic())) == nil)
  }

  @Test("the verdict has at most five sentences of one number each, and says good when all is well")
  func verdict() async throws {
    var traffic = MemoryTraffic()
    for index in 0..<2_000 {
      traffic.rows.append(
        .init([.arrival: Self.start + Int64(index) * 10_000, .status: 200, .duration: 1_000, .outcome: 0]))
    }
    let good = try await Self.statements(traffic)
    #expect(good.count == 5)
    #expect(good.map(\.tone) == [.good, .good, .good, .good, .neutral])
    #expect(good[1].sentence.values == [.duration(Microseconds(1_000))])
    #expect(good[4].sentence.values == [.integer(100)])

    for index in 0..<100 { traffic.rows[index].values[.duration] = 900_000 }
    for index in 0..<30 { traffic.rows[index].values[.status] = 503 }
    let name = traffic.symbol("partner-17")
    for index in 30..<40 {
      traffic.rows[index].values[.status] = 429
      traffic.rows[index].values[.consumer] = name
    }
    let bad = try await Self.statements(traffic)
    #expect(bad.map(\.tone) == [.bad, .bad, .attention, .good, .neutral])
    #expect(bad[0].sentence.values == [.integer(30), .integer(2_000)])
    #expect(bad[1].sentence.values == [.duration(Microseconds(900_000))])
    #expect(bad[2].sentence.values == [.integer(10), .integer(2_000), .text("partner-17")])
  }

  private static func statements(_ traffic: MemoryTraffic) async throws -> [Statement] {
    try await VerdictPage().blocks(of: report(traffic))?.compactMap { block in
      if case .statement(let statement) = block { statement } else { nil }
    } ?? []
  }

  @Test("the cache section counts hits, bytes, reasons and the ceiling by hand")
  func cache() async throws {
    var traffic = MemoryTraffic()
    let route = traffic.symbol("/a")
    let statuses: [CacheStatus] = [.hit, .hit, .hit, .miss, .miss, .expired, .stale, .bypass]
    for (index, status) in statuses.enumerated() {
      traffic.rows.append(
        .init(
          [
            .arrival: Self.start + Int64(index) * 600_000_000, .cache: status.rawValue, .bytesOut: 100,
            .duration: status.isServedFromCache ? 10 : 110, .status: 200,
          ], route: route))
    }
    let blocks = try await CachePage().blocks(of: Self.report(traffic))
    guard case .facts(let facts) = blocks?.first else { throw MissingBlock() }
    #expect(facts.map(\.value) == [
      .ratio(4, of: 7), .ratio(400, of: 700), .duration(Microseconds(400)), .ratio(5, of: 7),
    ])
    let tables = Self.tables(blocks)
    #expect(tables["cache_reasons"]?.rows.first == [.text("hit"), .integer(3), .ratio(3, of: 8)])
    #expect(Self.cell(tables["cache_routes"], 0, "ceiling") == .ratio(5, of: 7))
    #expect(tables["cache_over_time"]?.rows.count == 7)
  }

  @Test("the consumers section shows peaks, what is throttled, and keys that many addresses share")
  func consumers() async throws {
    var traffic = MemoryTraffic()
    let names = (0..<12).map { traffic.symbol("key-\($0)") }
    for second in 0..<60 {
      for (index, name) in names.enumerated() {
        // key-0 sends two a second from ever new addresses, the others one from their own.
        for copy in 0..<(index == 0 ? 2 : 1) {
          let isRefused = index == 1 && second % 20 < 2
          traffic.rows.append(
            .init([
              .arrival: Self.start + Int64(second) * 1_000_000 + Int64(copy), .consumer: name,
              .client: index == 0 ? Int64(second) : Int64(1_000 + index), .status: isRefused ? 429 : 200,
            ]))
        }
      }
    }
    let tables = Self.tables(try await ConsumersPage().blocks(of: Self.report(traffic)))
    let callers = tables["callers"]
    #expect(callers?.rows.count == 12)
    #expect(Self.cell(callers, 0, "consumer") == .text("key-0"))
    #expect(Self.cell(callers, 0, "peak_second") == .integer(2))
    #expect(Self.cell(callers, 0, "requests") == .integer(120))
    let throttled = tables["throttled"]
    #expect(throttled?.rows == [
      [.text("key-1"), .integer(6), .ratio(6, of: 60), .ratio(3, of: 6), .real(2)]
    ])
    #expect(tables["shared_keys"]?.rows == [
      [.text("key-0"), .integer(60), .integer(120), .ratio(120, of: 780)]
    ])
    #expect(tables["shared_addresses"] == nil)
  }

  @Test("the security section tells a scanner and a burst from the baseline")
  func security() async throws {
    var traffic = MemoryTraffic()
    let paths = (0..<25).map { traffic.symbol("/old/\($0)") } + [traffic.symbol("/.env")]
    let ordinary = traffic.symbol("/v1/orders")
    func add(_ client: Int64, _ path: Int64, _ status: Int64, _ index: Int) {
      traffic.rows.append(
        .init([.arrival: Self.start + Int64(index) * 1_000, .client: client, .path: path, .status: status]))
    }
    for index in 0..<200 { add(Int64(index % 10), ordinary, index % 50 == 0 ? 404 : 200, index) }
    for (index, path) in paths.enumerated() { add(77, path, 404, 200 + index) }
    for index in 0..<30 { add(78, ordinary, 401, 300 + index) }
    let blocks = try await SecurityPage().blocks(of: Self.report(traffic))
    guard case .facts(let facts) = blocks?.first else { throw MissingBlock() }
    #expect(facts.map(\.value) == [
      .integer(2), .ratio(56, of: 256), .ratio(56, of: 56), .ratio(4, of: 200),
    ])
    let tables = Self.tables(blocks)
    #expect(tables["scanners"]?.rows.first?.dropFirst() == [
      .integer(26), .ratio(26, of: 26), .integer(26), .text("/.env"),
    ])
    #expect(Self.cell(tables["auth_failure_bursts"], 0, "failures") == .integer(30))
    #expect(tables["hostile_paths"]?.rows == [[.text("/.env"), .integer(1), .ratio(0, of: 1)]])
  }

  @Test("the upstreams section tells shares, work in progress, an outage and what a lost node would cost")
  func upstreams() async throws {
    var traffic = MemoryTraffic()
    let endpoints = ["a:1", "b:1"].map { traffic.symbol($0) }
    let service = traffic.symbol("orders")
    let nodes = ["gw-1", "gw-2"].map { traffic.symbol($0) }
    for second in 0..<1_200 {
      for (index, endpoint) in endpoints.enumerated() {
        let fails = index == 1 && (300..<600).contains(second)
        traffic.rows.append(
          .init([
            .arrival: Self.start - Self.start % 300_000_000 + Int64(second) * 1_000_000, .upstream: endpoint,
            .service: service, .upstreamDuration: 500_000, .upstreamStatus: fails ? 503 : 200,
            .status: fails ? 503 : 200, .gateway: nodes[second % 4 == 0 ? 1 : 0], .attempts: 1, .duration: 500_000,
          ]))
      }
    }
    let tables = Self.tables(try await UpstreamsPage().blocks(of: Self.report(traffic)))
    #expect(Self.cell(tables["upstreams"], 0, "share") == .ratio(1_200, of: 2_400))
    #expect(Self.cell(tables["upstreams"], 1, "errors") == .ratio(300, of: 1_200))
    #expect(Self.cell(tables["upstreams"], 0, "skew") == .real(1))
    #expect(Self.cell(tables["upstream_work"], 0, "mean") == .real(0.5))
    #expect(Self.cell(tables["upstream_work"], 0, "busiest") == .real(0.5))
    let outage = tables["upstream_outages"]
    #expect(outage?.rows.count == 1)
    #expect(Self.cell(outage, 0, "state") == .text("failing"))
    #expect(Self.cell(outage, 0, "unserved") == .ratio(300, of: 300))
    #expect(Self.cell(tables["gateway_nodes"], 0, "busiest_minute") == .integer(90))
    #expect(Self.cell(tables["gateway_nodes"], 0, "more_for_others") == .ratio(90, of: 30))
  }

  @Test("the clients section splits protocols, methods and kinds of client")
  func clients() async throws {
    var traffic = MemoryTraffic()
    let agents = ["curl/8", "Mozilla/5.0"].map { traffic.symbol($0) }
    let get = traffic.symbol("GET")
    for index in 0..<40 {
      traffic.rows.append(
        .init([
          .arrival: Self.start + Int64(index), .method: get, .status: index == 0 ? 101 : 200, .duration: 5,
          .wireProtocol: (index % 4 == 0 ? WireProtocol.http2 : .http11).rawValue,
          .userAgent: agents[index % 10 == 0 ? 0 : 1],
        ]))
    }
    let tables = Self.tables(try await ClientsPage().blocks(of: Self.report(traffic)))
    #expect(Self.cell(tables["protocols"], 0, "protocol") == .text("HTTP/1.1"))
    #expect(Self.cell(tables["protocols"], 0, "requests") == .integer(30))
    #expect(Self.cell(tables["methods"], 0, "samples") == .integer(39))
    #expect(Self.cell(tables["client_kinds"], 1, "requests") == .integer(4))
    #expect(Self.cell(tables["client_kinds"], 1, "kind") == .text("command line"))
    #expect(Self.cell(tables["left_out_of_latency"], 0, "requests") == .integer(1))
  }

  @Test("every table of every page says where its numbers come from")
  func derivations() async throws {
    let report = Self.report(MemoryTraffic.generated(seed: 3, requests: 600))
    for page in ReportPages.all where ["cache", "consumers", "upstreams", "clients", "security"].contains(page.id) {
      for (key, table) in Self.tables(try await page.blocks(of: report)) {
        #expect(table.derivation != nil, "\(page.id) \(key)")
      }
    }
  }

  private struct MissingBlock: Error {}
}

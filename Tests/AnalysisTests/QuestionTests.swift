import Statistics
import Testing
import TestSupport
import Traffic

@testable import Analysis

@Suite("Questions") struct QuestionTests {
  private let traffic = MemoryTraffic.generated(seed: 11, requests: 1_500)

  @Test("hours add up to the traffic, and an hour without traffic is a row of zero")
  func hours() async throws {
    var traffic = traffic
    traffic.rows.append(.init([.arrival: traffic.rows.last![.arrival] + 4 * 3_600_000_000, .status: 200]))
    let answer = try await HourlyTraffic().answer(from: traffic)
    #expect(answer.rows.reduce(0) { $0 + $1.totals.requests } == 1_501)
    #expect(answer.rows.contains { $0.totals.requests == 0 })
    #expect(zip(answer.rows, answer.rows.dropFirst()).allSatisfy { $1.hour - $0.hour == .hour })
  }

  @Test("a time stamp a thousand years off does not print a thousand years")
  func hostileHours() async throws {
    var traffic = traffic
    traffic.rows.append(.init([.arrival: 32_000_000_000_000_000, .status: 200]))
    let answer = try await HourlyTraffic().answer(from: traffic)
    #expect(!answer.isGapless)
    #expect(answer.rows.count < 100)
  }

  @Test("percentiles of a cube are within 0.4 % of the exact ones")
  func boundedPercentiles() async throws {
    let exact = try await RouteLatency().answer(from: traffic).latency
    let bounded = try await HourlyTraffic().answer(from: traffic).latency
    #expect(bounded.samples == exact.samples)
    #expect(bounded.maximum == exact.maximum)
    for (a, b) in zip(bounded.quantiles, exact.quantiles) {
      guard let a = a?.count, let b = b?.count else {
        #expect(a == nil && b == nil)
        continue
      }
      #expect((a - b).magnitude * 256 <= UInt64(b))
    }
  }

  @Test("totals by cube equal totals by scan")
  func sameTotals() async throws {
    let scanned = try await RouteLatency().answer(from: traffic).totals
    #expect(try await HourlyTraffic().answer(from: traffic).totals == scanned)
    #expect(try await ConsumerUsage().answer(from: traffic).total.totals == scanned)
  }

  @Test("cells of rollups, which know only the class of a status, count as errors all the same")
  func rollups() {
    let layout = CubeLayout(CubeGroup.dimensions, CubeGroup.measures)
    var group = CubeGroup()
    for (statusClass, requests) in [(Int64(2), Int64(7)), (4, 2), (5, 1), (1, 3)] {
      let histogram = MemoryTraffic.histogram([Int64](repeating: 100, count: Int(requests)))
      group.add(
        Cube.Cell(key: [.absent, 0, .absent, .absent, statusClass], requests: requests, values: [.histogram(histogram)]),
        layout)
    }
    #expect(group.totals.requests == 13 && group.totals.withStatus == 13)
    #expect((group.totals.serverErrors, group.totals.clientErrors) == (1, 2))
    #expect(group.latency.count == 10 && group.totals.excluded == 3)
  }

  @Test("a consumer's peak is its largest count within one second of the clock")
  func consumerPeaks() async throws {
    let answer = try await ConsumerUsage().answer(from: traffic)
    for row in answer.rows {
      let mine = traffic.rows.filter { traffic.symbolText($0[.consumer]) == row.consumer }
      let perSecond = Dictionary(grouping: mine) { $0[.arrival] / 1_000_000 }
      #expect(row.peakPerSecond == perSecond.values.map { Int64($0.count) }.max())
      #expect(row.totals.requests == Int64(mine.count))
    }
    #expect(answer.rows.contains { $0.consumer == nil })
  }

  @Test("the busiest second of all traffic is counted exactly, in any order of rows", arguments: [UInt64(1), 2])
  func peak(seed: UInt64) async throws {
    var traffic = traffic
    var random = SeededGenerator(seed: seed)
    traffic.rows.shuffle(using: &random)
    let window = try await BusySeconds().answer(from: traffic).window
    let perSecond = Dictionary(grouping: traffic.rows) { $0[.arrival] / 1_000_000 }
    #expect(window.peakPerSecond == perSecond.values.map { Int64($0.count) }.max())
    #expect(window.first?.microseconds == traffic.rows.map { $0[.arrival] }.min())
    #expect(window.last?.microseconds == traffic.rows.map { $0[.arrival] }.max())
  }

  @Test("arrivals before 1970 and at the ends of time are counted, not trapped on")
  func hostileArrivals() async throws {
    var traffic = MemoryTraffic()
    for arrival in [-1, -1_000_001, Int64.min + 1, Int64.max, 0] { traffic.rows.append(.init([.arrival: arrival])) }
    let window = try await BusySeconds().answer(from: traffic).window
    #expect(window.requests == 5)
    #expect(window.peakPerSecond == 1)
    _ = try await NodeLoad().answer(from: traffic)
  }

  @Test("an even share of a service's requests has skew 1, and upstream errors count either sign of trouble")
  func upstreams() async throws {
    var traffic = MemoryTraffic()
    let service = traffic.symbol("orders")
    let (a, b) = (traffic.symbol("a"), traffic.symbol("b"))
    for (upstream, status, outcome) in [(a, 200, Outcome.ok), (a, 502, .ok), (a, 200, .upstreamTimeout), (b, 200, .ok)] {
      traffic.rows.append(.init([
        .arrival: 1, .service: service, .upstream: upstream, .upstreamStatus: Int64(status),
        .outcome: outcome.rawValue, .attempts: 2,
      ]))
    }
    traffic.rows.append(.init([.arrival: 2, .outcome: 0]))
    let answer = try await UpstreamHealth().answer(from: traffic)
    #expect(answer.rows.map(\.upstream) == ["a", "b"])
    #expect(answer.rows.map(\.errors) == [2, 0])
    #expect(answer.rows.map(\.retries) == [3, 1])
    #expect(answer.rows.map { Double($0.skewPart) / Double($0.skewOf) } == [1.5, 0.5])
    #expect(answer.withoutUpstream == 1)
  }

  @Test("the hit ratio counts lookups only, and the time saved is served requests times the difference of the means")
  func cache() async throws {
    var traffic = MemoryTraffic()
    let rows: [(CacheStatus, Int64)] = [(.hit, 10), (.hit, 20), (.miss, 115), (.bypass, 900), (.none, 1)]
    for (status, duration) in rows {
      traffic.rows.append(.init([.arrival: 1, .cache: status.rawValue, .duration: duration, .bytesOut: 100]))
    }
    let total = try await CacheUse().answer(from: traffic).total
    #expect((total.requests, total.lookups, total.served) == (5, 3, 2))
    #expect((total.lookupBytes, total.servedBytes) == (300, 200))
    #expect(total.timeSaved == Microseconds(200))
    #expect(total.byStatus[Int(CacheStatus.bypass.rawValue)] == 1)
  }

  private static let hour: Int64 = 3_600_000_000

  /// Counts of a node with a rate per hour of the day, in even steps, but for hours since the start that are missing.
  private static func node(days: Int, perHour: (Int) -> Int, missing: Set<Int> = []) -> PeriodCounts {
    var counts = PeriodCounts(period: .minute)
    for hour in 0..<(24 * days) where !missing.contains(hour) {
      let requests = perHour(hour % 24)
      let arrivals = (0..<requests).map { Int64(hour) * Self.hour + Int64($0) * Self.hour / Int64(requests) }
      arrivals.withUnsafeBufferPointer { counts.record($0) }
    }
    return counts
  }

  @Test("a silent node has a gap, a slow one has not")
  func gaps() {
    var busy = PeriodCounts(period: .minute)
    var slow = PeriodCounts(period: .minute)
    for minute in (0..<60).filter({ !(20..<30).contains($0) }) {
      let arrivals = [Int64](repeating: Int64(minute) * 60_000_000, count: 10)
      arrivals.withUnsafeBufferPointer { busy.record($0) }
    }
    for minute in [0, 20, 40] { [Int64(minute) * 60_000_000].withUnsafeBufferPointer { slow.record($0) } }
    let gaps = NodeGaps([busy, slow])
    #expect(gaps.gaps(of: 0).map(\.length) == [Microseconds(600_000_000)])
    #expect(gaps.gaps(of: 1).isEmpty)
  }

  @Test("a daily cycle makes no gaps, however deep its nights; a missing hour of the day makes one")
  func dailyCycle() {
    let cycle = { (hour: Int) in (2..<5).contains(hour) ? 2 : hour < 8 || hour > 20 ? 60 : 2_000 }
    let resting = { (hour: Int) in (1..<6).contains(hour) ? 0 : 3_000 }
    #expect(NodeGaps([Self.node(days: 1, perHour: cycle)]).gaps(of: 0).isEmpty)
    #expect(NodeGaps([Self.node(days: 4, perHour: resting)]).gaps(of: 0).isEmpty)
    for days in [1, 3] {
      let gaps = NodeGaps([Self.node(days: days, perHour: cycle, missing: [12])]).gaps(of: 0)
      #expect(gaps.map(\.from.microseconds).allSatisfy { (11 * Self.hour...12 * Self.hour).contains($0) })
      #expect(gaps.map(\.until.microseconds) == [13 * Self.hour])
    }
  }

  @Test("silence every night is a gap when another node works then, and one node's is its own")
  func peers() {
    let resting = { (hour: Int) in (1..<6).contains(hour) ? 0 : 3_000 }
    let nodes = NodeGaps([Self.node(days: 2, perHour: resting), Self.node(days: 2) { _ in 3_000 }])
    #expect(nodes.gaps(of: 0).count == 2 && nodes.gaps(of: 1).isEmpty)
  }

  @Test("one early request does not make the days after it a gap")
  func stray() {
    var counts = Self.node(days: 5, perHour: { _ in 600 }, missing: Set(0..<72))
    [Int64(0)].withUnsafeBufferPointer { counts.record($0) }
    #expect(NodeGaps([counts]).gaps(of: 0).isEmpty)
  }

  @Test("nodes are named by the log, else by the import")
  func nodes() async throws {
    var traffic = MemoryTraffic()
    let named = traffic.symbol("gw-1")
    traffic.rows = [
      .init([.arrival: 1, .gateway: named], source: 1), .init([.arrival: 2], source: 2), .init([.arrival: 3], source: 3),
    ]
    let ledger = [LedgerEntry(number: 2, path: "b.log", node: "gw-2", format: "nginx")]
    let answer = try await NodeLoad(ledger: ledger).answer(from: traffic)
    #expect(answer.rows.map(\.node) == [nil, "gw-1", "gw-2"])
    let coverage = try await Coverage(ledger: ledger).answer(from: traffic)
    #expect(coverage.nodes.map(\.name) == [nil, "gw-1", "gw-2"])
  }
}

import TestSupport
import Testing
import Traffic

@testable import Analysis

@Suite("Callers") struct CallersTests {
  /// Traffic with addresses, refusals and templates, from a seed.
  private static func traffic(seed: UInt64, requests: Int = 900) -> MemoryTraffic {
    var random = SeededGenerator(seed: seed)
    var traffic = MemoryTraffic.generated(seed: seed, requests: requests)
    let paths = (0..<30).map { traffic.symbol("/p\($0)") } + [traffic.symbol("/.env")]
    for index in traffic.rows.indices {
      if Int.random(in: 0..<10, using: &random) > 0 {
        traffic.rows[index].values[.client] = Int64.random(in: 1...6, using: &random)
      }
      traffic.rows[index].values[.path] = paths.randomElement(using: &random)
      if Int.random(in: 0..<3, using: &random) == 0 {
        traffic.rows[index].values[.status] = [401, 403, 404].randomElement(using: &random)
      }
    }
    return traffic
  }

  @Test("requests, refusals and partners of every caller are those of a count by hand", arguments: [UInt64(1), 2, 3])
  func callers(seed: UInt64) async throws {
    let traffic = Self.traffic(seed: seed)
    let answer = try await Callers().answer(from: traffic)
    for (rows, own, other) in [
      (answer.consumers, RequestColumn.consumer, RequestColumn.client), (answer.clients, .client, .consumer),
    ] {
      #expect(Set(rows.map(\.caller)) == Set(traffic.rows.map { $0[own] }))
      for row in rows {
        let mine = traffic.rows.filter { $0[own] == row.caller }
        #expect(row.answers.requests == Int64(mine.count))
        #expect(row.answers.withStatus == Int64(mine.count { $0[.status] != .absent }))
        #expect(row.answers.unauthorized == Int64(mine.count { $0[.status] == 401 }))
        #expect(row.answers.forbidden == Int64(mine.count { $0[.status] == 403 }))
        #expect(row.answers.notFound == Int64(mine.count { $0[.status] == 404 }))
        #expect(row.answers.clientErrors == Int64(mine.count { (400...499).contains($0[.status]) }))
        #expect(row.answers.serverErrors == Int64(mine.count { (500...599).contains($0[.status]) }))
        #expect(row.answers.limited == Int64(mine.count { $0[.status] == 429 }))
        #expect(row.partners == Int64(Set(mine.map { $0[other] }.filter { $0 != .absent }).count))
      }
      #expect(rows.map(\.answers.requests) == rows.map(\.answers.requests).sorted(by: >))
    }
    #expect(answer.total.requests == Int64(traffic.rows.count))
  }

  @Test("peaks are the fullest second, minute, quarter and day of the clock", arguments: [UInt64(4), 5])
  func peaks(seed: UInt64) async throws {
    var traffic = Self.traffic(seed: seed)
    // Out of order, and before 1970 too.
    traffic.rows.shuffle()
    traffic.rows[0].values[.arrival] = -1
    let callers = Set(traffic.rows.map { $0[.consumer] }).sorted()
    let lengths: [Microseconds] = [.second, .minute, Microseconds(15_000_000), .day]
    let rows = try await CallerPeaks(column: .stored(.consumer), callers: callers, lengths: lengths)
      .answer(from: traffic)
    #expect(rows.map(\.caller) == callers)
    for row in rows {
      for (length, peak) in zip(lengths, row.peaks) {
        var counts: [Int64: Int64] = [:]
        for request in traffic.rows where request[.consumer] == row.caller {
          counts[request[.arrival].flooredMultiple(of: length.count), default: 0] += 1
        }
        let most = counts.values.max() ?? 0
        #expect(peak.requests == most)
        #expect(peak.from.microseconds == counts.filter { $0.value == most }.keys.min())
      }
    }
  }

  @Test("a caller that never called is left out, and asking about nobody reads nothing")
  func absentCallers() async throws {
    let traffic = Self.traffic(seed: 6)
    let rows = try await CallerPeaks(column: .stored(.consumer), callers: [99_999]).answer(from: traffic)
    #expect(rows.isEmpty)
    #expect(try await CallerPeaks(column: .stored(.consumer), callers: []).answer(from: traffic).isEmpty)
  }

  @Test("few callers are told from thousands of others", arguments: [1, 3, 50, 300])
  func numbers(count: Int) {
    var random = SeededGenerator(seed: UInt64(count))
    var callers = Set<Int64>([.absent])
    while callers.count < count { callers.insert(Int64.random(in: -5...1_000_000, using: &random)) }
    let known = callers.sorted()
    let numbers = CallerNumbers(known)
    numbers.withLookup { number in
      for (index, caller) in known.enumerated() { #expect(number(caller) == index) }
      for other in Int64(2_000_000)..<2_003_000 { #expect(number(other) == count) }
    }
  }

  @Test("rejections within reach of another of the same call are repeated ones", arguments: [UInt64(7), 8])
  func spells(seed: UInt64) async throws {
    var traffic = Self.traffic(seed: seed)
    traffic.rows.shuffle()
    let answer = try await RejectionSpells(reach: Microseconds(2_000_000)).answer(from: traffic)
    let rejections = traffic.rows.filter { $0[.status] == 429 }.sorted { $0[.arrival] < $1[.arrival] }
    for rows in [answer.consumers, answer.clients] {
      #expect(rows.reduce(0) { $0 + $1.rejected } == Int64(rejections.count))
    }
    let callers = answer.consumers.map { (RequestColumn.consumer, $0) } + answer.clients.map { (.client, $0) }
    for (column, row) in callers {
      let mine = rejections.filter { $0[column] == row.caller }
      #expect(row.rejected == Int64(mine.count))
      let repeated = mine.indices.count { index in
        let before = mine[..<index].last { $0.route == mine[index].route && $0[.method] == mine[index][.method] }
        return before.map { mine[index][.arrival] - $0[.arrival] <= 2_000_000 } ?? false
      }
      #expect(row.repeated == Int64(repeated))
    }
  }

  @Test("addresses that find nothing, and minutes of refused credentials, are those of a count by hand")
  func refusals() async throws {
    let traffic = Self.traffic(seed: 9, requests: 2_000)
    let answer = try await AccessFailures().answer(from: traffic)
    #expect(!answer.unfound.isEmpty)
    for row in answer.unfound {
      let mine = traffic.rows.filter { $0[.client] == row.client && $0[.status] == 404 }
      #expect(row.notFound == Int64(mine.count))
      #expect(row.templates == Int64(Set(mine.map { $0[.path] }).count))
      let env = traffic.rows.contains { $0[.client] == row.client && $0[.status] == 404
        && traffic.symbolText($0[.path]) == "/.env" }
      #expect(row.hostile == (env ? 1 : 0))
    }
    var minutes: [[Int64]: Int64] = [:]
    for row in traffic.rows where [401, 403].contains(row[.status]) && row[.client] != .absent {
      minutes[[row[.client], row[.arrival].flooredMultiple(of: 60_000_000)], default: 0] += 1
    }
    let bursts = minutes.filter { $0.value >= AccessFailures.fewest }
    #expect(answer.bursts.count == bursts.count)
    for burst in answer.bursts { #expect(bursts[[burst.client, burst.minute.microseconds]] == burst.failures) }
  }

  @Test("the first of many rows are those with the largest size, equal ones by name")
  func namedTop() {
    let rows = [(3, "d"), (5, "b"), (3, "a"), (5, "a"), (1, "z"), (3, "c")]
    var asked = 0
    let top = NamedTop.rows(rows, 3, by: { Int64($0.0) }) { row in
      asked += 1
      return row.1
    }
    #expect(top.map(\.name) == ["a", "b", "a"])
    #expect(asked == 5)
    #expect(NamedTop.rows(rows, 0, by: { Int64($0.0) }, name: { $0.1 }).isEmpty)
  }
}

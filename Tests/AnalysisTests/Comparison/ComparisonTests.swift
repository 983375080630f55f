import Foundation
import Statistics
import TestSupport
import Testing
import Traffic

@testable import Analysis

/// Traffic of known properties: requests at random instants, durations of a skewed distribution.
struct PlannedTraffic {
  var seed: UInt64
  var requests = 2_000
  var start: Int64 = 1_780_012_800_000_000  // 2026-05-29 00:00 UTC
  var length = Microseconds.day
  var slowdown = 1.0
  var errors = 0.01
  /// Share of requests that go to the slower of two routes.
  var slowShare = 0.3
  var extraRoute = false

  func traffic(into traffic: inout MemoryTraffic) {
    var random = SeededGenerator(seed: seed)
    let routes = ["/fast", "/slow", "/extra"].map { traffic.symbol($0) }
    let get = traffic.symbol("GET")
    for index in 0..<requests {
      let arrival = start + Int64.random(in: 0..<length.count, using: &random)
      let isSlow = Double.random(in: 0..<1, using: &random) < slowShare
      let duration = 20_000 * -Foundation.log(Double.random(in: 0.0001..<1, using: &random)) * (isSlow ? 10 : 1)
      let isError = Double.random(in: 0..<1, using: &random) < errors
      traffic.rows.append(
        MemoryTraffic.Row(
          [
            .arrival: arrival, .duration: Int64(duration * slowdown) + 1_000, .status: isError ? 500 : 200,
            .method: get, .outcome: 0, .bytesOut: Int64.random(in: 100...900, using: &random),
          ], route: extraRoute && index % 20 == 0 ? routes[2] : routes[isSlow ? 1 : 0]))
    }
  }
}

@Suite("A comparison") struct ComparisonTests {
  static let day = Microseconds.day.count
  static let start: Int64 = 1_780_012_800_000_000

  /// Two days in one traffic: the first plain, the second as planned.
  static func twoDays(seed: UInt64, _ change: (inout PlannedTraffic) -> Void = { _ in }) async throws -> Comparison.Answer {
    var traffic = MemoryTraffic()
    PlannedTraffic(seed: seed).traffic(into: &traffic)
    var second = PlannedTraffic(seed: seed &+ 1_000_003, start: start + day)
    change(&second)
    second.traffic(into: &traffic)
    return try await compare(traffic, until: start + day + second.length.count)
  }

  static func compare(_ traffic: MemoryTraffic, until: Int64, threads: Int? = nil) async throws -> Comparison.Answer {
    func window(_ from: Int64, _ until: Int64) throws -> ComparedWindow {
      let filter = TrafficFilter(since: Timestamp(microseconds: from), until: Timestamp(microseconds: until))
      return ComparedWindow(
        traffic: traffic, scope: Scope(filter: filter, threads: threads), span: try #require(TimeSpan(from, until)))
    }
    return try await Comparison.answer(of: window(start + day, until), after: window(start, start + day))
  }

  static func change(_ answer: Comparison.Answer, _ subject: ComparisonSubject, _ measure: Change.Measure) throws -> Change {
    try #require(answer.changes.first { $0.subject == subject && $0.measure == measure })
  }

  @Test("gives the values that a plain look at the rows gives") func values() async throws {
    let seed: UInt64 = 5
    var traffic = MemoryTraffic()
    PlannedTraffic(seed: seed).traffic(into: &traffic)
    let first = traffic.rows
    PlannedTraffic(seed: seed + 1, requests: 1_500, start: Self.start + Self.day, errors: 0.05).traffic(into: &traffic)
    let second = Array(traffic.rows.dropFirst(first.count))
    let answer = try await Self.compare(traffic, until: Self.start + 2 * Self.day)
    #expect(answer.earlier.requests == 2_000 && answer.later.requests == 1_500 && answer.isPaired)
    let rate = try Self.change(answer, .all, .rate)
    #expect(rate.earlier == .rate(2_000, over: .day) && rate.later == .rate(1_500, over: .day))
    #expect(abs(try #require(rate.size) + 0.25) < 1e-12)
    let errors = try Self.change(answer, .all, .errors)
    #expect(errors.later == .ratio(Int64(second.count { $0[.status] == 500 }), of: 1_500))
    for route in ["/fast", "/slow"] {
      let rows = second.filter { traffic.symbolText($0.route) == route }
      let sketch = LatencySketch(MemoryTraffic.histogram(rows.map { $0[.duration] }))
      let p50 = try Self.change(answer, .route(method: "GET", route: route), .p50)
      #expect(p50.later == .duration(Microseconds(try #require(sketch.quantile(.p50)))))
    }
    let bytes = second.map { $0[.bytesOut] }.reduce(0, +)
    #expect(try Self.change(answer, .all, .bytes).later == .bytes(Int64((Double(bytes) / 1_500).rounded())))
  }

  @Test("of the same process twice has hardly any news") func quiet() async throws {
    var news = 0
    var changes = 0
    for seed in 0..<12 as Range<UInt64> {
      let answer = try await Self.twoDays(seed: seed)
      news += answer.news.count
      changes += answer.changes.count
    }
    #expect(Double(news) <= 0.05 * Double(changes), "\(news) of \(changes)")
  }

  @Test("finds a planted slowdown, rise of errors and growth", arguments: 0..<4 as Range<UInt64>)
  func planted(seed: UInt64) async throws {
    let slow = try await Self.twoDays(seed: seed) { $0.slowdown = 1.3 }
    let p50 = try Self.change(slow, .all, .p50)
    #expect(p50.verdict == .news && p50.isImprovement == false, "seed \(seed): \(p50)")
    let failing = try await Self.twoDays(seed: seed) { $0.errors = 0.04 }
    #expect(try Self.change(failing, .all, .errors).verdict == .news, "seed \(seed)")
    let busy = try await Self.twoDays(seed: seed) { $0.requests = 2_600 }
    let rate = try Self.change(busy, .all, .rate)
    #expect(rate.verdict == .news && rate.interval?.contains(0.3) == true, "seed \(seed): \(rate)")
    #expect(rate.isImprovement == nil)
  }

  @Test("tells routes that come and go") func appearing() async throws {
    let answer = try await Self.twoDays(seed: 3) { $0.extraRoute = true }
    let extra = try Self.change(answer, .route(method: "GET", route: "/extra"), .rate)
    #expect(extra.verdict == .appeared && extra.laterSamples == 100 && extra.size == nil)
    #expect(answer.news.contains(extra))
    #expect(!answer.changes.contains { $0.subject == extra.subject && $0.measure != .rate })
  }

  @Test("separates a moved mix from slower routes") func mix() async throws {
    let answer = try await Self.twoDays(seed: 8) { $0.slowShare = 0.6 }
    #expect(answer.mixHasMoved && abs(answer.mixMoved - 0.3) < 0.05, "\(answer.mixMoved)")
    #expect(try Self.change(answer, .all, .p50).verdict == .news)
    for fixed in answer.fixedMix { #expect(!fixed.verdict.isNews, "\(fixed)") }
    let steady = try await Self.twoDays(seed: 8)
    #expect(!steady.mixHasMoved)
  }

  @Test("compares rates where the windows differ in length") func lengths() async throws {
    let answer = try await Self.twoDays(seed: 4) {
      $0.length = Microseconds(6 * Microseconds.hour.count)
      $0.requests = 500
    }
    #expect(!answer.isPaired)
    let rate = try Self.change(answer, .all, .rate)
    #expect(rate.verdict == .noise && rate.size == 0, "\(rate)")
  }

  @Test("says so where there is too little to say") func tooFew() async throws {
    let answer = try await Self.twoDays(seed: 4) { $0.requests = 60 }
    let p99 = try Self.change(answer, .all, .p99)
    #expect(p99.verdict == .tooFew(samples: 60, needed: 1_000) && p99.later == .tooFew(samples: 60, needed: 1_000))
    #expect(p99.size == nil && p99.interval == nil)
    #expect(try Self.change(answer, .all, .errors).verdict == .tooFew(samples: 60, needed: 100))
    // That hardly anything came is known well.
    #expect(try Self.change(answer, .all, .rate).verdict == .news)
    let nothing = try await Self.twoDays(seed: 4) { $0.requests = 0 }
    #expect(try Self.change(nothing, .all, .rate).verdict == .vanished)
  }

  @Test("gives the same answer for any split of the rows and number of threads") func deterministic() async throws {
    var traffic = MemoryTraffic()
    PlannedTraffic(seed: 1, requests: 1_500).traffic(into: &traffic)
    PlannedTraffic(seed: 2, requests: 1_500, start: Self.start + Self.day).traffic(into: &traffic)
    let reference = try await Self.compare(traffic, until: Self.start + 2 * Self.day, threads: 1)
    traffic.rows.shuffle()
    #expect(try await Self.compare(traffic, until: Self.start + 2 * Self.day, threads: 7) == reference)
  }

  @Test("survives windows of any length") func hostileWindows() throws {
    let traffic = MemoryTraffic()
    for (start, end) in [(0, 1), (Int64.min / 4, Int64.max / 4), (-3, 4), (.max - 5, .max), (.min, .min + 7)] as [(Int64, Int64)] {
      let span = try #require(TimeSpan(start, end))
      let window = ComparedWindow(traffic: traffic, scope: Scope(), span: span)
      let grids = Comparison.grids(window, window)
      #expect((1...50).contains(grids.later.count) && grids.isPaired, "\(start)..\(end): \(grids.later.count)")
    }
    #expect(TimeSpan(.min, .max) == nil && TimeSpan(3, 3) == nil)
  }
}

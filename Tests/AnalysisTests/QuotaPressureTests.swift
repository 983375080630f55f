import Statistics
import Testing
import TestSupport
import Traffic

@testable import Analysis

@Suite("Loads of windows") struct WindowLoadsTests {
  private let loads = WindowLoads(offered: [40, 62, 55, 71, 66, 80, 35, 58])

  @Test("pressure today and when traffic grows")
  func vector() {
    #expect(loads.peak == 80 && loads.requests == 467 && loads.windows == 8)
    #expect(loads.windows(above: 80, of: 80) == 3)
    let quarter = WindowLoads.Growth(5, 4)
    #expect(loads.windows(above: 100, of: 80, growth: quarter) == 3)
    #expect(abs(loads.excessShare(of: 80, growth: quarter) - 31.25 / 583.75) < 1e-12)
    #expect(loads.windows(above: 80, of: 80, growth: quarter) == 6)
    let half = WindowLoads.Growth(3, 2)
    #expect(loads.windows(above: 100, of: 80, growth: half) == 6)
    // 108 of 700.5, by hand: 13 + 2.5 + 26.5 + 19 + 40 + 7.
    #expect(abs(loads.excessShare(of: 80, growth: half) - 108 / 700.5) < 1e-12)
    #expect(loads.excessShare(of: 80) == 0)
  }

  @Test("quantiles count windows without requests, and need ten in the tail", arguments: [UInt64(1), 2])
  func quantiles(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let offered = (0..<2_500).map { _ in max(0, Int64.random(in: -300...40, using: &random)) }
    let loads = WindowLoads(offered: offered)
    let sorted = offered.sorted()
    for quantile in [Quantile.p50, .p90, .p99] { #expect(loads.quantile(quantile) == sorted[quantile.rank(in: 2_500) - 1]) }
    #expect(loads.quantile(.p999) == nil)
    #expect(WindowLoads(offered: []).peak == 0 && WindowLoads(offered: []).excessShare(of: 1) == 0)
  }
}

@Suite("Level of a bucket") struct BucketLevelTests {
  @Test("a surge empties it when it should")
  func vector() throws {
    #expect(abs(try #require(BucketLevel.secondsToEmpty(capacity: 100, rate: 50, surge: 80)) - 3.3333) < 1e-4)
    #expect(BucketLevel.secondsToEmpty(capacity: 100, rate: 50, surge: 50) == nil)
    #expect(BucketLevel.secondsToRefill(level: 40, capacity: 100, rate: 50, load: 20) == 2)
    // 80 a second against 50: the first rejection comes after 3⅓ s.
    var bucket = BucketLevel(count: 50, period: 1_000_000, capacity: 100)
    var time: Int64 = 0
    while bucket.rejected == 0 {
      bucket.take(at: time)
      time += 12_500
    }
    #expect(abs(time - 3_333_333) <= 50_000 && bucket.exhaustions == 1)
  }

  @Test("matches a bucket in exact fractions", arguments: [UInt64(1), 2, 3, 4])
  func oracle(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let (count, period, capacity) = (Int64.random(in: 1...9, using: &random), Int64.random(in: 100...5_000, using: &random), Int64.random(in: 1...20, using: &random))
    var bucket = BucketLevel(count: count, period: period, capacity: capacity)
    var (level, last, rejected, lowest) = (capacity * period, Int64(0), Int64(0), capacity * period)
    var (time, lowTime, episodes, isOut) = (Int64(0), Int64(0), Int64(0), false)
    let low = capacity * period / 100 * 20
    for _ in 0..<2_000 {
      time += Int64.random(in: 0...(period * 2 / count), using: &random) / (Bool.random(using: &random) ? 10 : 1)
      for _ in last..<max(last, time) {  // µs by µs
        if level < low { lowTime += 1 }
        level = min(capacity * period, level + count)
      }
      if level >= low { isOut = false }
      last = time
      if level >= period { level -= period } else {
        rejected += 1
        if !isOut { episodes += 1 }
        isOut = true
      }
      lowest = min(lowest, level)
      bucket.take(at: time)
    }
    #expect(bucket.rejected == rejected && bucket.lowTime == lowTime && bucket.exhaustions == episodes)
    #expect(bucket.minimum == Double(lowest) / Double(capacity * period))
  }

  @Test("survives the ends of time and huge capacities")
  func hostile() {
    var bucket = BucketLevel(count: .max, period: .max, capacity: .max)
    for time in [Int64.min, 0, Int64.max, 5] { bucket.take(at: time) }
    bucket.advance(to: .max)
    #expect(bucket.minimum >= 0)
  }
}

@Suite("Windows of quotas") struct QuotaWindowTests {
  @Test("of the calendar begin and end where they should", arguments: [
    (QuotaWindow.month, 1_709_208_000, 1_706_745_600, 1_709_251_200),  // 29 February 2024
    (.month, 1_735_689_599, 1_733_011_200, 1_735_689_600), (.month, -1, -2_678_400, 0),
    (.year, 1_709_208_000, 1_704_067_200, 1_735_689_600), (.week, 1_795_305_600, 1_794_787_200, 1_795_392_000),
    (.fixed(length: 60_000_000, origin: 0), -1, -60, 0),
  ] as [(QuotaWindow, Int64, Int64, Int64)])
  func bounds(window: QuotaWindow, time: Int64, start: Int64, end: Int64) {
    let bounds = window.bounds(around: time * 1_000_000)
    #expect(bounds.start == start * 1_000_000 && bounds.end == end * 1_000_000)
  }

  @Test("hold their instants, one after another, over four centuries", arguments: [QuotaWindow.month, .year, .week])
  func partition(window: QuotaWindow) {
    var time: Int64 = -12_622_780_800_000_000
    var windows: Int64 = 0
    let first = time
    while time < 0 {
      let (start, end) = window.bounds(around: time)
      #expect(start <= time && time < end && window.bounds(around: end).start == end)
      #expect(window.bounds(around: end - 1).start == start)
      time = end
      windows += 1
    }
    #expect(window.count(from: first, to: time - 1) == windows)
  }

  @Test("survive the ends of time", arguments: [QuotaWindow.month, .year, .week, .firstHit(length: 5), .fixed(length: 7, origin: .max)])
  func hostile(window: QuotaWindow) {
    for time in [Int64.min, Int64.min + 1, 0, Int64.max] {
      _ = window.bounds(around: time)
      #expect(window.count(from: time, to: time) == 1)
    }
    #expect(window.count(from: .min, to: .max) > 0)
  }
}

@Suite("Pressure on quotas") struct QuotaPressureTests {
  private func limit(_ meter: QuotaLimit.Meter, perNode: Bool = false, missing: QuotaLimit.Missing = .clientAddress) -> QuotaLimit {
    QuotaLimit(name: "limit", meter: meter, missing: missing, isPerNode: perNode)
  }

  private func floored(_ time: Int64, _ length: Int64) -> Int64 { time - ((time % length) + length) % length }

  @Test("windows are those of the obvious way", arguments: [UInt64(1), 2, 3], [Int64(1_000_000), 5_000_000, 60_000_000])
  func windows(seed: UInt64, length: Int64) async throws {
    let traffic = MemoryTraffic.generated(seed: seed, requests: 1_500)
    let limit = limit(.window(limit: 4, .fixed(length: length, origin: 0)), perNode: true, missing: .passes)
    let answer = try await QuotaPressure(limits: [limit]).answer(from: traffic)
    var counts: [[Int64]: [Int64: Int64]] = [:]
    for row in traffic.rows where row[.consumer] != .absent {
      counts[[row[.consumer], row[.gateway]], default: [:]][floored(row[.arrival], length), default: 0] += 1
    }
    let arrivals = traffic.rows.map { $0[.arrival] }
    let all = (floored(arrivals.max()!, length) - floored(arrivals.min()!, length)) / length + 1
    #expect(answer.rows.count == counts.count)
    for (key, windows) in counts {
      let name = [traffic.symbolText(key[0])!, "on " + traffic.symbolText(key[1])!]
      let row = try #require(answer.rows.first { $0.key == name })
      let offered = windows.values.map { $0 } + [Int64](repeating: 0, count: Int(all) - windows.count)
      #expect(row.loads == WindowLoads(offered: offered))
      #expect(row.peak == windows.values.max() && row.attempts == windows.values.reduce(0, +))
      #expect(row.peakStart.microseconds == windows.filter { $0.value == row.peak }.keys.min())
      var (run, longest) = (Int64(0), Int64(0))
      for start in stride(from: floored(arrivals.min()!, length), through: arrivals.max()!, by: Int(length)) {
        run = (windows[start] ?? 0) * 5 > 4 * 4 ? run + length : 0
        longest = max(longest, run)
      }
      #expect(row.longestRun.count == longest)
    }
    #expect(answer.rows.map { $0.peakUtilization! } == answer.rows.map { $0.peakUtilization! }.sorted(by: >))
  }

  @Test("sliding peaks and buckets are those of the obvious way", arguments: [UInt64(4), 5])
  func sliding(seed: UInt64) async throws {
    let traffic = MemoryTraffic.generated(seed: seed, requests: 1_000)
    let limits = [limit(.sliding(limit: 3, length: 2_000_000)), limit(.bucket(count: 2, period: 1_000_000, capacity: 3))]
    let answer = try await QuotaPressure(limits: limits).answer(from: traffic)
    let rows = traffic.rows.sorted { $0[.arrival] < $1[.arrival] }
    for name in ["anna", "ben", "partner-17"] {
      let arrivals = rows.filter { traffic.symbolText($0[.consumer]) == name }.map { $0[.arrival] }
      let peak = arrivals.map { end in Int64(arrivals.count { $0 > end - 2_000_000 && $0 <= end }) }.max()
      #expect(answer.rows.first { $0.key == [name] && $0.limit == limits[0] }?.peak == peak)
      var bucket = BucketLevel(count: 2, period: 1_000_000, capacity: 3)
      for arrival in arrivals { bucket.take(at: arrival) }
      let row = try #require(answer.rows.first { $0.key == [name] && $0.limit == limits[1] })
      #expect(row.bucket?.rejected == bucket.rejected && row.admitted == 120 && row.window.length == .minute)
    }
  }

  @Test("a selector decides what each limit is of, by any columns")
  func selector() async throws {
    let traffic = MemoryTraffic.generated(seed: 6, requests: 2_000)
    let limits = [limit(.window(limit: 5, .fixed(length: 1_000_000, origin: 0))), limit(.window(limit: 9, .fixed(length: 60_000_000, origin: 0)))]
    let columns: [ScanColumn] = [.route, .stored(.method), .stored(.gateway), .stored(.service), .stored(.upstream)]
    let selector = QuotaSelector(columns: columns) { values in values[0] == .absent ? [] : values[1] % 2 == 0 ? [0, 1] : [1] }
    let answer = try await QuotaPressure(limits: limits, selector: selector).answer(from: traffic)
    let routed = traffic.rows.filter { $0.route != .absent && traffic.symbolText($0[.consumer]) == "anna" }
    let both = routed.filter { $0[.method] % 2 == 0 }
    #expect(answer.rows.first { $0.key == ["anna"] && $0.limit == limits[0] }?.attempts == Int64(both.count))
    #expect(answer.rows.first { $0.key == ["anna"] && $0.limit == limits[1] }?.attempts == Int64(routed.count))
  }

  /// One consumer at random within a fixed window limit, over it at times.
  private func limited(_ limit: Int64, per length: Int64, seed: UInt64) -> MemoryTraffic {
    var random = SeededGenerator(seed: seed)
    var traffic = MemoryTraffic()
    traffic.batchRows = 500
    let consumer = traffic.symbol("anna")
    var (time, window, count) = (Int64(0), Int64.min, Int64(0))
    for _ in 0..<6_000 {
      let isBusy = time / length % 3 == 0
      time += Int64.random(in: 0...(isBusy ? length / limit : length * 4 / limit), using: &random)
      if time / length != window { (window, count) = (time / length, 0) }
      count += 1
      traffic.rows.append(.init([.arrival: time, .status: count > limit ? 429 : 200, .consumer: consumer]))
    }
    return traffic
  }

  @Test("a limit that is only seen in rejections is found with its window", arguments: [(Int64(10), Int64(1_000_000)), (60, 60_000_000), (7, 60_000_000)])
  func inferred(limit: Int64, length: Int64) async throws {
    let traffic = limited(limit, per: length, seed: 3)
    let answer = try await QuotaPressure().answer(from: traffic)
    let row = try #require(answer.rows.first)
    let ceiling = try #require(row.inferred)
    #expect(ceiling.limit == limit && ceiling.window.count == length)
    #expect(ceiling.agreeing == ceiling.windows && ceiling.fewest == limit && ceiling.most == limit)
    #expect((row.peakUtilization ?? 0) > 1 && row.rejected > 0 && answer.peaks.count == 2)
  }

  @Test("without verdicts nothing is inferred, and without a constant ceiling neither")
  func notInferred() async throws {
    var traffic = limited(10, per: 1_000_000, seed: 3)
    for index in traffic.rows.indices { traffic.rows[index].values[.status] = 200 }
    let calm = try await QuotaPressure().answer(from: traffic)
    #expect(calm.rows.isEmpty && calm.peaks.count == 3 && calm.rejected == 0 && calm.retries == nil)
    var random = SeededGenerator(seed: 1)
    for index in traffic.rows.indices where Int.random(in: 0..<30, using: &random) == 0 {
      traffic.rows[index].values[.status] = 429
    }
    let noisy = try await QuotaPressure().answer(from: traffic)
    #expect(noisy.rows.allSatisfy { ($0.inferred?.fewest ?? 0) != ($0.inferred?.most ?? 0) })
    #expect(try await QuotaPressure().answer(from: MemoryTraffic()).peaks.isEmpty)
  }
}

@Suite("Forecasts of quotas") struct QuotaForecastTests {
  private let day = Microseconds.day.count

  private func forecast(used: Int64, limit: Int64, days: [Int64], left: Int64 = 20) -> QuotaForecast {
    QuotaForecast(
      used: used, limit: limit, start: Timestamp(microseconds: 0), now: Timestamp(microseconds: 10 * day),
      end: Timestamp(microseconds: (10 + left) * day), days: days)
  }

  @Test("equal days run out when arithmetic says")
  func steady() {
    let forecast = forecast(used: 1_000, limit: 1_500, days: [100, 100, 100, 100])
    let expected = Timestamp(microseconds: 15 * day)
    #expect(forecast.projection == .forecast(earliest: expected, middle: expected, latest: expected))
    #expect(self.forecast(used: 1_000, limit: 4_000, days: [100, 100, 100]).projection == .forecast(earliest: nil, middle: nil, latest: nil))
  }

  @Test("the more days differ, the wider the range")
  func spread() throws {
    guard case .forecast(let earliest, let middle, let latest) = forecast(used: 1_000, limit: 1_500, days: [60, 140, 80, 120]).projection
    else {
      Issue.record("no forecast")
      return
    }
    #expect(try #require(middle) == Timestamp(microseconds: 15 * day))
    #expect(try #require(earliest) < Timestamp(microseconds: 15 * day))
    #expect(latest.map { $0 > Timestamp(microseconds: 15 * day) } ?? true)
  }

  @Test("two days give a pace, and a used quota is used")
  func few() {
    #expect(forecast(used: 1_000, limit: 9_000, days: [100, 100]).projection == .paceOnly(atEnd: 3_000))
    #expect(forecast(used: 9_000, limit: 9_000, days: [100, 100, 100]).projection == .exhausted)
  }

  @Test("Student's quantiles are those of the tables", arguments: [(1, 3.078), (9, 1.383), (12, 1.356), (30, 1.310), (1_000, 1.282)])
  func student(degrees: Int, expected: Double) { #expect(abs(QuotaForecast.student(degrees: degrees) - expected) < 0.001) }

  @Test("days that the log covers to 95 % count, others do not")
  func fullDays() {
    let days = QuotaPressure.fullDays(.init(first: day / 10, last: 4 * day - day / 100))
    #expect(days == [day, 2 * day, 3 * day])
    #expect(QuotaPressure.fullDays(.init(first: day / 50, last: day / 2)).isEmpty)
  }
}

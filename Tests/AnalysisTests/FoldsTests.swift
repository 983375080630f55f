import TestSupport
import Testing
import Traffic

@testable import Analysis

@Suite("Folds over rows") struct FoldsTests {
  @Test("arrivals of each period, the first and the last are those of a count by hand", arguments: [UInt64(1), 2, 3])
  func periods(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var arrivals: [Int64] = [.max, .min, .min + 1, .max - 1, 0, -1, 1_000_000, -1_000_000, 256_000_000, 255_999_999]
    for _ in 0..<50 {
      let near = Int64.random(in: -1_000_000_000...1_000_000_000, using: &random)
      for _ in 0..<20 { arrivals.append(near + Int64.random(in: 0...3_000_000, using: &random)) }
    }
    arrivals += arrivals.prefix(100).shuffled(using: &random)
    var counts = PeriodCounts(period: .second)
    for part in [arrivals[..<7], arrivals[7..<500], arrivals[500...]] { part.withUnsafeBufferPointer { counts.record($0) } }
    var byHand: [Int64: UInt32] = [:]
    for arrival in arrivals { byHand[arrival.flooredQuotient(by: 1_000_000), default: 0] += 1 }
    #expect(counts.busyPeriods.map(\.count) == byHand.sorted { $0.key < $1.key }.map(\.value))
    #expect(counts.busyPeriods.map(\.start) == byHand.keys.sorted().map { $0 &* 1_000_000 })
    #expect(counts.first == .min)
    #expect(counts.last == .max)
  }

  @Test("seconds of few callers are not told where time stamps are too far apart")
  func farApart() {
    let callers = (0..<1_024).map { Int64($0) }
    var seconds = CallerSeconds(callers)
    let arrivals = (0..<400).map { Int64($0) * 86_400_000_000 }
    Self.absorb([arrivals.map { $0 / 86_400_000_000 }, arrivals], into: &seconds)
    #expect(seconds.busySeconds() == nil)
  }

  @Test("seconds of few callers hold the ends of all time")
  func endsOfTime() throws {
    var seconds = CallerSeconds([5, .absent])
    Self.absorb([[5, 5, 7, .absent, 5], [.min, .max, 0, -1, .max]], into: &seconds)
    let busy = try #require(seconds.busySeconds())
    #expect(busy[0].map(\.requests) == [1, 2])
    #expect(busy[0].map(\.second) == [Int64.min.flooredQuotient(by: 1_000_000), .max / 1_000_000])
    #expect(busy[1].map(\.second) == [-1])
  }

  @Test("eight counters hold what the algorithm written down slowly holds", arguments: [UInt64(1), 2, 3, 4])
  func frequentCallers(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let callers = 4 + 9 * Int64(seed)
    var fast = FrequentCallers()
    var slow: [Int64: Int64] = [:]
    for _ in 0..<5_000 {
      let least = min(Int64.random(in: 0..<callers, using: &random), Int64.random(in: 0..<callers, using: &random))
      // Those 256 apart share more bits than others.
      let caller = least == 0 ? .absent : least * 256 - 1_000
      fast.add(caller)
      if slow[caller] != nil || slow.count < 8 {
        slow[caller, default: 0] += 1
      } else {
        slow = slow.mapValues { $0 - 1 }.filter { $0.value > 0 }
      }
    }
    #expect(fast.requests == 5_000)
    #expect(Dictionary(uniqueKeysWithValues: fast.counters.map { ($0.caller, $0.held) }) == slow)
  }

  @Test("merged counters fall short by a ninth at most and never exceed", arguments: [UInt64(5), 6])
  func mergedCounters(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var (total, counts) = (FrequentCallers(), [Int64: Int64]())
    for _ in 0..<5 {
      var part = FrequentCallers()
      for _ in 0..<1_000 {
        let caller = min(Int64.random(in: 0..<30, using: &random), Int64.random(in: 0..<30, using: &random))
        part.add(caller)
        counts[caller, default: 0] += 1
      }
      total.merge(part)
    }
    let held = Dictionary(uniqueKeysWithValues: total.counters.map { ($0.caller, $0.held) })
    for (caller, count) in counts {
      #expect(held[caller] ?? 0 <= count)
      #expect(held[caller] ?? 0 >= count - total.requests / 9)
    }
  }

  @Test("rows come by group, in their order, without those left out", arguments: [1, 2, 40])
  func groupedRows(values: Int64) {
    var random = SeededGenerator(seed: UInt64(values))
    var table = GroupTable(dimensions: 2)
    var rows = GroupedRows()
    for count in [0, 1, 300, 50] {
      let first = (0..<count).map { _ in Int64.random(in: 0..<values, using: &random) }
      let second = (0..<count).map { _ in values == 1 ? .absent : Int64.random(in: 0..<3, using: &random) }
      let column = (0..<count).map { Int64($0) }
      let isKept: (Int) -> Bool = { $0 % 5 != 2 }
      first.withUnsafeBufferPointer { a in
        second.withUnsafeBufferPointer { b in rows.assign(rows: count, in: &table, by: [a, b]) }
      }
      for left in [false, true] {
        if left { rows.filter { row, _ in isKept(row) } }
        column.withUnsafeBufferPointer { rows.gather($0, groups: table.count) }
        let keys = table.columns
        var seen = 0
        rows.forEachGroup { group, values in
          let expected = column.filter {
            first[Int($0)] == keys[0][group] && second[Int($0)] == keys[1][group] && (!left || isKept(Int($0)))
          }
          #expect(Array(values) == expected)
          seen += values.count
        }
        #expect(seen == (left ? column.count { isKept(Int($0)) } : count))
      }
    }
  }

  @Test("rows of groups that are not asked for are not handed out", arguments: [1, 3])
  func groupsBeyond(each: Int64) {
    var table = GroupTable(dimensions: 1)
    var rows = GroupedRows()
    for start in Int64(0)..<5 {
      let column = (0..<each).map { 10 * start + $0 }
      column.withUnsafeBufferPointer { column in
        rows.assign(rows: column.count, in: &table, by: [column])
        rows.gather(column, groups: 2)
      }
      var seen: [Int64] = []
      rows.forEachGroup { _, values in seen += values }
      #expect(seen == (start == 0 ? Array(column.prefix(2)) : each == 1 && start == 1 ? column : []))
    }
  }

  private static func absorb(_ columns: [[Int64]], into fold: inout some TrafficFold) {
    let rows = columns[0].count
    let all = columns.flatMap { $0 }
    all.withUnsafeBufferPointer { all in
      guard let base = all.baseAddress else { return }
      fold.absorb(ColumnBatch(rows: rows, columns: columns.indices.map { base + $0 * rows }))
    }
  }
}

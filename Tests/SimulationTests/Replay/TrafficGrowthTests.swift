import Gateways
import Simulation
import TestSupport
import Testing
import Traffic

@Suite("Growth") struct TrafficGrowthTests {
  /// How often each line comes, and when.
  private struct Times: DecisionSink {
    static let columns: [ScanColumn] = [.stored(.line)]
    var byLine: [Int64: [Int64]] = [:]
    var isOrdered = true
    private var last = Int64.min

    mutating func take(_ request: RecordedRequest, _ decision: Decision) {
      byLine[request[0], default: []].append(request.arrival)
      isOrdered = isOrdered && request.arrival >= last
      last = request.arrival
    }
  }

  /// Two hundred callers with five requests in a minute, and again after an hour.
  private static func traffic() -> MemoryTraffic {
    var traffic = MemoryTraffic()
    traffic.batchRows = 64
    for caller in 0..<200 {
      for request in 0..<10 {
        let second = Int64(caller % 60 + request * 7 + (request >= 5 ? 3_600 : 0))
        traffic.rows.append(
          MemoryTraffic.Row([
            .arrival: ReplayCase.epoch + second * 1_000_000, .client: Int64(caller), .line: Int64(traffic.rows.count + 1),
          ]))
      }
    }
    return traffic
  }

  private static func times(_ factor: Double) async throws -> Times {
    var options = ReplayOptions()
    options.growth = factor
    let model = GatewayModel.one(.tokenBucket(rate: .perSecond(1_000_000), capacity: 1_000_000), key: .all)
    return try await Replay.run(model, on: traffic(), options: options, into: Times())
  }

  @Test("gives so many times the requests, in order of time", arguments: [0.3, 0.75, 1.5, 2.0, 3.25])
  func amount(factor: Double) async throws {
    let times = try await Self.times(factor)
    let requests = times.byLine.values.reduce(0) { $0 + $1.count }
    #expect(abs(Double(requests) / 2_000 / factor - 1) < 0.12)
    #expect(times.isOrdered)
  }

  @Test("keeps every original, and copies are whole sessions within half a minute")
  func sessions() async throws {
    let times = try await Self.times(2.5)
    let rows = Self.traffic().rows
    var shifts: [Int64: Set<Int64>] = [:]
    for row in rows {
      let all = try #require(times.byLine[row[.line]])
      #expect(all.contains(row[.arrival]) && (2...3).contains(all.count))
      // The two sessions of a caller, by what is before and after the hour.
      let session = row[.client] * 2 + (row[.arrival] - ReplayCase.epoch > 1_800_000_000 ? 1 : 0)
      for time in all where time != row[.arrival] {
        shifts[session, default: []].insert(abs(time - row[.arrival]))
        #expect(abs(time - row[.arrival]) <= 30_000_000)
      }
    }
    #expect(shifts.values.allSatisfy { $0.count <= 2 })
  }

  @Test("requests of less growth are among those of more")
  func nested() async throws {
    let factors = [0.25, 0.5, 1, 1.25, 1.75, 2.5]
    var before: Set<[Int64]> = []
    for factor in factors {
      let times = try await Self.times(factor)
      let all = Set(times.byLine.flatMap { line, times in times.map { [line, $0] } })
      #expect(before.isSubset(of: all))
      before = all
    }
  }
}

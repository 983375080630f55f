import Statistics
import TestSupport
import Testing
import Traffic

@testable import Analysis

/// What a report shows over time, against plain counting.
@Suite("Courses") struct CourseTests {
  private let traffic = MemoryTraffic.generated(seed: 12, requests: 1_200)

  private func requestClass(_ row: MemoryTraffic.Row) -> RequestClass {
    RequestClass.of(status: row[.status], limit: row[.limit], cache: row[.cache])
  }

  private func counts(_ row: MemoryTraffic.Row) -> Bool {
    row[.duration] >= 0 && StatusRule.countsForLatency(status: row[.status], outcome: row[.outcome])
  }

  @Test("the p99.9 second is over all seconds, the peak the earliest of the busiest", arguments: [1, 900, 30_000] as [Int64])
  func seconds(apart: Int64) async throws {
    var traffic = traffic
    traffic.rows.append(.init([.arrival: traffic.rows.last![.arrival] + apart * 1_000_000]))
    let peaks = try #require(try await BusySeconds().answer(from: traffic).peaks)
    let seconds = traffic.rows.map { $0[.arrival] / 1_000_000 }
    let counts = (seconds.min()!...seconds.max()!).map { second in seconds.count { $0 == second } }
    #expect(peaks.seconds == Int64(counts.count))
    #expect(peaks.peakRequests == Int64(counts.max()!))
    #expect(peaks.peak.microseconds == (seconds.min()! + Int64(counts.firstIndex(of: counts.max()!)!)) * 1_000_000)
    #expect(peaks.p999 == Int64(counts.sorted()[Quantile.p999.rank(in: counts.count) - 1]))
    #expect(try await BusySeconds().answer(from: MemoryTraffic()).peaks == nil)
  }

  @Test("steps and classes add up to the traffic", arguments: [1, 60] as [Int64])
  func course(seconds: Int64) async throws {
    let step = Microseconds(seconds * 1_000_000)
    let answer = try await TrafficCourse(step: step).answer(from: traffic)
    let groups = Dictionary(grouping: traffic.rows) { $0[.arrival] / step.count * step.count }
    #expect(answer.steps.map(\.start.microseconds) == groups.keys.sorted())
    for known in answer.steps {
      let rows = groups[known.start.microseconds]!
      #expect(known.byClass == RequestClass.allCases.map { name in Int64(rows.count { requestClass($0) == name }) })
      #expect(known.latency.samples == Int64(rows.count(where: counts)))
    }
    for known in answer.classes {
      let rows = traffic.rows.filter { requestClass($0) == known.requestClass }
      #expect(known.totals.requests == Int64(rows.count))
      #expect(known.latency.maximum?.count == rows.filter(counts).map { $0[.duration] }.max())
    }
    #expect(answer.totals.requests == 1_200)
    #expect(answer.durations.count == UInt64(traffic.rows.count(where: counts)))
  }

  @Test("promises kept are counted request by request", arguments: [100, 100_000, Int64.max / 2] as [Int64])
  func promise(length: Int64) async throws {
    let question = PromiseKept(promise: Microseconds(length), step: .minute)
    let answer = try await question.answer(from: traffic)
    let samples = traffic.rows.filter(counts)
    let patience = length > .max / 4 ? Int64.max : 4 * length
    #expect(answer.total.samples == Int64(samples.count))
    #expect(answer.total.late == Int64(samples.count { $0[.duration] > length }))
    #expect(answer.total.frustrated == Int64(samples.count { $0[.duration] > patience }))
    #expect(answer.total.failed == Int64(traffic.rows.count { (500...599).contains($0[.status]) }))
    let starts = Set(traffic.rows.map { $0[.arrival] / 60_000_000 * 60_000_000 }).sorted()
    #expect(answer.steps.map(\.start.microseconds) == starts)
    let both = samples.filter { $0[.upstreamDuration] >= 0 }
    #expect(answer.whole.sum == both.reduce(0) { $0 + $1[.duration] })
    #expect(answer.upstream.sum == both.reduce(0) { $0 + $1[.upstreamDuration] })
    #expect(answer.gateway.sum == both.reduce(0) { $0 + max(0, $1[.duration] - $1[.upstreamDuration]) })
    #expect(answer.gateway.latency.samples == Int64(both.count))
  }

  @Test("Apdex is 1 for requests in time, a half up to four times of it, else 0")
  func apdex() {
    var counts = PromiseKept.Counts()
    #expect(counts.apdex == nil)
    counts.samples = 100
    counts.late = 40
    counts.frustrated = 10
    #expect(counts.apdex == 0.75)
  }

  @Test("routes keep their requests and bytes, step by step")
  func routes() async throws {
    let answer = try await RouteCourse(step: .minute).answer(from: traffic)
    #expect(answer.routes.values.reduce(0) { $0 + $1.requests.reduce(0, +) } == 1_200)
    for (name, route) in answer.routes {
      let rows = traffic.rows.filter { traffic.text($0.route) == name.route && traffic.text($0[.method]) == name.method }
      #expect(route.requests == answer.starts.map { start in Int64(rows.count { $0[.arrival] / 60_000_000 * 60_000_000 == start }) })
      #expect(route.bytesOut == rows.reduce(0) { $0 + $1[.bytesOut] })
    }
  }

  @Test("the slowest requests of a route are found with their lines", arguments: [0, 1_000_000] as [Int64])
  func slowest(atLeast: Int64) async throws {
    var traffic = traffic
    for index in traffic.rows.indices { traffic.rows[index].values[.line] = Int64(index + 1) }
    let names = [RouteCourse.Name(method: "GET", route: "/api/orders"), RouteCourse.Name(method: "POST", route: "/health")]
    let answer = try await SlowestRequests(routes: names, most: 4, atLeast: Microseconds(atLeast)).answer(from: traffic)
    for name in names {
      let rows = traffic.rows.filter {
        traffic.text($0.route) == name.route && traffic.text($0[.method]) == name.method && counts($0)
          && $0[.duration] >= atLeast
      }.sorted { ($1[.duration], $0[.arrival]) < ($0[.duration], $1[.arrival]) }
      #expect(answer[name]?.map(\.line) ?? [] == rows.prefix(4).map { $0[.line] })
    }
    #expect(answer.count <= 2)
  }

  @Test("a step is the shortest that stays within what a chart shows")
  func steps() {
    #expect(TimeStep.fitting(.day, most: 150) == Microseconds(600_000_000))
    #expect(TimeStep.fitting(.hour, most: 150) == Microseconds(30_000_000))
    #expect(TimeStep.fitting(nil, most: 150) == .hour)
    #expect(TimeStep.fitting(Microseconds(.max), most: 150) == Microseconds(2_592_000_000_000))
  }
}

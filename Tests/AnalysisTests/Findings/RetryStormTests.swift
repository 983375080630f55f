import TestSupport
import Testing
import Traffic

@testable import Analysis

@Suite("retry-storm") struct RetryStormTests {
  /// Orders fail for ten minutes; with `returning`, the callers are back two seconds later.
  private func night(returning: Bool) -> PlantedTraffic {
    var failed: [PlantedTraffic.Request] = []
    var night = PlantedTraffic(perMinute: 30) { request in
      let isBad = request.route == "/api/orders" && (7_200..<7_800).contains(request.second)
      guard isBad, Int(request.second * 7) % 3 > 0 else { return }
      request.status = 502
      failed.append(request)
    }
    if returning {
      for var request in failed {
        request.second += 2
        night.add(request)
      }
    }
    return night
  }

  @Test("finds callers that come back after failures, and leaves them out of the error bursts") func planted() async throws {
    let night = night(returning: true)
    let found = try await night.findings(of: RetryStorm.self)
    #expect(found.map(\.id) == ["retry-storm:/api/orders"] && found.first?.severity == .severe)
    #expect(try await night.findings(of: ErrorBurstRule.self).isEmpty)
  }

  @Test("is no storm where nobody comes back") func burst() async throws {
    let night = night(returning: false)
    #expect(try await night.findings(of: RetryStorm.self).isEmpty)
    #expect(try await night.findings(of: ErrorBurstRule.self).count == 1)
  }
}

@Suite("Comebacks") struct ComebacksTests {
  @Test("are those of the slow, obvious count", arguments: [UInt64(1), 2, 3], [Comebacks.Trouble.failed, .refused])
  func oracle(seed: UInt64, trouble: Comebacks.Trouble) async throws {
    let traffic = MemoryTraffic.generated(seed: seed, requests: 600)
    let start = traffic.rows[0][.arrival]
    let question = Comebacks(
      scope: Scope(), from: start + 5_000_000, until: start + 40_000_000, horizon: 3_000_000, trouble: trouble)
    let answer = try await question.answer(from: traffic)
    var expected: (events: Int64, followed: Int64) = (0, 0)
    for row in traffic.rows where row[.arrival] >= question.from && row[.arrival] < question.until {
      let isLimited = StatusRule.isLimited(status: row[.status], limit: row[.limit])
      guard trouble == .failed ? (500...599).contains(row[.status]) : isLimited else { continue }
      expected.events += 1
      let isFollowed = traffic.rows.contains { other in
        other[.arrival] > row[.arrival] && other[.arrival] - row[.arrival] <= question.horizon
          && other[.consumer] == row[.consumer] && (row[.consumer] != .absent || other[.client] == row[.client])
          && other.route == row.route && other[.method] == row[.method]
      }
      if isFollowed { expected.followed += 1 }
    }
    #expect(answer.troubled.events == expected.events && answer.troubled.followed == expected.followed)
    #expect(expected.events > 0)
  }
}

import Testing
import Traffic

@testable import Analysis

@Suite("retries-change-load") struct RetriesChangeLoadTests {
  private func night(returning: Bool) -> PlantedTraffic {
    var refused: [PlantedTraffic.Request] = []
    var night = PlantedTraffic(perMinute: 40) { request in
      guard request.consumer == "c3" else { return }
      request.limit = Int(request.second * 10) % 2 == 0 ? .rejected : .passed
      if request.limit == .rejected {
        request.status = 429
        refused.append(request)
      }
    }
    if returning {
      for var request in refused {
        request.second += 3
        (request.limit, request.status) = (.passed, 200)
        night.add(request)
      }
    }
    return night
  }

  @Test("finds a caller that comes back after refusals") func planted() async throws {
    let found = try await night(returning: true).findings(of: RetriesChangeLoad.self)
    #expect(found.map(\.id) == ["retries-change-load:c3"])
  }

  @Test("says nothing where refused callers come no sooner than others") func quiet() async throws {
    #expect(try await night(returning: false).findings(of: RetriesChangeLoad.self).isEmpty)
  }
}

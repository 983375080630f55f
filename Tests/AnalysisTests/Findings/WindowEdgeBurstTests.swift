import Testing
import Traffic

@testable import Analysis

@Suite("window-edge-burst") struct WindowEdgeBurstTests {
  /// A burst of forty requests around every other full minute, against twenty per minute.
  private func night(isFixed: Bool) -> PlantedTraffic {
    var night = PlantedTraffic(hours: 2)
    for minute in stride(from: 10, to: 50, by: 2) {
      for index in 0..<60 {
        let second = Double(minute * 60) - 3 + Double(index) * 0.1
        var request = PlantedTraffic.Request(second: second, consumer: "edgy")
        let place = isFixed ? index % 30 : index  // of the window, or of the burst
        request.limit = place < 20 ? .passed : .rejected
        request.status = place < 20 ? 200 : 429
        night.add(request)
      }
    }
    return night
  }

  @Test("finds twice the limit across an edge") func planted() async throws {
    let finding = try #require(try await night(isFixed: true).findings(of: WindowEdgeBurst.self).first)
    #expect(finding.id == "window-edge-burst:edgy")
    #expect(finding.evidence[0].value == .integer(40) && finding.evidence[1].value == .integer(20))
  }

  @Test("says nothing where as much gets through anywhere, or on a quiet night") func quiet() async throws {
    #expect(try await night(isFixed: false).findings(of: WindowEdgeBurst.self).isEmpty)
    #expect(try await PlantedTraffic().findings(of: WindowEdgeBurst.self).isEmpty)
  }
}

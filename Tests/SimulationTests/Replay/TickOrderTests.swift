import Testing
import Traffic

@testable import Simulation

/// Columns here: arrival, source, line.
@Suite("The order inside a tick") struct TickOrderTests {
  private static let limits: [Character: LimitVerdict] = [
    "P": .passed, "D": .delayed, "R": .rejected, "I": .inferredRejected,
  ]

  /// Lines in the order after settling.
  /// - Parameter log: a letter per row, what its line says the limit did; `-` nothing. A space begins a new arrival.
  private func lines(_ log: String, resolution: Int64 = 1_000) -> [Int64] {
    var arrivals: [Int64] = []
    var verdicts: [Int64] = []
    var now: Int64 = 0
    for letter in log {
      if letter == " " {
        now += 1_000
        continue
      }
      arrivals.append(now)
      verdicts.append(Self.limits[letter]?.rawValue ?? .absent)
    }
    let rows = arrivals.count
    var values = arrivals + [Int64](repeating: 7, count: rows) + (0..<rows).map { Int64($0 + 1) }
    let order = TickOrder(arrival: 0, source: 1, resolutions: [7: resolution])
    verdicts.withUnsafeBufferPointer { order.settle(&values, rows: rows, limits: $0) }
    #expect(Array(values[0..<rows]) == arrivals)
    return Array(values[(2 * rows)...])
  }

  @Test("is: let in, then rejected, each in log order") func settled() {
    #expect(lines("PRRDD") == [1, 4, 5, 2, 3])
    #expect(lines("RP RP") == [2, 1, 4, 3])
    #expect(lines("I-P") == [2, 3, 1])
  }

  @Test("stays where nothing contradicts it") func kept() {
    for log in ["", "R", "PPRR", "RRR", "R P R P", "---"] {
      #expect(lines(log) == (0..<log.count { $0 != " " }).map { Int64($0 + 1) }, "\(log)")
    }
  }

  @Test("is not touched where the tick is long") func coarse() {
    #expect(lines("RP", resolution: 2_000) == [2, 1])
    #expect(lines("RP", resolution: 1_000_000) == [1, 2])
  }
}

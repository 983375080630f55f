import TestSupport

/// Who asks for what and when: decided by a seed before anything is sent.
struct Schedule: Sendable {
  struct Request: Sendable {
    /// µs after the start.
    var moment: Int64
    /// Index of the caller.
    var caller: Int
  }

  /// In order of moment.
  var requests: [Request]

  /// What a caller does: bursts, cruises around the limit and pauses, in random order.
  struct Shape: Sendable {
    var callers = 5
    /// µs.
    var length: Int64 = 8_000_000
    /// Requests per second that the limit lets pass in the long run, for one caller.
    var rate: Double
    /// Requests at once that the limit bears.
    var burst: Int
    /// No more requests than this.
    var bound = 1_500
  }

  init(requests: [Request]) { self.requests = requests }

  init(_ shape: Shape, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    requests = []
    for caller in 0..<shape.callers { Self.add(caller, shape, &generator, to: &requests) }
    requests.sort { ($0.moment, $0.caller) < ($1.moment, $1.caller) }
    if requests.count > shape.bound { requests.removeSubrange(shape.bound...) }
  }

  private static func add(
    _ caller: Int, _ shape: Shape, _ generator: inout SeededGenerator, to requests: inout [Request]
  ) {
    var moment = Int64.random(in: 0..<400_000, using: &generator)
    while moment < shape.length {
      switch Int.random(in: 0..<10, using: &generator) {
      case 0..<5:
        // A page that fires its requests together, or nearly so; often more of them than the limit bears.
        let spread: Int64 = Bool.random(using: &generator) ? 60 : 1_500
        for _ in 0..<Int.random(in: 2...(shape.burst + 8), using: &generator) {
          requests.append(Request(moment: moment, caller: caller))
          moment += Int64.random(in: 0..<spread, using: &generator)
        }
      case 5..<7:
        // A steady caller somewhat below or above the limit.
        let gap = 1e6 / (shape.rate * Double.random(in: 0.5..<1.7, using: &generator))
        for _ in 0..<Int.random(in: 3...8, using: &generator) {
          requests.append(Request(moment: moment, caller: caller))
          moment += Int64(gap * Double.random(in: 0.6..<1.4, using: &generator))
        }
      default:
        moment += Int64.random(in: 100_000..<900_000, using: &generator)
      }
      moment += Int64(1e6 / shape.rate * Double.random(in: 0.3..<2.5, using: &generator))
    }
  }
}

import Gateways
import Traffic

/// Gives every request its instant inside the clock tick that its log's stamp stands for.
struct ArrivalPlacement {
  private let placement: ReplayOptions.Placement
  private let resolutions: [Int64: Int64]
  private let coarsest: Int64
  /// The run of equal arrivals that the batch before ended with.
  private var lastArrival = Int64.absent
  private var lastTime = Int64.min
  /// Of the request before: neighbours mostly are of one source.
  private var known: (source: Int64, resolution: Int64) = (.absent, 0)

  init(_ options: ReplayOptions) {
    placement = options.placement
    resolutions = options.resolutions.filter { $0.value > 1 }
    coarsest = resolutions.values.max() ?? 0
  }

  /// Whether times may come out in another order than arrivals.
  var reorders: Bool {
    guard coarsest > 0 else { return false }
    if case .spread = placement { return false }
    return Set(resolutions.values).count > 1 || isScattered
  }

  private var isScattered: Bool { if case .scattered = placement { true } else { false } }

  /// - Parameters:
  ///   - arrivals: as recorded, not decreasing.
  ///   - times: where they are placed; for `.spread` not decreasing either.
  mutating func place(
    _ arrivals: UnsafePointer<Int64>, sources: UnsafePointer<Int64>, lines: UnsafePointer<Int64>, rows: Int,
    into times: UnsafeMutablePointer<Int64>
  ) {
    guard coarsest > 0 else {
      times.update(from: arrivals, count: rows)
      return
    }
    switch placement {
    case .spread: spread(arrivals, sources, rows, times)
    case .together(let share):
      for row in 0..<rows {
        times[row] = arrivals[row] &+ Int64(share * Double(max(0, resolution(sources[row]) - 1)))
      }
    case .scattered(let seed):
      for row in 0..<rows {
        let resolution = max(1, resolution(sources[row]))
        times[row] = arrivals[row] &+ Int64(Self.hash(sources[row], lines[row], seed) % UInt64(resolution))
      }
    }
  }

  private mutating func resolution(_ source: Int64) -> Int64 {
    if source != known.source { known = (source, resolutions[source] ?? 0) }
    return known.resolution
  }

  /// Runs of one arrival evenly over their tick, or until the next arrival where that is sooner.
  private mutating func spread(
    _ arrivals: UnsafePointer<Int64>, _ sources: UnsafePointer<Int64>, _ rows: Int,
    _ times: UnsafeMutablePointer<Int64>
  ) {
    var row = 0
    while row < rows {
      let arrival = arrivals[row]
      var end = row + 1
      while end < rows, arrivals[end] == arrival { end += 1 }
      // A run that began in the batch before goes on where it stopped.
      let start = arrival == lastArrival ? max(arrival, lastTime) : arrival
      let tick = arrival &+ resolution(sources[row])
      let next = end < rows ? min(arrivals[end], tick) : tick
      let room = max(0, next &- start)
      let count = Int64(end - row)
      for place in row..<end { times[place] = max(lastTime, start &+ room &* Int64(place - row) / count) }
      lastArrival = arrival
      lastTime = times[end - 1]
      row = end
    }
  }

  static func hash(_ source: Int64, _ line: Int64, _ seed: UInt64) -> UInt64 {
    var hash = UInt64(bitPattern: source) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: line) &+ seed
    hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
    return hash ^ hash >> 31
  }
}

/// The node that decides about each request.
struct NodeAssignment {
  private let nodes: ReplayOptions.Nodes
  private var next: Int64 = 0

  init(_ nodes: ReplayOptions.Nodes) { self.nodes = nodes }

  /// - Parameter column: the gateway or client column, as the assignment needs it.
  mutating func assign(
    _ column: UnsafePointer<Int64>?, sources: UnsafePointer<Int64>, lines: UnsafePointer<Int64>, rows: Int,
    into numbers: UnsafeMutablePointer<Int64>
  ) {
    switch nodes {
    case .recorded:
      if let column { numbers.update(from: column, count: rows) } else { numbers.update(repeating: 0, count: rows) }
    case .count(let count, .roundRobin):
      for row in 0..<rows {
        numbers[row] = next
        next = next + 1 == Int64(count) ? 0 : next + 1
      }
    case .count(let count, .random):
      for row in 0..<rows {
        numbers[row] = Int64(ArrivalPlacement.hash(sources[row], lines[row], 0x6E6F_6465) % UInt64(max(1, count)))
      }
    case .count(let count, .client):
      for row in 0..<rows {
        numbers[row] = Int64(ArrivalPlacement.hash(column?[row] ?? 0, 0, 0x6E6F_6465) % UInt64(max(1, count)))
      }
    }
  }
}

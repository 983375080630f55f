internal import Traffic

/// Cubes whose dimensions together have few groups, so that one finer cube may be counted for all of them.
enum CubeFamily: Hashable {
  /// What was asked for and how it was answered, in steps of ten minutes or longer.
  case answers
  /// Who asked, and what they were told.
  case callers
  /// What each upstream did, in steps of five minutes or longer.
  case upstreams
  /// What each node did, in steps of five minutes or longer.
  case nodes
  /// Anything else goes together with its like.
  case alike([CubeRequest.Dimension])

  init(of request: CubeRequest) {
    self = [.answers, .callers, .upstreams, .nodes].first { family in
      request.dimensions.allSatisfy { family.has($0) }
    } ?? .alike(request.dimensions)
  }

  private func has(_ dimension: CubeRequest.Dimension) -> Bool {
    switch dimension {
    case .time(let length): step.map { length.count > 0 && length.count % $0.count == 0 } ?? false
    case .statusClass: self == .answers || self == .callers
    case .column(let column): columns.contains(column)
    }
  }

  private var columns: [ScanColumn] {
    switch self {
    case .answers:
      [.route, .stored(.method), .stored(.status), .stored(.outcome), .stored(.cache), .stored(.limit), .stored(.wireProtocol)]
    case .callers: [.stored(.client), .stored(.consumer), .stored(.userAgent), .stored(.status), .stored(.limit)]
    case .upstreams: [.stored(.service), .stored(.upstream), .stored(.upstreamStatus), .stored(.outcome)]
    case .nodes: [.stored(.gateway), .source]
    case .alike: []
    }
  }

  /// Shorter steps make more groups than is worth it.
  private var step: Microseconds? {
    switch self {
    case .answers: Microseconds(600_000_000)
    case .upstreams, .nodes: Microseconds(300_000_000)
    case .callers, .alike: nil
    }
  }

  /// The cube that all of a family are parts of.
  /// - Parameter requests: of one filter, at least one.
  func union(of requests: [CubeRequest]) -> CubeRequest {
    var dimensions: [CubeRequest.Dimension] = []
    var measures: [CubeRequest.Measure] = []
    for request in requests {
      for dimension in request.dimensions {
        let dimension = if case .time = dimension, let step { CubeRequest.Dimension.time(step) } else { dimension }
        if !dimensions.contains(dimension) { dimensions.append(dimension) }
      }
      for measure in request.measures where !measures.contains(measure) { measures.append(measure) }
    }
    var union = requests[0]
    union.dimensions = dimensions.sorted { Self.breadth($0) < Self.breadth($1) }
    union.measures = measures
    union.onlyRows = requests.allSatisfy(\.onlyRows)
    return union
  }

  /// Dimensions by how many values they usually have: the fewer come first, the longer groups are found by number.
  private static func breadth(_ dimension: CubeRequest.Dimension) -> Int {
    switch dimension {
    case .statusClass: 1
    case .column(.stored(let column)):
      switch column {
      // A consumer has few programs, so that both together are hardly more than the consumers.
      case .consumer: -2
      case .userAgent: -1
      case .limit, .cache, .wireProtocol: 0
      case .outcome: 1
      case .status, .upstreamStatus, .method: 2
      case .client: 5
      default: 3
      }
    case .column: 3
    case .time: 4
    }
  }

  static func place(of dimension: CubeRequest.Dimension, in finer: [CubeRequest.Dimension]) -> Int {
    let place = finer.firstIndex(of: dimension) ?? finer.firstIndex { other in
      if case (.time, .time) = (dimension, other) { true } else { false }
    }
    guard let place else { preconditionFailure("a finer cube has the dimensions of its parts") }
    return place
  }

  static func place(of measure: CubeRequest.Measure, in finer: [CubeRequest.Measure]) -> Int {
    guard let place = finer.firstIndex(of: measure) else {
      preconditionFailure("a finer cube has the measures of its parts")
    }
    return place
  }
}

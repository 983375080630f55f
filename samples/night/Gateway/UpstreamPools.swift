/// The servers behind the gateway: whose turn it is and how often each fails.
struct UpstreamPools {
  /// How a try at a server went wrong.
  enum Failure {
    case refused, reset, timedOut
  }

  private var turns = [Int](repeating: 0, count: Upstream.allCases.count)
  /// Number of the first endpoint of each upstream.
  private let firstEndpoint: [Int]
  /// Failing tries per million, by endpoint.
  private let failures: [Int]

  init() {
    var first: [Int] = []
    var failures: [Int] = []
    for upstream in Upstream.allCases {
      first.append(failures.count)
      failures += (0..<upstream.endpoints).map { Self.failureShare(of: upstream, server: $0) }
    }
    firstEndpoint = first
    self.failures = failures
  }

  /// Two servers are known to be weak.
  private static func failureShare(of upstream: Upstream, server: Int) -> Int {
    switch (upstream, server) {
    case (.orders, 1): 4_000
    case (.search, 2): 1_500
    default: 250
    }
  }

  /// The addresses of all endpoints, in the order of their numbers.
  static var addresses: [String] {
    Upstream.allCases.flatMap { upstream in
      (0..<upstream.endpoints).map { "10.0.\(10 + upstream.rawValue).\(11 + $0):8080" }
    }
  }

  /// The next endpoint of an upstream, round robin.
  @inline(__always)
  mutating func next(of upstream: Upstream) -> Int {
    let index = Int(upstream.rawValue)
    turns[index] += 1
    return firstEndpoint[index] + turns[index] % upstream.endpoints
  }

  @inline(__always)
  func isLast(_ endpoint: Int, of upstream: Upstream) -> Bool {
    endpoint == firstEndpoint[Int(upstream.rawValue)] + upstream.endpoints - 1
  }

  /// Whether a try at an endpoint fails, `extra` times in a million more often than usual.
  @inline(__always)
  func failure(at endpoint: Int, extra: Int, _ random: inout SeededGenerator) -> Failure? {
    guard random.chance(failures[endpoint] + extra) else { return nil }
    switch random.below(4) {
    case 0: return .timedOut
    case 1: return .reset
    default: return .refused
    }
  }
}

public import Traffic

/// How much each key asks for.
public struct KeyProfile: Hashable, Sendable {
  public var key: GroupKey
  /// All of its requests.
  public var requests: Int64
  /// Most requests in one second of the clock.
  public var peak: Int64
}

/// The busiest keys, and the extremes over all of them.
public struct KeyProfiles: Sendable {
  /// Keys that are told one by one, at most.
  public static let kept = 1 << 16

  /// By falling requests, then by key; at most `kept` of them.
  public private(set) var busiest: [KeyProfile] = []
  /// Distinct keys, also those that are not kept.
  public private(set) var keys: Int64 = 0
  /// Most requests of any key in one second of the clock.
  public private(set) var peak: Int64 = 0
  /// Most requests of any key; 0 without keys.
  public var mostRequests: Int64 { busiest.first?.requests ?? 0 }

  public init(of traffic: KeyedTraffic) async throws {
    let threads = traffic.threads
    var all = KeyProfiles()
    try await traffic.forEachPart { part in
      let profiles = await part.divided(lanes: 1, threads: threads) { keys, _ in
        let clockSecond = Self.clockSecond
        return keys.map { key in
          KeyProfile(
            key: part.keys[key], requests: Int64(part.requests(of: key)),
            peak: part.withArrivals(of: key) { clockSecond.smallest($0) })
        }
      }
      all.add(profiles[0].flatMap { $0 })
    }
    for set in traffic.oversizeSets { all.add(try await Self.oversize(set, of: traffic)) }
    self = all
  }

  /// The keys of an oversize set, whose arrivals come piece by piece.
  private static func oversize(_ set: Int, of traffic: KeyedTraffic) async throws -> [KeyProfile] {
    var requests: [GroupKey: Int64] = [:]
    var seconds: [GroupKey: any FrontierStream] = [:]
    try await traffic.forEachPiece(of: set) { piece in
      for (index, key) in piece.keys.enumerated() {
        requests[key, default: 0] += Int64(piece.requests(of: index))
        var stream = seconds.removeValue(forKey: key) ?? clockSecond.stream
        piece.withArrivals(of: index) { stream?.absorb($0) }
        seconds[key] = stream
      }
    }
    return requests.map { KeyProfile(key: $0, requests: $1, peak: seconds[$0]?.smallest ?? 0) }
  }

  private static let clockSecond = WindowFrontier(length: 1_000_000, origin: 0, includesEnd: false)

  private init() {}

  private mutating func add(_ profiles: [KeyProfile]) {
    keys += Int64(profiles.count)
    peak = max(peak, profiles.lazy.map(\.peak).max() ?? 0)
    let all = (busiest + profiles).sorted {
      ($1.requests, $0.key.first, $0.key.second) < ($0.requests, $1.key.first, $1.key.second)
    }
    busiest = Array(all.prefix(Self.kept))
  }
}

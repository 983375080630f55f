public import Traffic

/// How much did the cache answer, minute by minute?
public struct CacheByTime: Question, Hashable {
  public struct Minute: Hashable, Sendable {
    public var start: Timestamp
    public var lookups: Int64
    public var served: Int64

    public init(start: Timestamp, lookups: Int64, served: Int64) {
      self.start = start
      self.lookups = lookups
      self.served = served
    }
  }

  public struct Answer: Hashable, Sendable {
    /// By time; minutes without a look-up are left out.
    public var minutes: [Minute]
    public var requests: Int64
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  private static let minute = CubeRequest.Dimension.time(.minute)
  private static let layout = CubeLayout([minute, .column(.stored(.cache))])

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    var minutes: [Minute] = []
    var requests: Int64 = 0
    for cell in try await traffic.cube(Self.layout.request(scope)).cells {
      requests += cell.requests
      let cache = Self.layout.key(.cache, of: cell)
      guard StatusRule.isLookup(cache) else { continue }
      let start = Timestamp(microseconds: Self.layout.key(Self.minute, of: cell))
      // Cells come by increasing key, so the cells of a minute follow each other.
      if minutes.last?.start != start { minutes.append(Minute(start: start, lookups: 0, served: 0)) }
      minutes[minutes.count - 1].lookups += cell.requests
      if StatusRule.isServedFromCache(cache) { minutes[minutes.count - 1].served += cell.requests }
    }
    return Answer(minutes: minutes, requests: requests)
  }
}

/// Look-ups and what was served, by route, in one stretch: so that a change of what is asked for is not taken for a
/// change of the cache.
struct CacheByRoute: Question, Hashable {
  struct Count: Hashable, Sendable {
    var lookups: Int64 = 0
    var served: Int64 = 0
  }

  var scope: Scope

  private static let layout = CubeLayout([.column(.stored(.path)), .column(.stored(.cache))])

  func answer(from traffic: any TrafficSource) async throws -> [Int64: Count] {
    var counts: [Int64: Count] = [:]
    for cell in try await traffic.cube(Self.layout.request(scope)).cells {
      let cache = Self.layout.key(.cache, of: cell)
      guard StatusRule.isLookup(cache) else { continue }
      counts[Self.layout.key(.path, of: cell), default: Count()].lookups += cell.requests
      if StatusRule.isServedFromCache(cache) {
        counts[Self.layout.key(.path, of: cell), default: Count()].served += cell.requests
      }
    }
    return counts
  }
}

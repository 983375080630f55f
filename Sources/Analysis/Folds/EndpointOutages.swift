public import Traffic

/// When endpoints failed most of what they got, or got nothing while their pool had work for them.
///
/// Worked out from `EndpointLoad`, which reads the traffic.
public struct EndpointOutages: Hashable, Sendable {
  public enum State: String, Hashable, Sendable { case failing, silent }

  /// Stretches in a row in one state.
  public struct Outage: Hashable, Sendable {
    public var upstream: String
    public var state: State
    public var from: Timestamp
    public var until: Timestamp
    public var requests: Int64
    /// Requests that it could not serve.
    public var unserved: Int64
  }

  /// Fewer requests of a stretch say nothing about its health, and fewer expected ones nothing about silence.
  public static let fewest: Int64 = 20

  /// By pool, then address, then time.
  public let outages: [Outage]

  public init(_ load: EndpointLoad.Answer) {
    var perPool: [Int: [Timestamp: Int64]] = [:]
    for endpoint in load.endpoints {
      for stretch in endpoint.stretches { perPool[endpoint.pool, default: [:]][stretch.start, default: 0] += stretch.requests }
    }
    let pools = perPool.mapValues { Pool(starts: $0.keys.sorted(), requests: $0) }
    outages = load.endpoints.flatMap { endpoint in
      pools[endpoint.pool].map { Self.outages(of: endpoint, in: $0, load.stretch) } ?? []
    }
  }

  private struct Pool {
    var starts: [Timestamp]
    var requests: [Timestamp: Int64]
    var all: Int64 { requests.values.reduce(0, +) }
  }

  private static func outages(
    of endpoint: EndpointLoad.Endpoint, in pool: Pool, _ length: Microseconds
  ) -> [Outage] {
    let own = Dictionary(endpoint.stretches.map { ($0.start, $0) }) { first, _ in first }
    let share = Double(endpoint.requests) / Double(max(1, pool.all))
    var outages: [Outage] = []
    for start in pool.starts {
      let stretch = own[start] ?? EndpointLoad.Stretch(start: start)
      let expected = Double(pool.requests[start] ?? 0) * share
      guard let state = state(stretch, expected: expected) else { continue }
      if let last = outages.last, last.state == state, last.until == start {
        outages[outages.count - 1].until = start + length
        outages[outages.count - 1].requests += stretch.requests
        outages[outages.count - 1].unserved += stretch.unserved
      } else {
        outages.append(
          Outage(
            upstream: endpoint.upstream, state: state, from: start, until: start + length,
            requests: stretch.requests, unserved: stretch.unserved))
      }
    }
    return outages
  }

  /// Half or more failed, or none came where the endpoint's usual share of its pool would have been `fewest`.
  private static func state(_ stretch: EndpointLoad.Stretch, expected: Double) -> State? {
    if stretch.requests == 0 { return expected >= Double(fewest) ? .silent : nil }
    return stretch.requests >= fewest && stretch.unserved * 2 >= stretch.requests ? .failing : nil
  }
}

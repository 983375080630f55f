import Traffic

/// Which endpoints stand in for each other.
struct EndpointPools {
  struct Key: Hashable {
    var upstream: Int64
    var service: Int64
  }

  /// A route links endpoints only where it is this share of an endpoint's requests: one stray request is no pool.
  private static let leastShare = 0.02

  /// Pool of each endpoint, 0, 1, 2 … in no particular order.
  private(set) var number: [Key: Int] = [:]
  private(set) var count = 0

  private static let layout = CubeLayout([.column(.stored(.upstream)), .column(.stored(.service)), .column(.route)])

  /// Asks which routes each endpoint serves.
  static func of(_ traffic: any TrafficSource, _ scope: Scope) async throws -> Self {
    Self(try await traffic.cube(layout.request(scope)).cells.filter { layout.key(.upstream, of: $0) != .absent })
  }

  private init(_ cells: [Cube.Cell]) {
    func endpoint(of cell: Cube.Cell) -> Key {
      Key(upstream: Self.layout.key(.upstream, of: cell), service: Self.layout.key(.service, of: cell))
    }
    let total = cells.reduce(into: [Key: Int64]()) { $0[endpoint(of: $1), default: 0] += $1.requests }
    var parent = total.keys.reduce(into: [Key: Key]()) { $0[$1] = $1 }
    var first: [GroupKey: Key] = [:]
    for cell in cells {
      let (endpoint, route) = (endpoint(of: cell), Self.layout.key(.column(.route), of: cell))
      let link: GroupKey
      if endpoint.service != .absent {
        link = GroupKey(first: 0, second: endpoint.service)
      } else {
        guard route != .absent, Double(cell.requests) >= Self.leastShare * Double(total[endpoint] ?? 0) else { continue }
        link = GroupKey(first: 1, second: route)
      }
      if let other = first[link] {
        parent[Self.root(endpoint, &parent)] = Self.root(other, &parent)
      } else {
        first[link] = endpoint
      }
    }
    var pools: [Key: Int] = [:]
    for endpoint in total.keys {
      let root = Self.root(endpoint, &parent)
      if pools[root] == nil { pools[root] = pools.count }
      number[endpoint] = pools[root]
    }
    count = pools.count
  }

  private static func root(_ key: Key, _ parent: inout [Key: Key]) -> Key {
    var key = key
    while let next = parent[key], next != key {
      parent[key] = parent[next] ?? next
      key = next
    }
    return key
  }
}

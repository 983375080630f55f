public import Traffic

/// Who is behind a key: from how many addresses does a consumer call, and how many consumers and programs call from an
/// address?
public struct KeySharing: Question, Hashable {
  public struct Consumer: Hashable, Sendable {
    public var consumer: String
    public var requests: Int64
    public var addresses: Int64
    public var programs: Int64
  }

  public struct Client: Hashable, Sendable {
    public var client: String
    public var requests: Int64
    public var consumers: Int64
    public var programs: Int64
  }

  public struct Answer: Hashable, Sendable {
    /// Those with at least `fewest` addresses, by falling number of them, then by name.
    public var consumers: [Consumer]
    /// Those with at least `fewest` consumers or programs, by falling number of both, then by name.
    public var clients: [Client]
    public var requests: Int64
  }

  public var scope: Scope
  /// Addresses of a consumer, consumers or programs of an address, from which on it is told.
  public var fewest: Int64

  public init(scope: Scope = Scope(), fewest: Int64) {
    self.scope = scope
    self.fewest = fewest
  }

  private static let layout = CubeLayout([.stored(.client), .stored(.consumer), .stored(.userAgent)].map { .column($0) })

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let cube = try await traffic.cube(Self.layout.request(scope))
    var consumers: [Int64: Group] = [:]
    var clients: [Client] = []
    var requests: Int64 = 0
    // Cells of one client follow one another, by rising consumer.
    var index = 0
    while index < cube.cells.count {
      let client = Self.layout.key(.client, of: cube.cells[index])
      var group = Group()
      while index < cube.cells.count, Self.layout.key(.client, of: cube.cells[index]) == client {
        let cell = cube.cells[index]
        let (consumer, program) = (Self.layout.key(.consumer, of: cell), Self.layout.key(.userAgent, of: cell))
        requests += cell.requests
        group.add(cell.requests, other: consumer, program: program)
        if consumer != .absent {
          consumers[consumer, default: Group()].add(cell.requests, other: client, program: program)
        }
        index += 1
      }
      if client != .absent, group.others + Int64(group.programs.count) >= fewest {
        clients.append(
          Client(
            client: traffic.clientText(client), requests: group.requests, consumers: group.others,
            programs: Int64(group.programs.count)))
      }
    }
    let told = consumers.filter { $0.value.others >= fewest }.map { consumer, group in
      Consumer(
        consumer: traffic.text(consumer) ?? "?", requests: group.requests, addresses: group.others,
        programs: Int64(group.programs.count))
    }
    return Answer(
      consumers: told.sorted { ($1.addresses, $0.consumer) < ($0.addresses, $1.consumer) },
      clients: clients.sorted { ($1.consumers + $1.programs, $0.client) < ($0.consumers + $0.programs, $1.client) },
      requests: requests)
  }

  /// Distinct others, which come in runs of equal ones, and programs.
  private struct Group {
    var requests: Int64 = 0
    var others: Int64 = 0
    var programs: Set<Int64> = []
    private var last = Int64.absent

    mutating func add(_ count: Int64, other: Int64, program: Int64) {
      requests += count
      if other != .absent, other != last {
        others += 1
        last = other
      }
      if program != .absent { programs.insert(program) }
    }
  }
}

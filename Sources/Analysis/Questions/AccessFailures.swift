public import Traffic

/// Which addresses ask for what is not there, and which are refused again and again?
///
/// Reads rows of status 401 to 404 only, which are few.
public struct AccessFailures: Question, Hashable {
  /// One address and what it did not find.
  public struct Unfound: Hashable, Sendable {
    public var client: Int64
    /// Requests with status 404, and the different templates among them.
    public var notFound: Int64
    public var templates: Int64
    /// Of these templates, the ones that only scanners ask for.
    public var hostile: Int64
    /// The template it asked for most; of equals the first by text.
    public var sample: String?
  }

  /// Status 401 and 403 of one address in one minute of the clock.
  public struct Burst: Hashable, Sendable {
    public var client: Int64
    public var minute: Timestamp
    public var failures: Int64
  }

  public struct Answer: Hashable, Sendable {
    /// Addresses with `fewest` or more 404, by falling number, then by number of the address.
    public var unfound: [Unfound]
    /// Minutes with `fewest` or more failures of an address, by falling number, then by time, then by address.
    public var bursts: [Burst]
  }

  public static let fewest: Int64 = 20

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    var filter = scope.filter
    filter.conditions += [
      .init(.stored(.status), .number(.greaterOrEqual, 401)), .init(.stored(.status), .number(.lessOrEqual, 404)),
    ]
    let tally = try await traffic.scan(
      ScanRequest(columns: AccessFailureTally.columns, filter: filter, threads: scope.threads), AccessFailureTally())
    return Answer(unfound: Self.unfound(tally.notFound, traffic), bursts: Self.bursts(tally.failures))
  }

  private static func unfound(_ counts: KeyCounts, _ traffic: any TrafficSource) -> [Unfound] {
    var perClient: [Int64: [(path: Int64, count: Int64)]] = [:]
    for (key, count) in zip(counts.table.keys, counts.counts) {
      perClient[key.first, default: []].append((path: key.second, count: count))
    }
    var texts = PathTexts(traffic: traffic)
    return perClient.compactMap { client, paths -> Unfound? in
      let notFound = paths.reduce(0) { $0 + $1.count }
      guard notFound >= fewest else { return nil }
      let sample = paths.map { (count: $0.count, text: texts[$0.path].text ?? "") }
        .min { ($1.count, $0.text) < ($0.count, $1.text) }
      return Unfound(
        client: client, notFound: notFound, templates: Int64(paths.count { $0.path != .absent }),
        hostile: Int64(paths.count { texts[$0.path].isHostile }), sample: sample?.text)
    }.sorted { ($1.notFound, $0.client) < ($0.notFound, $1.client) }
  }

  private static func bursts(_ counts: KeyCounts) -> [Burst] {
    zip(counts.table.keys, counts.counts).compactMap { key, count in
      guard count >= fewest else { return nil }
      return Burst(client: key.first, minute: Timestamp(microseconds: key.second), failures: count)
    }.sorted { ($1.failures, $0.minute, $0.client) < ($0.failures, $1.minute, $1.client) }
  }
}

/// The texts of templates, each looked at once.
private struct PathTexts {
  let traffic: any TrafficSource
  private var known: [Int64: (text: String?, isHostile: Bool)] = [:]

  init(traffic: any TrafficSource) { self.traffic = traffic }

  subscript(path: Int64) -> (text: String?, isHostile: Bool) {
    mutating get {
      if let entry = known[path] { return entry }
      let text = traffic.text(path)
      let entry = (text: text, isHostile: text.map(HostilePath.isOne) ?? false)
      known[path] = entry
      return entry
    }
  }
}

/// Counts per key.
private struct KeyCounts: Sendable {
  private(set) var table = KeyTable()
  private(set) var counts: [Int64] = []

  @inline(__always)
  mutating func add(_ key: GroupKey, _ count: Int64 = 1) {
    let index = table.index(of: key)
    if index == counts.count { counts.append(0) }
    counts[index] &+= count
  }

  mutating func merge(_ later: Self) {
    for (key, count) in zip(later.table.keys, later.counts) { add(key, count) }
  }
}

/// Columns: client, status, path, arrival; rows of status 401 to 404.
private struct AccessFailureTally: TrafficFold {
  static let columns: [ScanColumn] = [.client, .status, .path, .arrival].map { .stored($0) }

  /// By client and template.
  var notFound = KeyCounts()
  /// By client and minute.
  var failures = KeyCounts()

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (client, status, path, arrival) = (batch[0], batch[1], batch[2], batch[3])
    for row in 0..<batch.rows where client[row] != .absent {
      switch status[row] {
      case 404: notFound.add(GroupKey(first: client[row], second: path[row]))
      case 401, 403:
        let minute = arrival[row].flooredMultiple(of: Microseconds.minute.count)
        failures.add(GroupKey(first: client[row], second: minute))
      default: break
      }
    }
  }

  mutating func merge(_ later: Self) {
    notFound.merge(later.notFound)
    failures.merge(later.failures)
  }
}

internal import Analysis
internal import Traffic

/// Names requests that are known by key and arrival only: their source and line, by a second scan.
public struct RequestLookup: Sendable {
  /// Where a request was logged, and what it was.
  public struct Found: Hashable, Sendable {
    /// The source's number in the store.
    public var source: Int64
    /// From 1.
    public var line: Int64
    /// As logged; absent where the log does not say.
    public var status: Int64
    /// Symbol of the route.
    public var route: Int64
  }

  private let traffic: KeyedTraffic

  public init(in traffic: KeyedTraffic) { self.traffic = traffic }

  /// - Returns: what was found of the places; one that the store no longer has is missing.
  public func requests(at places: [ReplayTally.Place]) async throws -> [ReplayTally.Place: Found] {
    guard let first = places.map(\.arrival).min(), let last = places.map(\.arrival).max() else { return [:] }
    var filter = traffic.scope.filter
    filter.since = max(filter.since ?? Timestamp(microseconds: first), Timestamp(microseconds: first))
    let end = Timestamp(microseconds: last &+ 1)
    filter.until = min(filter.until ?? end, end)
    let request = ScanRequest(
      columns: LookupFold.columns + traffic.key.columns, filter: filter, threads: traffic.scope.threads)
    let fold = LookupFold(
      parts: traffic.key.parts.count, drops: traffic.drops, wanted: Set(places.map { LookupFold.Spot(arrival: $0.arrival, key: $0.key) }),
      arrivals: Set(places.map(\.arrival)))
    let found = try await traffic.traffic.scan(request, fold).found
    return places.reduce(into: [:]) { answer, place in
      let rows = found[LookupFold.Spot(arrival: place.arrival, key: place.key)] ?? []
      if rows.indices.contains(place.ordinal) { answer[place] = rows[place.ordinal] }
    }
  }
}

private struct LookupFold: TrafficFold {
  struct Spot: Hashable, Sendable {
    var arrival: Int64
    var key: GroupKey
  }

  static let columns: [ScanColumn] = [.stored(.arrival), .source, .stored(.line), .stored(.status), .route]

  let parts: Int
  let drops: RowPredicate?
  let wanted: Set<Spot>
  let arrivals: Set<Int64>
  var found: [Spot: [RequestLookup.Found]] = [:]

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let times = batch[0]
    for row in 0..<batch.rows where arrivals.contains(times[row]) {
      let key = GroupKey(first: parts > 0 ? batch[5][row] : 0, second: parts > 1 ? batch[6][row] : 0)
      let spot = Spot(arrival: times[row], key: key)
      guard wanted.contains(spot) else { continue }
      let (source, line) = (batch[1][row], batch[2][row])
      if let drops, drops(source, line) { continue }
      found[spot, default: []].append(
        RequestLookup.Found(source: source, line: line, status: batch[3][row], route: batch[4][row]))
    }
  }

  mutating func merge(_ later: Self) { found.merge(later.found) { $0 + $1 } }
}

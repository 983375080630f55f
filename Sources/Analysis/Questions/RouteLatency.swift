public import Traffic

/// How long do requests of each route take, how many fail, and which routes keep the gateway busy?
///
/// Percentiles are values of the data: nearest rank over all rows, found by one reading of eight columns, and a second one
/// only where the durations are too many to keep.
public struct RouteLatency: Question, Hashable {
  public struct Row: Hashable, Sendable {
    public var method: String?
    public var route: String?
    /// nil unless split by class.
    public var requestClass: RequestClass?
    public var totals: RequestTotals
    public var latency: LatencySummary
  }

  public struct Answer: Hashable, Sendable {
    /// By falling number of requests, then by name.
    public var rows: [Row]
    public var totals: RequestTotals
    public var latency: LatencySummary
    public var window: TrafficWindow
  }

  public var scope: Scope
  /// Tell latency per request class, so that fast failures and cache hits do not flatter it.
  public var byClass: Bool

  public init(scope: Scope = Scope(), byClass: Bool = false) {
    self.scope = scope
    self.byClass = byClass
  }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let tally = try await traffic.scan(request(RouteTally.columns), RouteTally(byClass: byClass))
    let selection = try await select(tally, from: traffic)
    try selection.check()
    return try answer(tally, selection, names: traffic)
  }

  /// Picks the exact values from what the first reading kept, or reads again where that was too much to keep.
  private func select(_ tally: RouteTally, from traffic: any TrafficSource) async throws -> RouteSelection {
    let selection = RouteSelection(tally)
    if tally.tape.isComplete {
      return await tally.tape.collect(into: selection, parts: scope.threads ?? 8)
    }
    let used = byClass ? RouteGrouping.columns.count : RouteGrouping.columnsWithoutClass
    return try await traffic.scan(request(Array(RouteGrouping.columns.prefix(used))), selection)
  }

  private func request(_ columns: [ScanColumn]) -> ScanRequest {
    ScanRequest(columns: columns, filter: scope.filter, threads: scope.threads)
  }

  private func answer(
    _ tally: RouteTally, _ selection: RouteSelection, names: any TrafficSource
  ) throws(AnalysisError) -> Answer {
    var rows: [Row] = []
    var totals = RequestTotals()
    for (group, key) in tally.grouping.keys.enumerated() {
      totals.add(tally.totals[group])
      rows.append(
        Row(
          method: names.text(key.method), route: names.text(key.route), requestClass: key.requestClass,
          totals: tally.totals[group],
          latency: try LatencySummary(tally.latency[group], selection.groups[group])))
    }
    rows.sort(by: Self.isBefore)
    return Answer(
      rows: rows, totals: totals, latency: try LatencySummary(tally.overall, selection.overall),
      window: TrafficWindow(requests: totals.requests, seconds: tally.seconds))
  }

  static func isBefore(_ a: Row, _ b: Row) -> Bool {
    if a.totals.requests != b.totals.requests { return a.totals.requests > b.totals.requests }
    if a.route != b.route { return (a.route ?? "") < (b.route ?? "") }
    if a.method != b.method { return (a.method ?? "") < (b.method ?? "") }
    return (a.requestClass?.rawValue ?? 0) < (b.requestClass?.rawValue ?? 0)
  }
}

extension TrafficSource {
  /// The text of a symbol value, nil for absent.
  func text(_ symbol: Int64) -> String? { symbol == .absent ? nil : symbolText(symbol) }
}

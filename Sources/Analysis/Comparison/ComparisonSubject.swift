import Traffic

/// What a change is of.
public enum ComparisonSubject: Hashable, Sendable {
  case all
  case route(method: String?, route: String?)
  /// Routes beyond those that are told one by one.
  case otherRoutes
  case upstream(service: String?, upstream: String?)
  case caller(String?)

  /// `all`, `route`, `upstream` or `caller`.
  public var kind: String {
    switch self {
    case .all: "all"
    case .route, .otherRoutes: "route"
    case .upstream: "upstream"
    case .caller: "caller"
    }
  }

  /// `GET /api/orders/{int}`; what the log does not say reads `(none)`.
  public var name: String {
    switch self {
    case .all: "all requests"
    case .route(let method, let route): [method, route ?? "(none)"].compactMap(\.self).joined(separator: " ")
    case .otherRoutes: "(other routes)"
    case .upstream(let service, let upstream): [service, upstream].compactMap(\.self).joined(separator: " ")
    case .caller(let name): name ?? "(none)"
    }
  }

  var rank: Int {
    switch self {
    case .all: 0
    case .route: 1
    case .otherRoutes: 2
    case .upstream: 3
    case .caller: 4
    }
  }
}

/// What a comparison tells apart.
public enum ComparisonDimension: Int64, CaseIterable, Hashable, Sendable {
  case route = 0, upstream, caller
}

extension ComparisonDimension {
  /// The cube that one window of this dimension is told from.
  func layout(_ block: CubeRequest.Dimension) -> CubeLayout {
    switch self {
    case .route:
      CubeLayout(
        [block, .column(.route), .column(.stored(.method))] + CubeGroup.dimensions,
        [.histogram(.duration), .sum(.bytesOut)])
    case .upstream:
      CubeLayout(
        [block] + [.service, .upstream, .upstreamStatus, .outcome].map { .column(.stored($0)) },
        [.histogram(.upstreamDuration)])
    case .caller:
      CubeLayout([block, .column(.stored(.consumer))] + CubeGroup.dimensions, [.sum(.bytesOut)])
    }
  }

  /// Whose cell it is; nil for a cell that tells nothing here.
  func subject(of cell: Cube.Cell, _ layout: CubeLayout, names: any TrafficSource) -> ComparisonSubject? {
    switch self {
    case .route:
      return .route(
        method: names.text(layout.key(.method, of: cell)), route: names.text(layout.key(.column(.route), of: cell)))
    case .upstream:
      let upstream = layout.key(.upstream, of: cell)
      guard upstream != .absent else { return nil }
      return .upstream(service: names.text(layout.key(.service, of: cell)), upstream: names.text(upstream))
    case .caller:
      let consumer = layout.key(.consumer, of: cell)
      return consumer == .absent ? nil : .caller(names.text(consumer))
    }
  }

  /// Adds a cell to its subject's block.
  func add(_ cell: Cube.Cell, _ layout: CubeLayout, block: Int, to tally: inout BlockTally) {
    tally.add(cell.requests, .requests, block: block)
    guard self != .upstream else {
      tally.add(cell.requests, .withStatus, block: block)
      if UpstreamHealth.isError(cell, layout) { tally.add(cell.requests, .serverErrors, block: block) }
      if layout.key(.outcome, of: cell) != Outcome.clientAbort.rawValue {
        tally.add(layout.histogram(.upstreamDuration, of: cell), block: block)
      }
      return
    }
    var totals = RequestTotals()
    let status = CubeGroup.status(of: cell, layout)
    let limit = layout.key(.limit, of: cell)
    totals.add(status: status, limit: limit, cache: layout.key(.cache, of: cell), count: cell.requests)
    tally.add(totals.withStatus, .withStatus, block: block)
    tally.add(totals.serverErrors, .serverErrors, block: block)
    // A rollup knows 4xx, and neither 429 nor the limiter's verdict.
    if layout.key(.status, of: cell) != .absent || limit != .absent {
      tally.add(cell.requests, .limitKnown, block: block)
      tally.add(totals.limited, .limited, block: block)
    }
    tally.add(totals.cacheLookups, .lookups, block: block)
    tally.add(totals.servedFromCache, .served, block: block)
    let bytes = layout.sum(.bytesOut, of: cell)
    tally.add(bytes.total, .bytes, block: block)
    tally.add(bytes.count, .withBytes, block: block)
    guard self == .route, StatusRule.countsForLatency(status: status, outcome: layout.key(.outcome, of: cell)) else {
      return
    }
    tally.add(layout.histogram(.duration, of: cell), block: block)
  }
}

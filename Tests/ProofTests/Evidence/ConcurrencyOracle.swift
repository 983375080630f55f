/// nginx `limit_conn`: so many requests of a key in progress.
/// - Source: ngx_http_limit_conn_module.c.
struct ConcurrencyOracle: LimitOracle {
  let limit: Int
  /// Ends of the requests that were let in, by key.
  private var ends: [String: [Int64]] = [:]

  init(limit: Int) { self.limit = limit }

  func verdict(_ request: ArrivedRequest) -> ProvenVerdict {
    (ends[request.key] ?? []).count { $0 > request.arrival } >= limit ? .rejected : .passed
  }

  mutating func account(_ request: ArrivedRequest, wasAccepted: Bool) {
    if wasAccepted { ends[request.key, default: []].append(request.arrival + request.duration) }
  }
}

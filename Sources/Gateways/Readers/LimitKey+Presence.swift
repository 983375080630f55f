import Traffic

extension LimitKey.Part {
  /// Whether every request has it, or none has it in a log.
  var isAlwaysThere: Bool {
    switch self {
    case .column(.stored(let column)): [.client, .path, .method, .host, .routeName].contains(column)
    case .column: true
    case .unlogged: true
    case .header: false
    }
  }

  /// A request header; where log formats read it as the consumer, the consumer.
  init(requestHeader name: String) {
    let name = name.lowercased()
    self = RequestHeader.consumers.contains(name) ? .column(.stored(.consumer)) : .header(name)
  }
}

extension LimitKey {
  /// The same, without saying what becomes of a request that lacks a part where no request does.
  var settled: LimitKey { parts.allSatisfy(\.isAlwaysThere) ? LimitKey(parts) : self }
}

import Traffic

/// APISIX's keys: one variable, several with text between, or a constant.
enum APISIXKey {
  /// Variables that are the same for all requests of one node.
  private static let constants: Set = ["server_addr", "hostname"]

  /// - Parameter isLocal: the counters are a node's own, so that a node's address tells nothing apart.
  static func key(_ text: String, type: String, isLocal: Bool) -> LimitKey {
    switch type {
    case "constant": return .all
    case "var_combination": return combination(text, isLocal: isLocal)
    default:
      if isLocal, constants.contains(text) { return .all }
      let part = part(text)
      return LimitKey([part], missing: part.isAlwaysThere ? .counts : .clientAddress)
    }
  }

  /// `$remote_addr $consumer_name`, also `${name}`. Only where none of the variables has a value the address counts.
  private static func combination(_ text: String, isLocal: Bool) -> LimitKey {
    let names = variables(in: text)
    let kept = names.filter { !(isLocal && constants.contains($0)) }
    let parts = kept.map(part)
    let isNeverEmpty = kept.count < names.count || parts.contains(where: \.isAlwaysThere) || parts.count > 1
    return LimitKey(parts, missing: isNeverEmpty ? .counts : .clientAddress)
  }

  private static func variables(in text: String) -> [String] {
    text.split(separator: "$", omittingEmptySubsequences: false).dropFirst().map { piece in
      let name = piece.hasPrefix("{") ? piece.dropFirst() : piece
      return String(name.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
    }.filter { !$0.isEmpty }
  }

  private static let columns: [(variable: String, column: RequestColumn)] = [
    ("remote_addr", .client), ("consumer_name", .consumer), ("host", .host), ("uri", .path),
    ("request_method", .method),
    ("route_id", .routeName), ("service_id", .service), ("http_user_agent", .userAgent), ("http_referer", .referer),
    ("http_host", .host), ("request_uri", .path), ("route_name", .routeName), ("service_name", .service),
  ]

  private static func part(_ variable: String) -> LimitKey.Part {
    if let known = columns.first(where: { $0.variable == variable }) { return .column(.stored(known.column)) }
    if variable.hasPrefix("http_") {
      return LimitKey.Part(requestHeader: variable.dropFirst(5).map { $0 == "_" ? "-" : String($0) }.joined())
    }
    return .unlogged("$" + variable)
  }

  // MARK: Writing

  /// The fields that name a key; nil where APISIX has no such key.
  static func fields(for key: LimitKey, isLocal: Bool) -> [String]? {
    let variables = key.parts.map(variable)
    guard !variables.contains(nil), isLocal || !key.parts.isEmpty else { return nil }
    let names = variables.compactMap { $0 }
    let forms = [
      ("var", names.first ?? "server_addr", names.count <= 1),
      ("var_combination", names.map { "$" + $0 }.joined(separator: " "), !names.isEmpty),
      // The node's address keeps requests without the others together.
      ("var_combination", (names + ["server_addr"]).map { "$" + $0 }.joined(separator: " "), isLocal),
    ]
    let fitting = forms.first { type, text, isPossible in
      isPossible && self.key(text, type: type, isLocal: isLocal) == key
    }
    return fitting.map { ["key: \(QuotedText.json($0.1))", "key_type: \($0.0)"] }
  }

  private static func variable(_ part: LimitKey.Part) -> String? {
    switch part {
    case .column(.stored(let column)): columns.first { $0.column == column }?.variable
    case .header(let name): "http_" + name.map { $0 == "-" ? "_" : String($0) }.joined()
    default: nil
    }
  }
}

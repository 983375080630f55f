import Scanning
import Traffic

/// A sample expression: `sc_http_req_rate(0)`, `req.hdr(x-api-key)`, `src,table_http_req_rate(perip)`.
struct HAProxyFetch: Hashable, Sendable {
  var name: String
  var arguments: [String]
  /// Behind commas.
  var converters: [(String)]
  var text: String

  init(_ text: String) {
    self.text = text
    let parts = Self.parts(of: text)
    (name, arguments) = Self.call(parts.first ?? "")
    converters = parts.dropFirst().map(String.init)
  }

  private static func call(_ part: Substring) -> (String, [String]) {
    let name = part.prefix { $0 != "(" }
    let inside = part.dropFirst(name.count + 1).prefix { $0 != ")" }
    let arguments = inside.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
    return (String(name), inside.isEmpty ? [] : arguments)
  }

  /// Parts at commas outside of parentheses, also empty ones.
  static func parts(of text: String) -> [Substring] {
    var (parts, start, depth): ([Substring], String.Index, Int) = ([], text.startIndex, 0)
    for index in text.indices {
      switch text[index] {
      case "(": depth += 1
      case ")": depth -= 1
      case "," where depth <= 0:
        parts.append(text[start..<index])
        start = text.index(after: index)
      default: break
      }
    }
    return parts + [text[start...]]
  }

  // MARK: Keys

  /// What a `track-sc` with this expression counts by. A request without it is not tracked.
  var key: LimitKey {
    let header =
      ["req.hdr", "hdr", "req.fhdr", "req.hdr_ip", "hdr_ip"].contains(name)
      ? arguments.first?.lowercased() : nil
    let isPlain = converters.allSatisfy { ["lower", "host_only", "field(1,:)", "url_dec"].contains($0) }
    guard isPlain else { return LimitKey([.unlogged(text)], missing: .passes) }
    switch name {
    case "src": return .client
    case "path", "pathq", "url", "capture.req.uri": return LimitKey([.column(.stored(.path))])
    case "method", "capture.req.method": return LimitKey([.column(.stored(.method))])
    case "http_auth_user": return LimitKey([.column(.stored(.consumer))], missing: .passes)
    case "int", "str", "bool", "always_true", "always_false": return .all
    default: break
    }
    guard let header, !header.isEmpty else { return LimitKey([.unlogged(text)], missing: .passes) }
    let part = RequestHeader.column(of: header).map { LimitKey.Part.column(.stored($0)) } ?? .header(header)
    return LimitKey([part], missing: .passes).settled
  }

  // MARK: Counters

  /// A look into a stick table.
  struct Lookup: Hashable, Sendable {
    /// Of the entry: `http_req_rate`, `conn_cur`.
    var field: String
    /// Number of the sticky counter that tracks the entry; nil where `key` finds it.
    var tracked: Int?
    var key: LimitKey
    /// nil: the section's own, or the one tracked.
    var table: String?
  }

  /// What the expression looks up; nil where it is none of a table's counters.
  /// - Throws: `.unknownWord` for a word that is nearly one.
  func lookup(at place: ConfigurationPlace) throws(ConfigurationError) -> Lookup? {
    if let converter = converters.last, converter.hasPrefix("table_") {
      let (call, arguments) = Self.call(Substring(converter.dropFirst(6)))
      var source = self
      source.converters.removeLast()
      source.text = Self.parts(of: text).dropLast().joined(separator: ",")
      return Lookup(field: call, tracked: nil, key: source.key, table: arguments.first)
    }
    for field in HAProxyTable.rates + HAProxyTable.counts {
      if name == "src_\(field)" {
        return Lookup(field: field, tracked: nil, key: .client, table: arguments.first)
      }
      if name == "sc_\(field)" {
        guard let first = arguments.first, let index = HAProxyNumber.natural(first), index < 100 else {
          throw ConfigurationError(
            .badValue(
              setting: name, value: arguments.first ?? "",
              expected: "the number of a sticky counter, \(name)(0)"),
            at: place)
        }
        return Lookup(field: field, tracked: Int(index), key: .all, table: arguments.dropFirst().first)
      }
      for index in 0...2 where name == "sc\(index)_\(field)" {
        return Lookup(field: field, tracked: index, key: .all, table: arguments.first)
      }
    }
    try refuseMisspelt(at: place)
    return nil
  }

  private func refuseMisspelt(at place: ConfigurationPlace) throws(ConfigurationError) {
    guard name.utf8.count <= 40, name.hasPrefix("s"), !name.hasPrefix("sc_inc"), !name.hasPrefix("sc_clr"),
      !name.hasPrefix("src_inc"), !name.hasPrefix("src_clr")
    else { return }
    let known = ["http_req_rate", "conn_cur"].flatMap {
      ["sc_\($0)", "sc0_\($0)", "sc1_\($0)", "sc2_\($0)", "src_\($0)"]
    }
    let near = known.map { (distance: NearestWord.distance(name, $0), word: $0) }.filter { $0.distance <= 2 }
    guard let meant = near.min(by: { $0 < $1 })?.word else { return }
    throw ConfigurationError(.unknownWord(name, kind: "sample fetch", nearest: meant), at: place)
  }
}

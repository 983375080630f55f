import Scanning

/// A `stick-table` line.
struct HAProxyTable: Hashable, Sendable {
  /// Of the section that holds it.
  var name: String
  var size: Int64
  /// Milliseconds; nil where entries never expire.
  var expire: Int64?
  /// What each entry keeps, with the period of rates in milliseconds.
  var stored: [String: Int64?] = [:]
  var place: ConfigurationPlace
  var summary: String

  static let rates = [
    "http_req_rate", "http_err_rate", "http_fail_rate", "conn_rate", "sess_rate", "gpc0_rate", "gpc1_rate",
    "gpc_rate",
    "bytes_in_rate", "bytes_out_rate", "glitch_rate",
  ]
  static let counts = [
    "conn_cur", "conn_cnt", "sess_cnt", "http_req_cnt", "http_err_cnt", "http_fail_cnt", "gpc0", "gpc1",
    "gpc", "gpt0",
    "gpt", "server_id", "server_key", "bytes_in_cnt", "bytes_out_cnt", "glitch_cnt",
  ]
  private static let types = ["ip", "ipv4", "ipv6", "integer", "string", "binary"]

  /// - Parameters:
  ///   - words: behind `stick-table`.
  ///   - audit: hears of what the log cannot answer.
  init(
    _ line: HAProxyLine, words: ArraySlice<HAProxyWord>, name: String, audit: ConfigurationAudit
  ) throws(ConfigurationError) {
    self.name = name
    place = line.place
    summary = line.summary
    size = 0
    var hasType = false
    var rest = words
    while let word = rest.popFirst() {
      func value() throws(ConfigurationError) -> HAProxyWord {
        guard let next = rest.popFirst() else {
          throw ConfigurationError(
            .missing(setting: "value of \(word.text)", within: "stick-table"), at: word.place)
        }
        return next
      }
      switch word.text {
      case "type":
        try Self.expectType(try value())
        hasType = true
        if rest.first?.text == "len" { rest = rest.dropFirst(2) }
      case "size": size = try Self.entries(try value())
      case "expire": expire = try Self.time(try value(), setting: "expire")
      case "store": try store(try value(), audit: audit)
      case "nopurge":
        audit.ignore(
          "nopurge", at: word.place, because: "a full table is taken to drop the entry not used for longest")
      case "peers":
        audit.ignore(
          "peers \(try value().text)", at: word.place,
          because: "nodes copy values, and do not add them: each counts for itself")
      case "srvkey", "write-to": _ = try value()
      case "recv-only", "brates-factor": break
      default:
        let known = ["type", "size", "expire", "store", "nopurge", "peers", "len"]
        throw ConfigurationError(
          .unknownWord(
            word.text, kind: "parameter of stick-table",
            nearest: NearestWord.nearest(to: word.text, among: known)),
          at: word.place)
      }
    }
    guard hasType else {
      throw ConfigurationError(.missing(setting: "type", within: "stick-table"), at: place)
    }
    guard size > 0 else {
      throw ConfigurationError(.missing(setting: "size", within: "stick-table"), at: place)
    }
  }

  private static func expectType(_ word: HAProxyWord) throws(ConfigurationError) {
    guard !types.contains(word.text) else { return }
    throw ConfigurationError(
      .unknownWord(
        word.text, kind: "type of stick-table", nearest: NearestWord.nearest(to: word.text, among: types)),
      at: word.place)
  }

  private static func entries(_ word: HAProxyWord) throws(ConfigurationError) -> Int64 {
    guard let count = HAProxyNumber.size(word.text), count > 0 else {
      throw ConfigurationError(
        .badValue(setting: "size", value: word.text, expected: "a number of entries, at least 1, such as 100k"),
        at: word.place)
    }
    return count
  }

  /// `http_req_rate(10s),conn_cur,gpc0_rate(1m)`; of a repeated one the first counts.
  private mutating func store(_ word: HAProxyWord, audit: ConfigurationAudit) throws(ConfigurationError) {
    for item in HAProxyFetch.parts(of: word.text) where !item.isEmpty {
      let name = String(item.prefix { $0 != "(" })
      let argument = item.dropFirst(name.count + 1).prefix { $0 != ")" }
      guard Self.rates.contains(name) || Self.counts.contains(name) else {
        throw ConfigurationError(
          .unknownWord(
            name, kind: "store of stick-table",
            nearest: NearestWord.nearest(to: String(name.prefix(64)), among: Self.rates + Self.counts)),
          at: word.place)
      }
      guard stored[name] == nil else {
        audit.ignore(String(item), at: word.place, because: "\(name) is already stored")
        continue
      }
      guard Self.rates.contains(name) else {
        stored[name] = .some(nil)
        continue
      }
      // `gpc_rate(4,10s)`: the period is last.
      let period = argument.split(separator: ",").last ?? ""
      guard let period = HAProxyNumber.milliseconds(period), period > 0 else {
        throw ConfigurationError(
          .badValue(setting: name, value: String(argument), expected: "a period, such as \(name)(10s)"),
          at: word.place)
      }
      stored[name] = .some(period)
      if let expire, expire < 2 * period {
        audit.ignore(
          "expire \(expire)ms", at: place,
          because: "shorter than two periods of \(name): idle counts are forgotten early")
      }
    }
  }

  static func time(_ word: HAProxyWord, setting: String) throws(ConfigurationError) -> Int64 {
    guard let time = HAProxyNumber.milliseconds(word.text) else {
      throw ConfigurationError(
        .badValue(
          setting: setting, value: word.text, expected: "a time with us, ms, s, m, h or d, such as 10s"),
        at: word.place)
    }
    return time
  }
}

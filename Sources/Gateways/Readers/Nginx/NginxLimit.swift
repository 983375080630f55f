import Scanning

/// A `limit_req` or `limit_conn` line.
struct NginxLimit: Hashable, Sendable {
  var zone: NginxWord
  /// Requests beyond the rate, or connections at a time.
  var amount: Int64
  /// Of `limit_req`: excess up to this many requests is not delayed.
  var undelayed: Int64
  /// The parameters without the zone, for names: `burst=20 nodelay`, `5`.
  var parameters: String
  var place: ConfigurationPlace
  var summary: String

  /// `burst` and `delay` are kept in thousandths: nginx overflows beyond this without a word.
  private static let most = Int64.max / 1000 - 1

  /// `limit_req zone=name [burst=N] [nodelay | delay=N]`
  /// - Source: nginx `ngx_http_limit_req`; a repeated parameter's last value counts.
  static func requests(_ directive: NginxDirective) throws(ConfigurationError) -> NginxLimit {
    var zone: NginxWord?
    var limit = NginxLimit(directive, zone: directive.name)
    for word in directive.arguments {
      if word.text.hasPrefix("zone=") {
        zone = NginxWord(text: String(word.text.dropFirst(5)), place: word.place)
      } else if word.text.hasPrefix("burst=") {
        limit.amount = try positive("burst", word, most: most)
      } else if word.text.hasPrefix("delay=") {
        limit.undelayed = try positive("delay", word, most: most)
      } else if word.text == "nodelay" {
        limit.undelayed = .max
      } else {
        throw unknownParameter(word, of: directive, known: ["zone=", "burst=", "delay=", "nodelay"])
      }
    }
    guard let zone, !zone.text.isEmpty else {
      throw ConfigurationError(.missing(setting: "zone=", within: "limit_req"), at: directive.place)
    }
    guard directive.arguments.count <= 3 else {
      throw ConfigurationError(
        .contradiction("limit_req takes a zone, a burst, and either nodelay or delay"), at: directive.place)
    }
    limit.zone = zone
    limit.parameters = directive.arguments.map(\.text).filter { !$0.hasPrefix("zone=") }.joined(
      separator: " ")
    return limit
  }

  /// `limit_conn name N`
  /// - Source: nginx `ngx_http_limit_conn`.
  static func connections(_ directive: NginxDirective) throws(ConfigurationError) -> NginxLimit {
    guard directive.arguments.count == 2 else {
      throw ConfigurationError(
        .syntax(found: directive.summary, expected: "limit_conn zone number"), at: directive.place)
    }
    let number = directive.arguments[1]
    guard let count = natural(Substring(number.text)), (1...65_535).contains(count) else {
      throw ConfigurationError(
        .badValue(setting: "limit_conn", value: number.text, expected: "a whole number from 1 to 65535"),
        at: number.place)
    }
    var limit = NginxLimit(directive, zone: directive.arguments[0])
    limit.amount = count
    limit.parameters = number.text
    return limit
  }

  private init(_ directive: NginxDirective, zone: NginxWord) {
    self.zone = zone
    amount = 0
    undelayed = 0
    parameters = ""
    place = directive.place
    summary = directive.summary
  }

  // MARK: Words

  /// Decimal digits and nothing else, as `ngx_atoi` reads them.
  static func natural(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return Int64(text)
  }

  private static func positive(_ setting: String, _ word: NginxWord, most: Int64) throws(ConfigurationError)
    -> Int64
  {
    let value = word.text.dropFirst(setting.count + 1)
    guard let number = natural(value), number > 0, number <= most else {
      throw ConfigurationError(
        .badValue(
          setting: setting, value: String(value),
          expected: "a whole number, at least 1 (leave \(setting) out for none)"), at: word.place)
    }
    return number
  }

  static func unknownParameter(
    _ word: NginxWord, of directive: NginxDirective, known: [String]
  ) -> ConfigurationError {
    let name = word.text.prefix { $0 != "=" }
    let nearest = NearestWord.nearest(
      to: String(name.prefix(64)), among: known.map { $0.filter { $0 != "=" } }
    )
    .flatMap { near in known.first { $0.hasPrefix(near) } }
    return ConfigurationError(
      .unknownWord(word.text, kind: "parameter of \(directive.name.text)", nearest: nearest), at: word.place)
  }
}

import Scanning
import Traffic

/// A `limit_req_zone` or `limit_conn_zone` line.
struct NginxZone {
  var name: String
  var key: NginxKey
  var keyText: String
  /// Thousandths of a request per second; nil for connections.
  var milliRate: Int64?
  /// As written, `10r/s`; empty for connections.
  var rateText: String
  var capacity: KeyCapacity?
  var place: ConfigurationPlace
  var summary: String

  var isForRequests: Bool { milliRate != nil }

  /// - Source: nginx `ngx_http_limit_req_zone` and `ngx_http_limit_conn_zone`: three and two arguments, no fewer.
  init(_ directive: NginxDirective, defined: [String: NginxDefinedVariable]) throws(ConfigurationError) {
    let isForRequests = directive.name.text == "limit_req_zone"
    let form =
      isForRequests ? "limit_req_zone key zone=name:size rate=Nr/s" : "limit_conn_zone key zone=name:size"
    guard let keyWord = directive.arguments.first else {
      throw ConfigurationError(.syntax(found: directive.summary, expected: form), at: directive.place)
    }
    place = directive.place
    summary = directive.summary
    key = try NginxKey(keyWord.text, defined: defined, at: keyWord.place)
    keyText = keyWord.text
    name = ""
    rateText = ""
    var rate: Int64?
    var size: Int64 = 0
    for word in directive.arguments.dropFirst() {
      if word.text.hasPrefix("zone=") {
        (name, size) = try Self.zone(word)
      } else if isForRequests, word.text.hasPrefix("rate=") {
        rate = try Self.milliRate(word)
        rateText = String(word.text.dropFirst(5))
      } else {
        throw NginxLimit.unknownParameter(
          word, of: directive, known: isForRequests ? ["zone=", "rate="] : ["zone="])
      }
    }
    guard !name.isEmpty else {
      throw ConfigurationError(.missing(setting: "zone=", within: directive.name.text), at: directive.place)
    }
    guard isForRequests else { return }
    guard let rate else {
      throw ConfigurationError(.missing(setting: "rate=", within: directive.name.text), at: directive.place)
    }
    milliRate = rate
    // A state of limit_req takes 128 bytes with any key of up to 48 bytes: about 8,000 to the megabyte. Connections have
    // no capacity here: their states live only while a request does, and none is ever evicted.
    capacity = KeyCapacity(keys: Int(size / 1024 * 8000 / 1024), idle: Microseconds(60_000_000))
  }

  /// `zone=perip:10m`: name and bytes, at least eight pages of 4 KB.
  private static func zone(_ word: NginxWord) throws(ConfigurationError) -> (String, Int64) {
    let value = word.text.dropFirst(5)
    let name = value.prefix { $0 != ":" }
    let text = value.dropFirst(name.count + 1)
    func bad(_ expected: String) -> ConfigurationError {
      ConfigurationError(.badValue(setting: "zone", value: String(value), expected: expected), at: word.place)
    }
    guard !name.isEmpty, value.count > name.count else {
      throw bad("a name and a size, such as zone=perip:10m")
    }
    let scale: Int64 =
      text.last == "k" || text.last == "K" ? 1024 : text.last == "m" || text.last == "M" ? 1_048_576 : 1
    guard let count = NginxLimit.natural(scale == 1 ? text : text.dropLast()), count <= (1 << 40) / scale
    else {
      throw bad("a size in bytes, k or m, such as 10m")
    }
    guard count * scale >= 32_768 else { throw bad("at least 32k, eight pages of memory") }
    return (String(name), count * scale)
  }

  /// `rate=10r/s`, `rate=30r/m`; without a unit nginx takes a second.
  private static func milliRate(_ word: NginxWord) throws(ConfigurationError) -> Int64 {
    let value = word.text.dropFirst(5)
    let isPerMinute = value.hasSuffix("r/m")
    let digits = isPerMinute || value.hasSuffix("r/s") ? value.dropLast(3) : value
    guard let count = NginxLimit.natural(digits), count > 0, count <= 1_000_000_000_000 else {
      throw ConfigurationError(
        .badValue(
          setting: "rate", value: String(value), expected: "a whole number, at least 1, with r/s or r/m"),
        at: word.place)
    }
    // At least 16 thousandths: nginx divides the same way, 5r/m is 83.
    return count * 1000 / (isPerMinute ? 60 : 1)
  }
}

import Traffic

/// Lines that make nginx enforce a limit.
///
/// All of them may stand inside `http`, so the text as printed is a configuration fragment that `NginxReader` reads
/// back; the comments say where each line is usually put.
struct NginxWriter {
  private let proposal: LimitProposal

  init(_ proposal: LimitProposal) { self.proposal = proposal }

  func text() throws(NotExpressible) -> String {
    guard (400...599).contains(proposal.status) else {
      throw NotExpressible("nginx rejects with a status from 400 to 599")
    }
    switch proposal.limiter {
    case .leakyBucket(let milliRate, let burst, let undelayed, .nginx):
      return text(
        zone: "limit_req_zone \(try key()) zone=\(proposal.name):10m rate=\(try Self.rate(milliRate))",
        limit: "limit_req zone=\(proposal.name)" + (try Self.bursts(burst, undelayed)),
        status: "limit_req_status")
    case .concurrency(let settings):
      try Self.expectPlain(settings)
      return text(
        zone: "limit_conn_zone \(try key()) zone=\(proposal.name):10m",
        limit: "limit_conn \(proposal.name) \(settings.limit)", status: "limit_conn_status")
    default:
      throw NotExpressible("nginx has leaky buckets in whole requests per second or minute, and concurrency")
    }
  }

  private func text(zone: String, limit: String, status: String) -> String {
    let statusLine = proposal.status == 503 ? "" : "\(status) \(proposal.status);\n"
    // nginx does not limit an empty key: whoever pastes this beside another kind of login must not end up unlimited.
    let caution =
      zone.contains("$remote_user")
      ? "# $remote_user is the user of HTTP authentication; write the variable that knows your callers, such as"
        + " $http_x_api_key\n" : ""
    return """
      # inside http { }
      \(caution)\(zone);

      # inside the server { } or location { } to limit
      \(limit);
      \(statusLine)
      """
  }

  // MARK: Values

  /// The shortest rate that nginx computes to `milliRate`.
  private static func rate(_ milliRate: Int64) throws(NotExpressible) -> String {
    if milliRate > 0, milliRate.isMultiple(of: 1000) { return "\(milliRate / 1000)r/s" }
    // The only N with N·1000/60 rounded down to `milliRate`, if there is one.
    guard milliRate >= 16, milliRate < 1_000_000_000_000 else {
      throw NotExpressible("limit_req has whole requests per second or minute only")
    }
    let perMinute = (milliRate * 60 + 999) / 1000
    guard perMinute * 1000 / 60 == milliRate else {
      throw NotExpressible("limit_req has whole requests per second or minute only")
    }
    return "\(perMinute)r/m"
  }

  private static func bursts(_ burst: Int64, _ undelayed: Int64) throws(NotExpressible) -> String {
    guard burst >= 0, burst < .max / 1000, undelayed >= 0, undelayed == .max || undelayed < .max / 1000 else {
      throw NotExpressible("burst and delay are whole requests")
    }
    let delay = undelayed == 0 ? "" : undelayed == .max ? " nodelay" : " delay=\(undelayed)"
    return (burst == 0 ? "" : " burst=\(burst)") + delay
  }

  private static func expectPlain(_ settings: ConcurrencySettings) throws(NotExpressible) {
    guard settings == ConcurrencySettings(limit: settings.limit) else {
      throw NotExpressible("limit_conn rejects at once and has no queue")
    }
    guard (1...65_535).contains(settings.limit) else { throw NotExpressible("limit_conn takes 1 to 65535") }
  }

  // MARK: Key

  private func key() throws(NotExpressible) -> String {
    var canBeEmpty = true
    var text = ""
    for part in proposal.key.parts {
      let variable = try Self.variable(for: part)
      text += variable.text
      canBeEmpty = canBeEmpty && variable.canBeEmpty
    }
    guard !text.isEmpty else { return "all" }
    guard canBeEmpty else {
      // No request lacks all of the key, so each is counted.
      guard proposal.key.missing == .counts || proposal.key.parts.count == 1 else {
        throw NotExpressible("nginx counts requests that lack a part of a combined key")
      }
      return text
    }
    switch proposal.key.missing {
    case .passes where proposal.key.parts.count == 1: return text
    // A constant makes the key of requests that lack the rest: nginx does not limit an empty one.
    case .counts: return proposal.key.parts.count == 1 ? "-" + text : text
    default:
      throw NotExpressible("nginx either does not limit requests without a key or counts them together")
    }
  }

  private static func variable(for part: LimitKey.Part) throws(NotExpressible) -> (
    text: String, canBeEmpty: Bool
  ) {
    switch part {
    case .column(.stored(let column)):
      let names = [
        "binary_remote_addr", "host", "request_method", "uri", "remote_user", "http_user_agent",
        "http_referer",
      ]
      guard let name = names.first(where: { NginxKey.columns[$0]?.stored == column }) else { break }
      return ("$" + name, NginxKey.columns[name]?.canBeEmpty == true)
    case .header(let name):
      guard name.utf8.allSatisfy({ Self.isHeaderByte($0) }), !name.isEmpty,
        NginxKey.columns[variableName(name)] == nil
      else { break }
      return ("$" + variableName(name), true)
    case .unlogged(let text):
      guard text.hasPrefix("$"), text.count > 1,
        text.dropFirst().utf8.allSatisfy({ Self.isHeaderByte($0) || $0 == 0x5F }),
        !text.contains("-")
      else { break }
      return (text, true)
    case .column: break
    }
    throw NotExpressible("nginx has no variable for this key")
  }

  private static func variableName(_ header: String) -> String { "http_" + header.replacing("-", with: "_") }

  private static func isHeaderByte(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
  }
}

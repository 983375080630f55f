import Traffic

/// What HAProxy's log variables hold.
///
/// - Source: HAProxy Configuration Manual, §8.2.6 *Custom log format*.
enum HAProxyAliases {
  /// `code` of the fields that `FormatTemplate` reads by HAProxy's rules.
  enum Special: UInt8 {
    case state = 1, receive, queue, connect, response, retries, frontend, backend, server
  }

  /// The field of an alias, or nil when there is none of that name.
  static func field(_ name: String, _ text: String) -> TemplateField? {
    if let note = notes[name] { return TemplateField(.skip, text, note: note) }
    return numbers(name, text) ?? texts(name, text) ?? stamps(name, text)
  }

  /// Aliases that print text, which `+Q` puts into quotes.
  static let quotable: Set<String> = [
    "r", "HM", "HU", "HP", "HPO", "HQ", "HV", "f", "ft", "b", "s", "CC", "CS", "ID", "H", "ci",
    "fi", "bi", "si", "sslv", "sslc",
  ]

  private static let notes: [String: String] = [
    "cp": "client_port", "ac": "gauge_actconn", "fc": "gauge_feconn", "bc": "gauge_beconn", "sc": "gauge_srvconn",
    "sq": "gauge_server_queue", "bq": "gauge_backend_queue", "ID": "req_id", "hr": "headers_in", "hrl": "headers_in",
    "hs": "headers_out", "hsl": "headers_out", "sslv": "tls.version", "sslc": "tls.cipher",
  ]

  private static func special(_ code: Special, _ text: String, note: String? = nil) -> TemplateField {
    TemplateField(.special, text, code: code.rawValue, note: note)
  }

  private static func numbers(_ name: String, _ text: String) -> TemplateField? {
    switch name {
    case "ST": TemplateField(.number, text, column: .status)
    case "B": TemplateField(.number, text, column: .bytesOut, code: FormatTemplate.wireBytes)
    case "U": TemplateField(.number, text, column: .bytesIn)
    case "Ta": TemplateField(.duration, text, column: .duration, scale: 3)
    case "Tt": TemplateField(.duration, text, column: .duration, scale: 3, rank: 2)
    case "TR": special(.receive, text, note: nil)
    case "Tw": special(.queue, text)
    case "Tc": special(.connect, text)
    case "Tr": special(.response, text)
    case "rc": special(.retries, text)
    case "Td", "Th", "Ti", "Tq", "Tu", "lc", "ms", "pid", "rt", "fp", "bp", "sp": TemplateField(.skip, text)
    default: nil
    }
  }

  private static func texts(_ name: String, _ text: String) -> TemplateField? {
    switch name {
    case "ci": TemplateField(.client, text)
    case "r": TemplateField(.request, text)
    case "HM": TemplateField(.method, text)
    case "HU": TemplateField(.target, text)
    case "HP", "HPO": TemplateField(.path, text)
    case "HQ": TemplateField(.query, text)
    case "HV": TemplateField(.wireProtocol, text)
    case "f", "ft": special(.frontend, text)
    case "b": special(.backend, text)
    case "s": special(.server, text)
    case "ts", "tsc": special(.state, text)
    case "H": TemplateField(.text, text, column: .gateway)
    case "CC", "CS", "fi", "bi", "si", "OG": TemplateField(.skip, text)
    default: nil
    }
  }

  /// `%tr` and its kin are the request's first byte, `%t` and its kin the accept of its connection.
  private static func stamps(_ name: String, _ text: String) -> TemplateField? {
    switch name {
    case "tr": TemplateField(.commonLogStamp, text, rank: 0)
    case "t": TemplateField(.commonLogStamp, text, rank: 1)
    case "trg", "trl": TemplateField(.commonLogStamp, text, rank: 2)
    case "T", "Tl": TemplateField(.commonLogStamp, text, rank: 3)
    case "Ts": TemplateField(.epochStamp, text, rank: 4)
    default: nil
    }
  }
}

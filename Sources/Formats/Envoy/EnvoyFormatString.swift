import Traffic

/// Reads an Envoy format string into tokens.
///
///     %NAME%   %NAME(arguments)%   %NAME(arguments):length%   %% is a percent sign
struct EnvoyFormatString {
  private let bytes: [UInt8]
  private var index = 0
  private var tokens = TemplateTokens()

  /// Envoy's default text and Istio's become the formats that read them from both ends.
  static func compile(_ string: String) throws(FormatStringError) -> any LogFormat {
    let trimmed = withoutLineEnd(string)
    if trimmed == defaultString { return EnvoyText(variant: .envoy) }
    if trimmed.contains("%UPSTREAM_TRANSPORT_FAILURE_REASON%"), trimmed.hasPrefix("[%START_TIME%] \"%REQ(:METHOD)%"),
      trimmed.contains("%REQUESTED_SERVER_NAME%")
    {
      return EnvoyText(variant: .istio)
    }
    return try template(string)
  }

  static func template(_ string: String) throws(FormatStringError) -> FormatTemplate {
    let tokens = try tokens(string)
    let stamps = tokens.compactMap { token -> TemplateField? in
      guard case .field(let field) = token, field.kind.isStamp else { return nil }
      return field
    }
    let onlyEmitted = !stamps.isEmpty && stamps.allSatisfy { $0.rank == 9 }
    return try FormatTemplate(
      name: "envoy", summary: "Envoy format string", basis: onlyEmitted ? .end : .start, rules: .envoy, tokens: tokens)
  }

  static let defaultString =
    #"[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS%"#
    + #" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%""#
    + #" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%""#

  static func tokens(_ string: String) throws(FormatStringError) -> [TemplateToken] {
    var reader = EnvoyFormatString(bytes: Array(withoutLineEnd(string).utf8))
    try reader.readAll()
    return reader.tokens.finished()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Without the line feed that ends an inline string, itself or as `\n`.
  private static func withoutLineEnd(_ string: String) -> String {
    var text = Substring(string)
    while true {
      if let last = text.last, last.isNewline { text = text.dropLast() } else if text.hasSuffix("\\n") {
        text = text.dropLast(2)
      } else {
        return String(text)
      }
    }
  }

  private mutating func readAll() throws(FormatStringError) {
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%") {
        try readOperator()
      } else {
        tokens.append(bytes[index])
        index += 1
      }
    }
  }

  private mutating func readOperator() throws(FormatStringError) {
    let start = index
    index += 1
    if index < bytes.count, bytes[index] == UInt8(ascii: "%") {
      tokens.append(bytes[index])
      index += 1
      return
    }
    let nameStart = index
    while index < bytes.count, isNameByte(bytes[index]) { index += 1 }
    let name = String(decoding: bytes[nameStart..<index], as: UTF8.self)
    guard !name.isEmpty else {
      throw FormatStringError(.unfinished(expected: "an operator such as 'START_TIME' after '%'"), at: start)
    }
    let arguments = try readArguments()
    if index < bytes.count, bytes[index] == UInt8(ascii: ":") {
      index += 1
      while index < bytes.count, bytes[index] &- 48 <= 9 { index += 1 }
    }
    guard index < bytes.count, bytes[index] == UInt8(ascii: "%") else {
      throw FormatStringError(.unfinished(expected: "'%' after '\(name)'"), at: index)
    }
    index += 1
    var field = EnvoyOperators.field(name, arguments, String(decoding: bytes[start..<index], as: UTF8.self))
    field.position = start
    tokens.append(field)
  }

  /// The inside of `(…)`, which a `%` pattern may be part of; empty where there is none.
  private mutating func readArguments() throws(FormatStringError) -> String {
    guard index < bytes.count, bytes[index] == UInt8(ascii: "(") else { return "" }
    guard let close = bytes[index...].firstIndex(of: UInt8(ascii: ")")) else {
      throw FormatStringError(.unfinished(expected: "')'"), at: index)
    }
    let inside = String(decoding: bytes[(index + 1)..<close], as: UTF8.self)
    index = close + 1
    return inside
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: false
    }
  }
}

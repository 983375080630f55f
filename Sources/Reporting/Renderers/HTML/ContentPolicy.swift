/// What a page may do: run its one script, wear its one style sheet, and ask nobody for anything.
enum ContentPolicy {
  /// The value of a `Content-Security-Policy` meta element. Inline handlers, `style` attributes and every address
  /// are refused; `data:` pictures are for the empty favicon, without which browsers ask the server for one.
  /// - Source: W3C, *Content Security Policy Level 3*, §2.3.1 (hash sources), §8.2.
  static func text(script: String, style: String) -> String {
    [
      "default-src 'none'", "script-src 'sha256-\(hash(script))'", "style-src 'sha256-\(hash(style))'",
      "img-src data:", "base-uri 'none'", "form-action 'none'",
    ].joined(separator: "; ")
  }

  private static func hash(_ source: String) -> String { base64(SHA256.digest(of: source.utf8)) }

  /// - Source: RFC 4648 §4.
  static func base64(_ bytes: [UInt8]) -> String {
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for digit in 0..<4 {
        text.append(digit <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * digit) & 63)] : "=")
      }
    }
    return text
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}

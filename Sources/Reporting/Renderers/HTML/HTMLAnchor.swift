/// Names of places in a page.
enum HTMLAnchor {
  /// `finding-slow-endpoint_GET_api-1f…`: letters, digits, `-`, `_` and `.` only. A name that had others, or is long,
  /// ends in a fingerprint of itself, so that two names never become one.
  static func of(_ name: String, in family: String = "") -> String {
    var anchor = family
    var isPlain = true
    for scalar in name.unicodeScalars.prefix(longest) {
      if isSafe(scalar) {
        anchor.unicodeScalars.append(scalar)
      } else {
        anchor += "-"
        isPlain = false
      }
    }
    guard !isPlain || anchor == family || name.unicodeScalars.count > longest else { return anchor }
    return anchor + "-" + fingerprint(name)
  }

  private static let longest = 60

  private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
    default: false
    }
  }

  /// FNV-1a, 64 bits.
  private static func fingerprint(_ text: String) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16)
  }
}

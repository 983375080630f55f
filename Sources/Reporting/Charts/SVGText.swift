/// Numbers and text as SVG has them: short, the same on every machine, and unable to leave their place.
enum SVGText {
  /// Text between tags or inside a quoted attribute: no markup, no control character, no reordering of neighbours.
  static func escape(_ text: String) -> String {
    let escaped = HTMLText.escape(VisibleText.isolated(text))
    guard escaped.unicodeScalars.contains(where: isForbidden) else { return escaped }
    return String(String.UnicodeScalarView(escaped.unicodeScalars.map { isForbidden($0) ? "\u{FFFD}" : $0 }))
  }

  /// What XML 1.0 does not allow even escaped.
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool { scalar == "\u{FFFE}" || scalar == "\u{FFFF}" }

  /// A label of at most `columns` terminal columns.
  static func label(_ text: String, columns: Int) -> String {
    // A user agent may be a megabyte long; only its beginning is looked at.
    DisplayWidth.cut(VisibleText.of(String(text.prefix(4 * columns))), to: columns)
  }

  /// Hundredths of a unit, the finest step that is drawn.
  static func hundredths(_ value: Double) -> Int {
    guard value.isFinite else { return 0 }
    return Int((min(max(value, -1e6), 1e6) * 100).rounded())
  }

  /// `12`, `12.5`, `.25`, `-.5`.
  static func number(_ value: Double) -> String { number(hundredths: hundredths(value)) }

  static func number(hundredths: Int) -> String {
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    guard rest > 0 else { return sign + String(whole) }
    let digits = rest % 10 == 0 ? String(rest / 10) : (rest < 10 ? "0" : "") + String(rest)
    return sign + (whole == 0 ? "" : String(whole)) + "." + digits
  }
}

/// Text from logs, made harmless for a terminal: what would act is shown instead of obeyed.
public enum VisibleText {
  /// Control characters as `\n`, `\t`, `\x1b`; characters that reorder or hide their neighbours as `\u{202e}`.
  ///
  /// Everything else stays, so ordinary text in any script reads as written.
  public static func of(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: acts) else { return text }
    var visible = ""
    for scalar in text.unicodeScalars {
      if acts(scalar) { visible += escape(scalar) } else { visible.unicodeScalars.append(scalar) }
    }
    return visible
  }

  /// Visible text that keeps its place in a line: right-to-left letters are isolated so that they cannot reorder
  /// the cells around them.
  static func isolated(_ text: String) -> String {
    let visible = standing(of(text))
    return isRightToLeft(visible) ? "\u{2068}" + visible + "\u{2069}" : visible
  }

  /// The text, with a circle under a first mark that has no letter to stand on: it would fall on what is before it.
  static func standing(_ text: String) -> String {
    guard let first = text.unicodeScalars.first, first.value >= 0x300 else { return text }
    switch first.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return "\u{25CC}" + text
    default: return text
    }
  }

  /// Visible text whose line ends stay, line by line.
  static func lines(_ text: String) -> [String] {
    var lines = [""]
    for scalar in text.unicodeScalars {
      if scalar == "\n" { lines.append("") } else { lines[lines.count - 1].unicodeScalars.append(scalar) }
    }
    return lines.map(of)
  }

  /// Whether a text has letters that run from right to left.
  static func isRightToLeft(_ text: String) -> Bool {
    !text.utf8.allSatisfy { $0 < 0x80 } && text.unicodeScalars.contains(where: isRightToLeft)
  }

  /// Whether a scalar does something to a terminal or to its neighbours instead of being seen.
  static func acts(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F: true  // C0, DEL, C1
    case 0x00AD, 0x034F, 0x061C, 0x180E: true  // soft hyphen, joiner, Arabic letter mark
    case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F: true  // zero width, line separators, bidi controls
    case 0xFEFF, 0xFFF9...0xFFFB: true
    case 0xE0000...0xE0FFF: true  // tags and variation selectors
    default: false
    }
  }

  private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case _ where scalar.value < 0x100: "\\x" + hexadecimal(scalar.value, 2)
    default: "\\u{" + hexadecimal(scalar.value, 4) + "}"
    }
  }

  static func hexadecimal(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

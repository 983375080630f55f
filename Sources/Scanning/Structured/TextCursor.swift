/// A position in a structured text, Unicode scalar by scalar; every line end (`\r\n`, `\r`) reads as `\n`.
struct TextCursor {
  let scalars: [Unicode.Scalar]
  /// Index of the first scalar of each line.
  private let lineStarts: [Int]
  /// Index of the next scalar to read, at most `scalars.count`.
  var position = 0

  /// - Throws: `.syntax` for a control character: no structured text holds one outside of an escape.
  init(_ text: String) throws(StructuredTextError) {
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(text.utf8.count)
    var starts = [0]
    var afterReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\n", afterReturn {
        afterReturn = false
        continue
      }
      afterReturn = scalar == "\r"
      if scalars.isEmpty, scalar == "\u{FEFF}" { continue }
      scalars.append(afterReturn ? "\n" : scalar)
      if scalars.last == "\n" { starts.append(scalars.count) }
    }
    self.scalars = scalars
    lineStarts = starts
    if let control = scalars.firstIndex(where: Self.isForbidden) {
      let found = "the control character U+" + Self.hexadecimal(scalars[control].value)
      throw StructuredTextError(
        .syntax(found: found, expected: "text; an escape in quotes can say it"), at: place(at: control))
    }
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 32 && scalar != "\n" && scalar != "\t"
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  // MARK: Looking

  var isAtEnd: Bool { position >= scalars.count }

  /// nil at the end.
  var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  /// The scalar so far after (or before) the position; nil outside of the text.
  func peek(_ distance: Int) -> Unicode.Scalar? {
    let index = position + distance
    return index >= 0 && index < scalars.count ? scalars[index] : nil
  }

  func starts(with word: String) -> Bool {
    var distance = 0
    for scalar in word.unicodeScalars {
      guard peek(distance) == scalar else { return false }
      distance += 1
    }
    return true
  }

  /// What is at the position, for messages.
  var found: String { found(at: position) }

  func found(at index: Int) -> String {
    guard index < scalars.count else { return "the end of the text" }
    switch scalars[index] {
    case "\n": return "the end of the line"
    case "\t": return "a tab"
    case " ": return "a space"
    default: return "'\(Character(scalars[index]))'"
    }
  }

  // MARK: Places

  /// From 0.
  func line(at index: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= index { low = middle } else { high = middle }
    }
    return low
  }

  func place(at index: Int) -> TextPlace {
    let line = line(at: index)
    return TextPlace(line: line + 1, column: index - lineStarts[line] + 1)
  }

  var place: TextPlace { place(at: position) }

  /// Scalars before the position on its line.
  var column: Int { position - lineStarts[line(at: position)] }

  // MARK: Moving

  /// Goes past a scalar if it is next.
  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  /// Passes spaces and tabs.
  mutating func skipBlanks() {
    while let next, next == " " || next == "\t" { position += 1 }
  }

  /// Goes to the line end or the end of the text.
  mutating func skipLine() {
    while let next, next != "\n" { position += 1 }
  }

  func text(from start: Int, to end: Int) -> String { Self.text(of: scalars[start..<end]) }

  static func text(of scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  // MARK: Errors

  func unexpected(expected: String) -> StructuredTextError { unexpected(at: position, expected: expected) }

  func unexpected(at index: Int, expected: String) -> StructuredTextError {
    StructuredTextError(.syntax(found: found(at: index), expected: expected), at: place(at: index))
  }

  /// Something else than a comma or the closing bracket stands between brackets.
  /// - Parameter start: of the opening one.
  func missingComma(before closing: Unicode.Scalar, openedAt start: Int) -> StructuredTextError {
    let opened = "'\(Character(scalars[start]))' of line \(place(at: start).line)"
    return unexpected(expected: "',' or '\(Character(closing))' for \(opened)")
  }

  func syntax(_ found: String, expected: String, at index: Int) -> StructuredTextError {
    StructuredTextError(.syntax(found: found, expected: expected), at: place(at: index))
  }

  func unsupported(_ feature: String, instead: String, at index: Int) -> StructuredTextError {
    StructuredTextError(.unsupported(feature: feature, instead: instead), at: place(at: index))
  }
}

extension TextCursor {
  /// Reads that many hexadecimal digits as one scalar; a surrogate is joined with the `\u` escape of the other half.
  mutating func scalarEscape(digits: Int) throws(StructuredTextError) -> Unicode.Scalar {
    let start = position
    var value = try hexadecimal(digits)
    if digits == 4, (0xD800..<0xDC00).contains(value), starts(with: "\\u") {
      position += 2
      let low = try hexadecimal(4)
      if (0xDC00..<0xE000).contains(low) { value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00) }
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw syntax("an escape that is no character", expected: "a Unicode scalar value", at: start)
    }
    return scalar
  }

  private mutating func hexadecimal(_ digits: Int) throws(StructuredTextError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let next, let digit = Self.digit(next) else {
        throw unexpected(expected: "\(digits) hexadecimal digits")
      }
      value = value << 4 | digit
      position += 1
    }
    return value
  }

  private static func digit(_ scalar: Unicode.Scalar) -> UInt32? {
    switch scalar {
    case "0"..."9": scalar.value - 48
    case "a"..."f": scalar.value - 87
    case "A"..."F": scalar.value - 55
    default: nil
    }
  }
}

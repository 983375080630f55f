/// One path segment with what a first look found in it, and the decision whether it is a word or a variable.
///
/// The rules are tried in order; the first that fits wins.
struct SegmentBytes {
  let bytes: UnsafePointer<UInt8>
  let count: Int
  /// Union of `PathTemplate` byte classes.
  let seen: UInt8
  let digits: Int
  /// `PathTemplate.classes` as plain memory.
  let classes: UnsafePointer<UInt8>

  init(_ bytes: UnsafePointer<UInt8>, _ count: Int, seen: UInt8, digits: Int, classes: UnsafePointer<UInt8>) {
    self.bytes = bytes
    self.count = count
    self.seen = seen
    self.digits = digits
    self.classes = classes
  }

  /// A part of a segment, looked at on its own.
  init(_ bytes: UnsafePointer<UInt8>, _ count: Int, classes: UnsafePointer<UInt8>) {
    var seen: UInt8 = 0
    var digits = 0
    for index in 0..<count {
      let kind = classes[Int(bytes[index])]
      seen |= kind
      digits += Int(kind & PathTemplate.digit)
    }
    self.init(bytes, count, seen: seen, digits: digits, classes: classes)
  }

  enum Shape {
    case literal
    case integer
    case variable(StaticString)
    /// `lead` and `tail` bytes of text around a variable.
    case around(StaticString, lead: Int, tail: Int)
  }

  var shape: Shape {
    if let identifier { return identifier }
    // Text around a variable goes into the template, which is small.
    if count > 96 { return .variable(isToken ? "{token}" : "{var}") }
    if let inside = hashedAsset ?? extended ?? prefixed ?? called { return inside }
    if isToken { return .variable("{token}") }
    if has(PathTemplate.special), !isPlainSpecial { return .variable("{var}") }
    if isSlug { return .variable("{slug}") }
    if digits * 2 > count, count >= 4 { return .variable("{id}") }
    return count > 64 ? .variable("{var}") : .literal
  }

  // MARK: Whole-segment identifiers

  private var identifier: Shape? {
    if seen == PathTemplate.digit { return .integer }
    if bytes[0] == UInt8(ascii: "-"), count > 1, digits == count - 1 { return .integer }
    if isUUID { return .variable("{uuid}") }
    if isDate { return .variable("{date}") }
    if isVersion { return .literal }
    if isEmail { return .variable("{email}") }
    if isAddress { return .variable("{ip}") }
    if count >= 8, isHex(0, count), digits > 0 { return .variable("{hash}") }
    if isULID { return .variable("{ulid}") }
    return nil
  }

  private func has(_ kind: UInt8) -> Bool { seen & kind != 0 }

  private func isHex(_ from: Int, _ to: Int) -> Bool {
    for index in from..<to
    where classes[Int(bytes[index])] & (PathTemplate.digit | PathTemplate.hexLetter) == 0 {
      return false
    }
    return true
  }

  private func isDigits(_ from: Int, _ to: Int) -> Bool {
    for index in from..<to where classes[Int(bytes[index])] != PathTemplate.digit {
      return false
    }
    return from < to
  }

  private func number(_ from: Int, _ to: Int) -> Int {
    (from..<to).reduce(0) { $0 * 10 + Int(bytes[$1]) - 48 }
  }

  private var isUUID: Bool {
    guard count == 36 else { return false }
    let dash = UInt8(ascii: "-")
    guard bytes[8] == dash, bytes[13] == dash, bytes[18] == dash, bytes[23] == dash else { return false }
    return isHex(0, 8) && isHex(9, 13) && isHex(14, 18) && isHex(19, 23) && isHex(24, 36)
  }

  /// `2026-11`, `2026-11-22`, `2026-W47`, and a date followed by a time.
  private var isDate: Bool {
    guard count >= 7, isDigits(0, 4), bytes[4] == UInt8(ascii: "-") else { return false }
    if bytes[5] == UInt8(ascii: "W") { return count == 8 && isDigits(6, 8) }
    guard isDigits(5, 7), (1...12).contains(number(5, 7)) else { return false }
    if count == 7 { return true }
    guard count >= 10, bytes[7] == UInt8(ascii: "-"), isDigits(8, 10), (1...31).contains(number(8, 10)) else {
      return false
    }
    return count == 10 || bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t")
  }

  /// `v1`, `v2.1`, `v1beta1`: part of the API's name.
  private var isVersion: Bool {
    guard count >= 2, count <= 16, bytes[0] == UInt8(ascii: "v") || bytes[0] == UInt8(ascii: "V") else {
      return false
    }
    var index = 1
    for part in 0..<3 {
      let start = index
      while index < count, classes[Int(bytes[index])] == PathTemplate.digit { index += 1 }
      guard index > start, part > 0 || index - start <= 3 else { return false }
      guard index < count, bytes[index] == UInt8(ascii: ".") else { break }
      index += 1
    }
    if index == count { return true }
    for stage in ["alpha", "beta", "rc"] where matches(stage, at: index) {
      let end = index + stage.utf8.count
      return end == count || isDigits(end, count)
    }
    return false
  }

  private func matches(_ text: String, at start: Int) -> Bool {
    guard start + text.utf8.count <= count else { return false }
    return text.utf8.enumerated().allSatisfy { bytes[start + $0.offset] == $0.element }
  }

  private var isEmail: Bool {
    guard has(PathTemplate.special), has(PathTemplate.dot) else { return false }
    guard let at = (1..<count).first(where: { bytes[$0] == UInt8(ascii: "@") }) else { return false }
    return (at..<count).contains { bytes[$0] == UInt8(ascii: ".") }
  }

  private var isAddress: Bool {
    if ClientAddress.parseIPv4(bytes, count) != nil { return true }
    var colons = 0
    for index in 0..<count {
      if bytes[index] == UInt8(ascii: ":") {
        colons += 1
      } else if !isHex(index, index + 1) {
        return false
      }
    }
    return colons >= 2
  }

  private var isULID: Bool {
    guard count == 26, digits >= 1, !has(PathTemplate.special | PathTemplate.dash | PathTemplate.dot) else {
      return false
    }
    return (0..<count).allSatisfy { index in
      switch bytes[index] | 0x20 {
      case UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
      default: classes[Int(bytes[index])] & (PathTemplate.separator) == 0
      }
    }
  }

  private var isToken: Bool {
    guard !has(PathTemplate.special | PathTemplate.dot) else { return false }
    if count >= 16, digits > 0, has(PathTemplate.upper), has(PathTemplate.lower) { return true }
    return count >= 20 && digits >= 4
  }

  private var isSlug: Bool {
    guard count >= 20, has(PathTemplate.dash) else { return false }
    return (0..<count).count { bytes[$0] == UInt8(ascii: "-") } >= 3
  }

  /// Marks that appear in ordinary route words, such as `users:batchGet` or `search(advanced)`.
  private var isPlainSpecial: Bool {
    (0..<count).allSatisfy { index in
      switch bytes[index] {
      case UInt8(ascii: ":"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "="), UInt8(ascii: "@"),
        UInt8(ascii: "&"):
        true
      default: classes[Int(bytes[index])] & PathTemplate.special == 0
      }
    }
  }

  // MARK: Variables inside a segment

  /// `app.3f9a1c2b7d.js`: a build's hash between a name and an extension.
  private var hashedAsset: Shape? {
    guard has(PathTemplate.dot), let last = lastDot, last >= 10 else { return nil }
    var start = last
    while start > 0, bytes[start - 1] != UInt8(ascii: "."), bytes[start - 1] != UInt8(ascii: "-") { start -= 1 }
    guard start > 1, (8...40).contains(last - start), isHex(start, last) else { return nil }
    guard (start..<last).contains(where: { isDigits($0, $0 + 1) }) else { return nil }
    // The last part of a UUID looks like a build's hash, but the whole of it is the variable.
    guard SegmentBytes(bytes, last, classes: classes).identifier == nil else { return nil }
    return .around("{hash}", lead: start, tail: count - last)
  }

  private var lastDot: Int? { (0..<count).last { bytes[$0] == UInt8(ascii: ".") } }

  /// Whether `[start, count)` is a file extension, any case. The names are packed into words, first letter lowest, so
  /// that an asset's path costs no string.
  private func isExtension(from start: Int) -> Bool {
    guard count > start, count - start <= 6 else { return false }
    var word: UInt64 = 0
    for index in (start..<count).reversed() {
      word = word << 8 | UInt64(bytes[index] &- 65 <= 25 ? bytes[index] | 0x20 : bytes[index])
    }
    switch word {
    case
      0x666470, 0x676E70, 0x67706A, 0x6765706A, 0x666967, 0x677673,  // pdf png jpg jpeg gif svg
      0x70626577, 0x6F6369, 0x737363, 0x736A, 0x736A6D, 0x70616D,  // webp ico css js mjs map
      0x6C6D7468, 0x6D7468, 0x6E6F736A, 0x6C6D78, 0x747874, 0x767363,  // html htm json xml txt csv
      0x70697A, 0x7A67, 0x726174, 0x66666F77, 0x3266666F77, 0x667474,  // zip gz tar woff woff2 ttf
      0x33706D, 0x34706D, 0x706870, 0x707361, 0x78707361, 0x70736A,  // mp3 mp4 php asp aspx jsp
      0x6F64, 0x6E6F69746361:  // do action
      return true
    default: return false
    }
  }

  /// `88213.avif`: a number of three digits or more before some letters is a file whatever the letters say.
  private func isNumbered(to dot: Int) -> Bool {
    guard dot >= 3, count > dot + 1, isDigits(0, dot) else { return false }
    let letters = PathTemplate.lower | PathTemplate.upper
    return ((dot + 1)..<count).allSatisfy { classes[Int(bytes[$0])] & letters != 0 }
  }

  /// `88213.pdf`: an identifier with a file extension.
  private var extended: Shape? {
    guard has(PathTemplate.dot), let dot = lastDot, dot > 0, count - dot <= 7 else { return nil }
    guard isExtension(from: dot + 1) || isNumbered(to: dot) else { return nil }
    let stem = SegmentBytes(bytes, dot, classes: classes)
    switch stem.shape {
    case .literal: return .some(.literal)
    case .integer: return .around("{id}", lead: 0, tail: count - dot)
    case .variable(let name): return .around(name, lead: 0, tail: count - dot)
    case .around(let name, let lead, let tail):
      return .around(name, lead: lead, tail: tail + count - dot)
    }
  }

  /// `ord_8F3K29XQ`, `SKU-00123`: a short word, a joint and a tail with two digits or more.
  private var prefixed: Shape? {
    guard digits >= 2 else { return nil }
    var joint = 0
    while joint < count, classes[Int(bytes[joint])] & (PathTemplate.lower | PathTemplate.upper) != 0 {
      joint += 1
    }
    guard (1...12).contains(joint), joint < count - 2 else { return nil }
    guard [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ":")].contains(bytes[joint]) else { return nil }
    let alphanumeric = PathTemplate.digit | PathTemplate.lower | PathTemplate.upper
    for index in (joint + 1)..<count where classes[Int(bytes[index])] & alphanumeric == 0 {
      return nil
    }
    return .around("{id}", lead: joint + 1, tail: 0)
  }

  /// `Orders(42)`, `Orders('ab')`: an OData key.
  private var called: Shape? {
    guard bytes[count - 1] == UInt8(ascii: ")") else { return nil }
    guard let open = (1..<count).first(where: { bytes[$0] == UInt8(ascii: "(") }) else { return nil }
    guard open + 2 < count else { return nil }
    let key = SegmentBytes(bytes + open + 1, count - open - 2, classes: classes)
    guard key.digits == key.count || key.bytes[0] == UInt8(ascii: "'") else { return nil }
    return .around("{id}", lead: open + 1, tail: 1)
  }
}

/// A pattern over text: `*` any run of bytes, `?` one character, everything else itself.
public struct Glob: Sendable {
  public let pattern: [UInt8]

  public init(_ text: String) { pattern = Array(text.utf8) }

  /// Without wildcards the pattern is plain equality.
  public var isPlain: Bool { !pattern.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") } }

  /// Whether the whole text matches.
  /// - Complexity: O(text × stars) at worst, O(text) in practice: on a mismatch only the last star is widened.
  public func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    var position = 0
    var index = 0
    var star: (pattern: Int, text: Int)?
    while index < text.count {
      if position < pattern.count, pattern[position] == UInt8(ascii: "*") {
        star = (position, index)
        position += 1
      } else if position < pattern.count, pattern[position] == UInt8(ascii: "?") {
        position += 1
        index = Self.nextCharacter(in: text, after: index)
      } else if position < pattern.count, pattern[position] == text[index] {
        position += 1
        index += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        position = last.pattern + 1
        index = last.text + 1
      } else {
        return false
      }
    }
    return pattern[position...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  public func matches(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBytes { matches($0) }
  }

  /// Steps over one UTF-8 character; bytes that are none count one by one.
  private static func nextCharacter(in text: UnsafeRawBufferPointer, after index: Int) -> Int {
    var next = index + 1
    guard text[index] >= 0xC0 else { return next }
    while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }
}

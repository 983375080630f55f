/// One value of a JSON object: its place in the line and what it looks like. No text is copied.
public struct JSONValue: Sendable, Hashable {
  /// What a value looks like.
  public enum Kind: UInt8, Sendable {
    /// `null`, nothing at all (`"a":,`) or a bare dash.
    case absent
    /// Between quotes, which are not part of the range.
    case string
    /// Anything unquoted that is no keyword: a number, a bare list `0.000, 0.001`, a word.
    case bare
    case `true`, `false`
    /// `[…]` with its brackets.
    case array
    /// `{…}`; the range starts at the brace and is empty until the object was skipped.
    case object
  }

  public var kind: Kind
  /// A string holds at least one backslash.
  public var hasEscapes: Bool
  /// A string holds at least one byte above 0x7F.
  public var hasHighBytes: Bool
  /// Its bytes in the line, `[start, end)`.
  public var start: Int
  public var end: Int

  @inlinable
  public init(_ kind: Kind, _ start: Int, _ end: Int, hasEscapes: Bool = false, hasHighBytes: Bool = false) {
    self.kind = kind
    self.start = start
    self.end = end
    self.hasEscapes = hasEscapes
    self.hasHighBytes = hasHighBytes
  }
}

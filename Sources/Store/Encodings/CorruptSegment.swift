/// Stored bytes that are not what the encoder wrote. Which segment and column is the caller's to add.
public struct CorruptSegment: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    /// The bytes end before the values do.
    case truncated
    /// Bytes are left over after the last value.
    case trailingBytes
    /// The checksum of the bytes is not the one stored beside them.
    case checksum
    /// An encoding number that no version wrote.
    case unknownEncoding(UInt8)
    /// A header field outside its range.
    case header(String)
    /// The column was encoded relative to another one that was not given.
    case missingReference
    /// Encodings nested deeper than any encoder nests them.
    case nesting
    /// Deflated text that does not inflate to its stated size.
    case deflate
  }
  public let problem: Problem

  public init(_ problem: Problem) { self.problem = problem }
}

/// A source of bytes that could not be read.
public struct SourceError: Error, Hashable, Sendable {
  /// What happened.
  public enum Problem: Hashable, Sendable {
    /// With the system's words.
    case cannotOpen(String)
    case cannotRead(String)
    case isDirectory
    /// Compressed in a way that only another program opens; its name.
    case needsDecompression(String)
    case corruptGzip(String)
    /// The gzip stream stops in the middle, as a file that is still being written does.
    case truncatedGzip
  }
  public let problem: Problem
  /// As the user named it.
  public let path: String
  /// Bytes of the file read before the problem.
  public let offset: Int64

  public init(_ problem: Problem, path: String, offset: Int64 = 0) {
    self.problem = problem
    self.path = path
    self.offset = offset
  }
}

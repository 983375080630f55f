/// A file of routes that could not be read.
public struct RouteFileError: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    case cannotRead(String)
    /// Neither OpenAPI JSON, nor nginx, nor a list of paths.
    case unknownKind
    case badJSON(String)
    /// OpenAPI without `paths`.
    case noPaths
    case noLocations
    /// A line of a route list that is no path.
    case notAPath(String)
    case badRegularExpression(String)
  }
  public let problem: Problem
  public let path: String
  /// From 1; 0 where the whole file is meant.
  public let line: Int

  public init(_ problem: Problem, path: String, line: Int = 0) {
    self.problem = problem
    self.path = path
    self.line = line
  }
}

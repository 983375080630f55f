/// A format string that cannot be compiled: where in it, and what would be right there.
public struct FormatStringError: Error, Hashable, Sendable {
  /// What is wrong with the string.
  public enum Problem: Hashable, Sendable {
    /// The string is empty or holds no variable at all.
    case noFields
    /// No variable says when the request was made.
    case noTime
    /// Two variables with nothing between them, so that the end of the first cannot be found.
    case adjacentFields(String, String)
    /// The string stops in the middle of a variable.
    case unfinished(expected: String)
    /// What stands there is no variable of this dialect.
    case unknownVariable(String)
    /// No dialect recognised in the string.
    case unknownDialect
  }

  public var problem: Problem
  /// Byte in the format string, from 0.
  public var position: Int

  public init(_ problem: Problem, at position: Int) {
    self.problem = problem
    self.position = position
  }

  /// What is wrong, and what was expected there.
  public var message: String {
    switch problem {
    case .noFields: "no variables: expected a format string such as '$remote_addr [$time_local] \"$request\" $status'"
    case .noTime: "no time: expected one of $time_local, $time_iso8601, $msec, %t, %START_TIME%, %tr"
    case .adjacentFields(let first, let second):
      "\(first) is followed by \(second) at byte \(position + 1): expected a separator between them"
    case .unfinished(let expected): "the string ends inside a variable at byte \(position + 1): expected \(expected)"
    case .unknownVariable(let name): "unknown variable \(name) at byte \(position + 1)"
    case .unknownDialect: "expected variables of nginx ($status), Apache (%>s), Envoy (%PROTOCOL%) or HAProxy (%ST)"
    }
  }
}

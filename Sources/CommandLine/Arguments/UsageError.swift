/// A command line that cannot be obeyed. `DiagnosticText` words it.
public struct UsageError: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    case unknownCommand(String)
    case unknownOption(String)
    case missingValue(option: String, placeholder: String)
    case unexpectedValue(option: String)
    case invalidValue(of: String, value: String, expected: String)
    case missingArgument(String)
    case unexpectedArgument(String)
    case unknownColumn(String)
    case badCondition(String, why: String)
    case conflict(String, String)
  }

  public var problem: Problem
  /// Words of the command, as far as it was understood.
  public var command: [String]
  /// The nearest thing that exists.
  public var suggestion: String?

  init(_ problem: Problem, command: [String] = [], suggestion: String? = nil) {
    self.problem = problem
    self.command = command
    self.suggestion = suggestion
  }
}

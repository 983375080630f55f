/// What the program tells the shell.
public enum ExitCode: Int32, Sendable {
  case done = 0
  /// Ran, and the answer is no: a gate, a failed check.
  case answerIsNo = 1
  case usage = 2
  case badInput = 3
  case `internal` = 4
  case interrupted = 130
}

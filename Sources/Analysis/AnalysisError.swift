/// Why a question has no answer.
public enum AnalysisError: Error, Hashable, Sendable {
  /// The second reading found other rows than the first: the store was changed meanwhile, or is damaged.
  case changedWhileReading
}

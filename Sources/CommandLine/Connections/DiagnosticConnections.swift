import Store

/// Errors of the floors below, in words.
enum DiagnosticConnections {
  static func diagnostic(_ error: any Error) -> Diagnostic? {
    switch error {
    case let error as StoreError: Diagnostic(error.summary, place: error.file, help: error.advice)
    default: nil
    }
  }
}

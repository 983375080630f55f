/// Errors of the floors below, in words.
enum DiagnosticConnections {
  static func diagnostic(_ error: any Error) -> Diagnostic? { nil }
}

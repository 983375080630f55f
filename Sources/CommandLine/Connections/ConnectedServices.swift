import Reporting
import Store

/// The real floors below.
struct ConnectedServices: Services {
  func openStore(_ path: String) async throws -> any OpenStore { ReadableStore(try TrafficStore(file: path)) }

  func changeStore(_ path: String) async throws -> any ChangeableStore {
    // A writer creates what is missing; changing needs what is there.
    _ = try TrafficStore(file: path)
    return WritableStore(try StoreWriter(file: path), path: path)
  }

  func importLogs(
    _ request: ImportRequest, progress: @escaping @Sendable (ImportStand) -> Void
  ) async throws -> ImportReport {
    try await ImportConnection(request: request).run(progress: progress)
  }

  var formats: [FormatEntry] { [] }

  func detectFormat(path: String) async throws -> [FormatCandidate] {
    throw Diagnostic("detection is not connected yet", exit: .internal)
  }

  func explainFormat(_ name: String, path: String?) async throws -> Document {
    throw Diagnostic("explanation is not connected yet", exit: .internal)
  }

  func explainRoute(_ target: String, store: (any OpenStore)?) async throws -> RouteExplanation {
    throw Diagnostic("explanation is not connected yet", exit: .internal)
  }
}

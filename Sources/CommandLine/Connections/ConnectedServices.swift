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

  var formats: [FormatEntry] { FormatConnection.entries }

  func detectFormat(path: String) async throws -> FormatDetection { try FormatConnection.detect(path: path) }

  func explainFormat(_ name: String, of path: String) async throws -> Document {
    try FormatConnection.explain(name, of: path)
  }

  func explainRoute(_ target: String, store: (any OpenStore)?) async throws -> RouteExplanation {
    try await RouteConnection.explain(target, store: store)
  }
}

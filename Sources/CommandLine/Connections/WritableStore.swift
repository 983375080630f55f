import Gateways
import Ingest
import Store
import Traffic

/// A store file opened for changes, as commands see it.
struct WritableStore: ChangeableStore {
  let writer: StoreWriter
  let path: String

  init(_ writer: StoreWriter, path: String) {
    self.writer = writer
    self.path = path
  }

  func forget(source: Int64) async throws -> String {
    let id = SourceID(rawValue: source)
    guard let record = try await writer.sources().first(where: { $0.id == id }) else {
      throw StoreError(.noSuchSource(source), file: path)
    }
    try await writer.forget(id)
    try await RouteRefresh.run(writer)
    return record.description.path
  }

  func dropRows(before: Timestamp) async throws -> Int64 {
    try await writer.retain(Retention(raw: before))
  }

  func compact() async throws -> (before: Int64, after: Int64) {
    let before = try TrafficStore(file: path).information().fileBytes
    try await writer.compact()
    return (before, try TrafficStore(file: path).information().fileBytes)
  }

  func setRoutes(file: String) async throws -> Int {
    try await RouteConnection.refresh(writer, path: path, declared: try RouteTable(path: file))
  }

  func learnRoutes() async throws -> Int {
    try await RouteConnection.refresh(writer, path: path, declared: nil)
  }

  func keepNote(_ name: String, _ value: String) async throws { try await writer.setNote(name, value) }
}

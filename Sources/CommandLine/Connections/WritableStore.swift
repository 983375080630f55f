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
    return record.description.path
  }

  func dropRows(before: Timestamp) async throws -> Int64 {
    throw Diagnostic("retain is not connected yet", exit: .internal)
  }

  func compact() async throws -> (before: Int64, after: Int64) {
    let before = try TrafficStore(file: path).information().fileBytes
    try await writer.compact()
    return (before, try TrafficStore(file: path).information().fileBytes)
  }

  func setRoutes(file: String) async throws -> Int {
    throw Diagnostic("declared routes are not connected yet", exit: .internal)
  }

  func learnRoutes() async throws -> Int {
    throw Diagnostic("learned routes are not connected yet", exit: .internal)
  }
}

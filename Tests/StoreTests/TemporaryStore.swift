import Foundation
import Store
import Traffic

/// A store in a folder of its own, removed with everything in it when the value goes away.
final class TemporaryStore {
  let folder: URL
  var file: String { folder.appendingPathComponent("traffic.db").path }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("headroom-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Imports rows as one complete source, `perSegment` rows a segment.
  @discardableResult
  func add(
    _ rows: [SampleRow], as path: String = "access.log", perSegment: Int = 1000, to writer: StoreWriter
  ) async throws -> SourceID {
    let id = try await writer.beginSource(.sample(path))
    for segment in SampleRow.segments(rows, perSegment: perSegment) { try await writer.append(segment, to: id) }
    try await writer.commit(.sample(rows), of: id, isComplete: true)
    return id
  }

  /// Makes a store of several sources.
  @discardableResult
  func fill(_ sources: [[SampleRow]], perSegment: Int = 1000) async throws -> [SourceID] {
    let writer = try StoreWriter(file: file)
    var ids: [SourceID] = []
    for (number, rows) in sources.enumerated() {
      ids.append(try await add(rows, as: "node\(number).log", perSegment: perSegment, to: writer))
    }
    return ids
  }
}

extension SourceDescription {
  static func sample(_ path: String) -> SourceDescription {
    SourceDescription(
      path: path, node: nil, format: "nginx-combined", basis: .end, resolution: Microseconds(1000), version: "1.0",
      importedAt: Timestamp(microseconds: 1_700_000_000_000_000))
  }
}

extension SourceProgress {
  static func sample(_ rows: [SampleRow]) -> SourceProgress {
    SourceProgress(
      bytes: Int64(rows.count) * 200, contentHash: ContentHash(high: 1, low: UInt64(rows.count)),
      marks: [ContentMark(bytes: 1024, hash: ContentHash(high: 3, low: 4))], lines: Int64(rows.count), requests: Int64(rows.count),
      firstArrival: rows.map(\.arrival).min().map { Timestamp(microseconds: $0) },
      lastArrival: rows.map(\.arrival).max().map { Timestamp(microseconds: $0) })
  }
}

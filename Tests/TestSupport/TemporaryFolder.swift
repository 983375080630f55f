import Foundation

/// A folder of its own for one test, removed with everything in it when the value goes away.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    path = FileManager.default.temporaryDirectory
      .appendingPathComponent("headroom-test-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch {}  // already gone: nothing left to do
  }

  /// Writes a file into the folder and gives its path.
  public func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let target = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: target))
    return target
  }

  public func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }
}

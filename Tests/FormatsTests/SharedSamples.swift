import Foundation

/// The folder of real sample lines that lies beside the repository; tests that need it skip visibly without it.
enum SharedSamples {
  /// `HEADROOM_SHARED`, else `../shared` beside the package root.
  static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["HEADROOM_SHARED"], !path.isEmpty {
      return URL(fileURLWithPath: path, isDirectory: true)
    }
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appendingPathComponent("shared", isDirectory: true)
  }()

  static let formats = root.appendingPathComponent("samples/formats", isDirectory: true)

  static var arePresent: Bool { FileManager.default.fileExists(atPath: formats.path) }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: formats.appendingPathComponent(name)))
  }
}

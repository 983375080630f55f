public import Foundation

/// The folder of real logs that may lie beside the repository; tests that need it skip visibly without it.
public enum SharedFolder {
  /// `HEADROOM_SHARED`, else `../shared` beside the package.
  public static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["HEADROOM_SHARED"], !path.isEmpty {
      return URL(fileURLWithPath: path, isDirectory: true)
    }
    return Program.packageFolder.deletingLastPathComponent().appendingPathComponent("shared", isDirectory: true)
  }()

  public static var isPresent: Bool { FileManager.default.fileExists(atPath: root.path) }

  /// Every file under these folders, in order of name.
  public static func files(under folders: [String]) -> [URL] {
    folders.flatMap { folder -> [URL] in
      let place = root.appendingPathComponent(folder, isDirectory: true)
      let found = FileManager.default.enumerator(at: place, includingPropertiesForKeys: [.isRegularFileKey])
      return (found?.compactMap { $0 as? URL } ?? []).filter { !$0.hasDirectoryPath }.sorted { $0.path < $1.path }
    }
  }
}

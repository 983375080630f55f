internal import Glibc

/// Questions about files that SQLite does not answer.
enum FilePresence {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Size in bytes, 0 for a missing file.
  static func bytes(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}

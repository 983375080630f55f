import Foundation

/// Adds up how far an import is over all its inputs.
struct ProgressMeter: Sendable {
  private let sizes: [String: Int64]
  private let total: Int64?
  private let count: Int
  private var doneBytes: Int64 = 0
  private var doneSources = 0
  private var doneLines: Int64 = 0

  /// - Parameter inputs: paths; an input without a size (standard input, a pipe) leaves the total unknown.
  init(inputs: [String]) {
    var sizes: [String: Int64] = [:]
    for path in inputs { sizes[path] = Self.size(of: path) }
    self.sizes = sizes
    total = sizes.count == inputs.count ? sizes.values.reduce(0, +) : nil
    count = inputs.count
  }

  /// Bytes of a regular file; nil for anything else and for what is not there.
  private static func size(of path: String) -> Int64? {
    var status = stat()
    guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
  }

  func progress(_ path: String, _ block: ParsedBlock, lines: Int64) -> ImportProgress {
    // A file that grows while it is read must not carry the total past 100 %.
    let within = min(block.fileBytesRead, sizes[path] ?? block.fileBytesRead)
    return ImportProgress(
      path: path, fileBytesDone: doneBytes + within, fileBytesTotal: total, lines: doneLines + lines,
      sourcesDone: doneSources, sourcesTotal: count)
  }

  mutating func finish(_ path: String, lines: Int64) {
    doneBytes += sizes[path] ?? 0
    doneLines += lines
    doneSources += 1
  }
}

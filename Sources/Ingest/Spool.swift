import Foundation
import Scanning

/// Standard input kept in a temporary file, so that it can be identified before it is read; any other input as it is.
final class Spool {
  let path: String
  private let isTemporary: Bool

  /// - Parameter needed: false where nothing has to be identified: then standard input is read directly.
  init(standardInputAs name: String, needed: Bool) throws(SourceError) {
    guard name == "-", needed else {
      path = name
      isTemporary = false
      return
    }
    path = FileManager.default.temporaryDirectory.appendingPathComponent("headroom-\(UUID().uuidString)").path
    isTemporary = true
    try copyStandardInput()
  }

  deinit {
    if isTemporary { unlink(path) }
  }

  private func copyStandardInput() throws(SourceError) {
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let file = FileHandle(forWritingAtPath: path)
    else { throw SourceError(.cannotOpen("no temporary file \(path)"), path: "-") }
    var source = try ByteSource(path: "-")
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let got = try source.read(into: &chunk)
      if got == 0 { return }
      do {
        try file.write(contentsOf: chunk[0..<got])
      } catch {
        throw SourceError(.cannotRead(error.localizedDescription), path: path)
      }
    }
  }
}

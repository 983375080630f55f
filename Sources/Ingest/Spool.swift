import Foundation
import Scanning

/// Standard input kept in a temporary file, as an input is opened several times: to recognise it, to identify it, to
/// read it. Any other input as it is. The file goes away with the value.
final class Spool {
  let path: String
  private let isTemporary: Bool

  /// - Parameter name: `-` for standard input.
  init(of name: String) throws(SourceError) {
    guard name == "-" else {
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

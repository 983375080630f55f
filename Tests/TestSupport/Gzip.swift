import Foundation

/// Compresses with the system's `gzip`, so that the reader is tested against another writer.
public func gzipped(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> [UInt8] {
  let plain = try folder.file("plain-\(UUID().uuidString)", bytes)
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["gzip", "-n", plain]
  try process.run()
  process.waitUntilExit()
  return Array(try Data(contentsOf: URL(fileURLWithPath: plain + ".gz")))
}

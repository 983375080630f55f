import Foundation
import Scanning
import TestSupport
import Testing

@Suite("Structured texts of real gateways", .enabled(if: SharedFolder.isPresent, "the shared folder is absent"))
struct StructuredRealFilesTests {
  @Test("every YAML, JSON and TOML configuration is read")
  func configurations() throws {
    let files = SharedFolder.files(under: ["data/configs"]).filter {
      ["yaml", "yml", "json", "toml", "example"].contains($0.pathExtension)
    }
    #expect(files.count >= 30)
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      let result = outcome { () throws(StructuredTextError) in
        try StructuredText.documents(in: text, named: file.lastPathComponent)
      }
      #expect(!result.hasPrefix("error") && !result.isEmpty, "\(file.path): \(result)")
    }
  }
}

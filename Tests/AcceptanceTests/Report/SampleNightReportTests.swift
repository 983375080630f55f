import Foundation
import TestSupport
import Testing

/// What `reports/` shows is what the program writes today.
@Suite("The report of the sample night") struct SampleNightReportTests {
  @Test("is the one in reports/, byte for byte; 'sh samples/run.sh' writes it anew", arguments: ["night.html", "night.md"])
  func current(name: String) throws {
    let folder = try Self.regenerated.get()
    let kept = try Data(contentsOf: Program.packageFolder.appendingPathComponent("reports/" + name))
    let written = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name))
    #expect(kept == written, "reports/\(name) is stale: \(kept.count) bytes are kept, \(written.count) are written")
  }

  private static let regenerated = Result {
    let folder = try TemporaryFolder()
    let shell = try #require(Program.find("sh"))
    let script = Program.packageFolder.path + "/samples/report.sh"
    let result = try shell.run(
      [script, Program.headroom.executable.path, Program.night.executable.path, folder.path], in: folder)
    try #require(result.status == 0, "\(result.errors)")
    return folder
  }
}

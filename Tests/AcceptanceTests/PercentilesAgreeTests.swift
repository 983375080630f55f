import Foundation
import TestSupport
import Testing

/// Exact percentiles are values of the data, checked from outside the program by a script that only sorts.
@Suite("Percentiles of a night") struct PercentilesAgreeTests {
  /// Tests/Benchmarks/peers/agree.sh asks DuckDB and ClickHouse as well.
  @Test(
    "are those of a sorted list on 20 nights, by SQL and in the table of routes",
    .enabled(if: Program.find("python3") != nil, "python3 is missing"))
  func agree() throws {
    let folder = try TemporaryFolder()
    let python = try #require(Program.find("python3"))
    let script = Program.packageFolder.appendingPathComponent("Tests/Benchmarks/peers/percentiles_agree.py").path
    let result = try python.run(
      [script, "--no-peers", Program.night.executable.path, Program.headroom.executable.path, "20"], in: folder)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("20 nights: 0 differences"), "\(result.output)")
  }
}

import Foundation
import TestSupport
import Testing

/// An import that ends without warning loses nothing that it can not read again, and leaves nothing twice.
@Suite("A killed import") struct KilledImportTests {
  let folder: TemporaryFolder
  /// A log of one block, one of 22 (committed after 8, 16 and at its end), and a compressed one.
  let logs: [String]

  init() throws {
    folder = try TemporaryFolder()
    logs = [folder.path + "/first.log", folder.path + "/second.log", folder.path + "/third.log.gz"]
    for (log, lines, seed) in [(logs[0], 50_000, 12), (logs[1], 1_400_000, 13)] {
      let night = try Program.night.run(
        ["--format", "combined", "--lines", String(lines), "--seed", String(seed), "-o", log], in: folder)
      try #require(night.status == 0, "\(night.errors)")
    }
    let third = try Program.night.run(["--format", "combined", "--lines", "50000", "--seed", "14"], in: folder)
    _ = try folder.file("third.log.gz", try gzipped(Array(third.output.utf8), in: folder))
  }

  /// What a store holds, block by block, and what it answers.
  func answers(_ store: String) throws -> String {
    let blocks = """
      SELECT source, line / 65536, count(*), sum(line), sum(line % 1009 * bytes_out) FROM requests GROUP BY 1, 2
      """
    let questions = [
      ["sql", blocks, "--all", "--format", "csv"], ["show", "routes", "--all", "--format", "json"],
      ["show", "sources", "--all", "--format", "csv"], ["show", "hours", "--all", "--format", "csv"],
    ]
    return try questions.map { question in
      let result = try Program.headroom.run(question + ["--store", store], in: folder)
      #expect(result.status == 0, "\(question): \(result.errors)")
      return result.output
    }.joined(separator: "\n---\n")
  }

  @Test("at many moments and run again answers as an undisturbed one") func killed() throws {
    let calm = folder.path + "/calm.db"
    let started = Date()
    let result = try Program.headroom.run(["import", "--quiet", "--store", calm] + logs, in: folder)
    let whole = Date().timeIntervalSince(started)
    try #require(result.status == 0, "\(result.errors)")
    let expected = try answers(calm)
    var kills = 0
    for moment in 1...12 {
      let store = folder.path + "/killed-\(moment).db"
      // Two kills in a row, then the run that is left alone.
      for share in [Double(moment) / 13, Double(13 - moment) / 26] {
        let running = try Program.headroom.start(["import", "--quiet", "--store", store] + logs, in: folder)
        Thread.sleep(forTimeInterval: whole * share)
        if running.kill() { kills += 1 }
      }
      let again = try Program.headroom.run(["import", "--quiet", "--store", store] + logs, in: folder)
      #expect(again.status == 0, "\(again.errors)")
      #expect(try answers(store) == expected, "killed after \(moment)/13 of an import")
      try FileManager.default.removeItem(atPath: store)
    }
    #expect(kills >= 12, "imports ended before they could be killed")
  }
}

import Foundation
import TestSupport
import Testing

/// `compare` and `check` on a real store.
@Suite("Gates") struct GateCommandsTests {
  let folder: TemporaryFolder
  let environment: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    environment = ["HEADROOM_STORE": folder.path + "/gateway.db"]
    for (name, seed, start) in [("one", "1", "2026-11-20T00:00:00Z"), ("two", "2", "2026-11-21T00:00:00Z")] {
      let log = folder.path + "/\(name).log"
      _ = try Program.night.run(
        ["--format", "timed", "--lines", "20000", "--seed", seed, "--start", start, "-o", log], in: folder)
      let result = try run(["import", "-q", log])
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  func run(_ words: [String]) throws -> Program.Result {
    try Program.headroom.run(words, environment: environment, in: folder)
  }

  @Test("compare gives the same bytes for any number of threads, and little news between two nights alike") func compare() throws {
    let words = ["compare", "2d..1d", "1d", "--format", "json"]
    let one = try run(words + ["--threads", "1"])
    #expect(one.status == 0 && one.errors.isEmpty, "\(one.errors)")
    #expect(try run(words + ["--threads", "4"]).output == one.output)
    #expect(one.output.contains("\"schema\": \"headroom.comparison/1\""))
  }

  @Test("compare holds two configurations against each other, request by request, as simulate counts them") func configurations() throws {
    let nginx = { (rate: String) in
      "http { limit_req_zone $remote_addr zone=a:10m rate=\(rate); server { location / { limit_req zone=a burst=2 nodelay; } } }"
    }
    let loose = try folder.file("loose.conf", nginx("60r/m"))
    let tight = try folder.file("tight.conf", nginx("6r/m"))
    func facts(_ words: [String]) throws -> [String: Any] {
      let result = try run(words + ["--format", "json"])
      #expect(result.status == 0, "\(result.errors)")
      return try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any] ?? [:]
    }
    let difference = try facts(["compare", "-c", loose, "-c", tight])
    let totals = try facts(["simulate", "-c", loose, "-c", tight])["totals"] as? [[String: Any]] ?? []
    func count(_ any: Any?) -> Int { any as? Int ?? -1 }
    let (newly, relieved, both) = (
      count(difference["newly_rejected"]), count(difference["relieved"]), count(difference["rejected_by_both"])
    )
    #expect(newly > 0)
    #expect(newly + both == count(totals.last?["rejected"]) && relieved + both == count(totals.first?["rejected"]))
    let back = try facts(["compare", "-c", tight, "-c", loose])
    #expect(count(back["relieved"]) == newly && count(back["newly_rejected"]) == relieved)
  }

  @Test("check ends with 0 or 1, and writes its reasons where asked") func check() throws {
    let sample = Program.packageFolder.path + "/samples/rules.json"
    let junit = folder.path + "/check.xml"
    let result = try run(["check", "--rules", sample, "--since", "1d", "--compare-to", "previous", "--junit", junit])
    #expect(result.status <= 1, "\(result.errors)")
    #expect(try String(contentsOfFile: junit, encoding: .utf8).hasPrefix("<?xml"))
    #expect(try run(["check"]).status == 2)
    #expect(try run(["check", "--rules", folder.path + "/missing.json"]).status == 3)
  }
}

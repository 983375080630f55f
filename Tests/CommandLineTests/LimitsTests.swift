import Analysis
import Foundation
import Gateways
import Planning
import Reporting
import TestSupport
import Testing
import Traffic

@testable import CommandLine

@Suite("headroom limits") struct LimitsTests {
  private static func services(resolution: Microseconds = Microseconds(1_000)) -> StubServices {
    var services = StubServices()
    services.traffic = .generated(seed: 11, requests: 900)
    for index in services.traffic.rows.indices {
      let rows = services.traffic.rows
      services.traffic.rows[index].values[.arrival] = rows[index][.arrival] / resolution.count * resolution.count
      services.traffic.rows[index].values[.line] = Int64(index + 1)
    }
    services.entries = [
      LedgerEntry(
        number: 1, path: "access.log", node: "gw-1", format: "nginx", resolution: resolution, lines: 900,
        requests: 900, firstArrival: Timestamp(microseconds: services.traffic.rows[0][.arrival]),
        lastArrival: Timestamp(microseconds: services.traffic.rows[899][.arrival]))
    ]
    return services
  }

  private func object(_ run: Run) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  }

  @Test("prints in every format for every product, the same bytes each time", arguments: GatewayProduct.allCases)
  func products(product: GatewayProduct) async throws {
    for format in ["text", "json", "csv", "markdown"] {
      let line = "limits --for \(product.rawValue) --recommend --tolerate 0.5% --format \(format)"
      let (first, second) = (await Run(line, services: Self.services()), await Run(line, services: Self.services()))
      #expect(first.code == .done, "\(first.errors)")
      #expect(first.output == second.output && !first.output.isEmpty && first.errors.isEmpty)
      if format == "json" { #expect(try object(first)["schema"] as? String == "headroom.limits/1") }
    }
  }

  @Test("has one row per rate that was asked for, and says what needs the burst")
  func rates() async throws {
    let run = await Run("limits --rates 1,2,30r/s --percentiles 50,100 --format json", services: Self.services())
    let rows = try #require(try object(run)["frontier"] as? [[String: Any]], "\(run.errors)")
    #expect(rows.map { $0["limit"] as? String } == ["1r/s", "2r/s", "30r/s"])
    let sizes = rows.compactMap { $0["size"] as? Int }
    #expect(sizes.count == 3 && sizes == sizes.sorted(by: >))
    #expect(rows[0]["keys_p100"] as? Int == sizes[0])
    #expect(["anna", "ben", "partner-17"].contains(rows[0]["needed_by"] as? String))
  }

  @Test("certifies what it recommends, for all and per key, and checks it again", arguments: ["", "--per-key", "--for kong --window 1m", "--key client --key route", "--key all --tolerate 1%"])
  func certificate(options: String) async throws {
    var services = Self.services()
    for index in services.traffic.rows.indices { services.traffic.rows[index].values[.client] = Int64(index % 3 + 1) }
    let folder = try TemporaryFolder()
    let file = folder.path + "/limit.json"
    let made = await Run("limits --where status!=0 --certificate \(file) \(options)", services: services)
    #expect(made.code == .done, "\(made.errors)")
    let checked = await Run("limits --verify \(file)", services: services)
    #expect(checked.code == .done, "\(checked.output)\(checked.errors)")
    services.traffic.rows.removeAll { $0[.line] % 3 == 0 }
    let changed = await Run("limits --verify \(file)", services: services)
    #expect(changed.code == .answerIsNo)
    #expect(changed.output.contains("requests are in the window"))
  }

  @Test("names the first request that one notch lower rejects")
  func breaking() async throws {
    let run = await Run("limits --recommend --format json", services: Self.services())
    let rows = try #require(try object(run)["recommendation"] as? [[String: Any]], "\(run.errors)")
    #expect(rows.count == 1)
    #expect(rows[0]["breaks_source"] as? String == "access.log")
    #expect((rows[0]["breaks_line"] as? Int).map { (1...900).contains($0) } == true)
    #expect(rows[0]["rejected_ratio"] as? Double == 0)
  }

  @Test("says that bursts inside a second are not known, and bounds them")
  func coarse() async throws {
    let run = await Run("limits --rates 1r/s --format json", services: Self.services(resolution: .second))
    let row = try #require((try object(run)["frontier"] as? [[String: Any]])?.first, "\(run.errors)")
    let sizes = ["size_spread", "size", "size_worst"].compactMap { row[$0] as? Int }
    #expect(sizes.count == 3 && sizes == sizes.sorted())
    #expect(run.output.contains("whole steps of 1.00 s"))
  }

  @Test("warns where the log is of throttled traffic")
  func throttled() async {
    let run = await Run("limits", services: Self.services())
    #expect(run.output.contains("were rejected by a limiter when they were recorded"))
  }

  @Test(
    "refuses what makes no sense, with what would",
    arguments: [
      ("limits --key all --key route", "all alone"), ("limits --key consumer --key client --key route", "one or two"),
      ("limits --rates 10r/s --for kong", "--windows instead"), ("limits --windows 1m", "--rates instead"),
      ("limits --for kong --windows 7s", "1s, 1m, 1h or 1d"), ("limits --rates 7/h", "per second or minute"),
      ("limits --rates 0r/s", "from 1 to"), ("limits --tolerate 0.1", "such as 0.1%"), ("limits --tolerate 101%", "0.1%"),
      ("limits --for-all --per-key", "exclude each other"), ("limits --percentiles 50,101", "0 to 100"),
      ("limits --for ngin", "nginx"), ("limits --window 5s", "can be told"), ("limits --rates 9999999999999999999r/s", "rate"),
    ])
  func usage(line: String, words: String) async {
    let run = await Run(line, services: Self.services())
    #expect(run.code == .usage && run.errors.contains(words), "\(line): \(run.errors)")
  }

  @Test("says what to count by where the log lacks the key")
  func noKey() async {
    let run = await Run("limits --key host", services: Self.services())
    #expect(run.code == .badInput && run.errors.contains("--key client"))
  }

  @Test("turns down certificates that are none", arguments: ["", "{}", "[1]", "{\"schema\":\"x\"}"])
  func hostile(text: String) async throws {
    let folder = try TemporaryFolder()
    let run = await Run("limits --verify \(try folder.file("c.json", text))", services: Self.services())
    #expect(run.code == .badInput && run.errors.contains("certificate"))
  }

  @Test("a certificate with any byte changed is checked or refused, never a trap")
  func flipped() async throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/limit.json"
    _ = await Run("limits --certificate \(file)", services: Self.services())
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    #expect(bytes.count > 300)
    for index in stride(from: 0, to: bytes.count, by: 5) {
      var changed = bytes
      changed[index] = UInt8(ascii: index % 2 == 0 ? "9" : "-")
      let run = await Run("limits --verify \(try folder.file("changed.json", changed))", services: Self.services())
      #expect([.done, .answerIsNo, .badInput, .usage].contains(run.code), "byte \(index): \(run.errors)")
    }
  }

  @Test("prints what the product's writer makes of the limit, or why it cannot")
  func paste() async throws {
    let command = LimitsCommand { StubReader(product: $0) }
    for (product, expected) in [("nginx", "limit per_consumer of consumer, status 429"), ("aws", "cannot say this limit: it is not nginx")] {
      let output = MemorySink()
      let session = Session(output: output, errors: MemorySink(), services: Self.services())
      let parsed = try ArgumentParser(commands: [command]).parse(["limits", "--recommend", "--for", product])
      guard case .command(let arguments) = parsed else { Issue.record("not a command"); return }
      #expect(try await command.run(Invocation(arguments: arguments, session: session)) == .done)
      #expect(output.text.contains(expected), "\(output.text)")
    }
  }
}

/// Writes a limit for nginx in a few words.
private struct StubReader: GatewayReader {
  let product: GatewayProduct
  func confidence(in text: String, named file: String) -> Int { 0 }
  func reading(of text: String, file: String, include: (String) -> [(path: String, text: String)])
    throws(ConfigurationError) -> GatewayReading
  { GatewayReading(model: GatewayModel(product: .nginx)) }

  func text(for proposal: LimitProposal) throws(NotExpressible) -> String {
    guard product == .nginx else { throw NotExpressible("it is not nginx") }
    guard proposal.key == LimitKey([.column(.stored(.consumer))], missing: .passes) else { return "another key" }
    return "limit \(proposal.name) of consumer, status \(proposal.status)"
  }
}

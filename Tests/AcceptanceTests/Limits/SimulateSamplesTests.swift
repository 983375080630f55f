import Foundation
import TestSupport
import Testing

/// The logs of a real nginx in `samples`, replayed with the binary and by a loop that only follows nginx's rule.
@Suite("The samples under another limit") struct SimulateSamplesTests {
  static let samples = Program.packageFolder.appendingPathComponent("samples")
  let folder: TemporaryFolder
  let environment: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    environment = ["HEADROOM_STORE": folder.path + "/samples.db"]
    let result = try run(
      ["import", "--log-format-from"]
        + ["nginx/gateway.conf", "logs/gw.log", "logs/gw.log.1.gz"].map(Self.path))
    try #require(result.status == 0, "\(result.errors)")
  }

  private static func path(_ name: String) -> String { samples.appendingPathComponent(name).path }

  private func run(_ words: [String]) throws -> Program.Result {
    try Program.headroom.run(words, environment: environment, in: folder)
  }

  /// The locations of `candidate.conf`.
  private static let limited = ["/v1/products", "/v1/search", "/v1/orders"]

  private struct Line {
    var arrival: Int
    var key: String
    var path: String
  }

  /// `$msec $remote_addr "$http_x_api_key" $host "$request" $status $bytes_sent $request_length $request_time …`
  private func lines() throws -> [Line] {
    let gzip = try #require(Program.find("gzip"))
    let older = try gzip.run(["-dc", Self.path("logs/gw.log.1.gz")], in: folder).output
    let newer = try String(contentsOfFile: Self.path("logs/gw.log"), encoding: .utf8)
    return (older + newer).split(separator: "\n").compactMap { line in
      let quoted = line.split(separator: "\"", omittingEmptySubsequences: false)
      let request = quoted[3].split(separator: " ")
      let end = quoted[0].split(separator: " ")[0].replacing(".", with: "")
      let duration = quoted[4].split(separator: " ")[3].replacing(".", with: "")
      guard let end = Int(end), let duration = Int(duration) else { return nil }
      return Line(arrival: end - duration, key: String(quoted[1]), path: request.count > 1 ? String(request[1]) : "")
    }
  }

  /// Rejections by key under `candidate.conf`: 50 r/s, burst 20, one count per key for three locations.
  private func rejections() throws -> [String: Int] {
    var state: [String: (excess: Int, last: Int)] = [:]
    var rejected: [String: Int] = [:]
    let ordered = try lines().enumerated().sorted { ($0.element.arrival, $0.offset) < ($1.element.arrival, $1.offset) }
    for line in ordered.map(\.element) where line.key != "-" && Self.limited.contains(where: line.path.hasPrefix) {
      var excess = 0
      if let known = state[line.key] {
        excess = max(0, known.excess - 50 * (line.arrival - known.last) + 1_000)
      }
      if excess > 20_000 { rejected[line.key, default: 0] += 1 } else { state[line.key] = (excess, line.arrival) }
    }
    return rejected
  }

  @Test("lose what a plain loop over the lines loses, caller by caller") func oracle() throws {
    let result = try run(["simulate", "-c", Self.path("nginx/candidate.conf"), "--format", "json"])
    let answer = try SimulationAnswer(result)
    let expected = try rejections()
    #expect(answer.requests == 3_960 && answer.totals.map(\.rejected) == [148] && answer.totals.map(\.delayed) == [0])
    #expect(expected.values.reduce(0, +) == 148)
    #expect(Dictionary(uniqueKeysWithValues: answer.callers.map { ($0.caller, $0.rejected) }) == expected)
    #expect(answer.limits.map(\.rejected).reduce(0, +) == 148 && answer.minutes.map(\.rejected).reduce(0, +) == 148)
    #expect(answer.routes.map(\.rejected).reduce(0, +) == 148)
  }

  @Test("lose under the configuration that was in force what the gateway logged") func inForce() throws {
    let answer = try SimulationAnswer(
      try run(["simulate", "-c", Self.path("nginx/gateway.conf"), "--format", "json"]))
    let logged = try run(["sql", "SELECT count(*) FROM requests WHERE \"limit\" = 'rejected'", "--format", "csv"])
    #expect(logged.output.contains("564"), "\(logged.output)\(logged.errors)")
    #expect(answer.totals.map(\.rejected) == [564])
  }

  @Test("give the same bytes twice and for any number of threads") func determinism() throws {
    var answers: Set<String> = []
    var decisions: Set<String> = []
    for threads in [1, 1, 2, 3, 4] {
      let file = folder.path + "/decisions.csv"
      let result = try run(
        [
          "simulate", "-c", Self.path("nginx/gateway.conf"), "-c", Self.path("nginx/candidate.conf"), "--retries", "give-up",
          "--threads", "\(threads)", "--decisions", file, "--all",
        ])
      #expect(result.status == 0, "\(result.errors)")
      answers.insert(result.output)
      decisions.insert(try String(contentsOfFile: file, encoding: .utf8))
    }
    #expect(answers.count == 1 && decisions.count == 1)
  }

  @Test("are trusted by calibration, in words that simulate repeats") func calibration() throws {
    struct Answer: Decodable {
      var schema: String
      var trust: String
      var requests: Int
      var disagreeing: Int
      var near_edge: Int
      var logged_rejections: Int
      var replayed_rejections: Int
      var warm_up_us: Int
      var text: [String]
    }
    let configuration = Self.path("nginx/gateway.conf")
    let result = try run(["calibrate", "-c", configuration, "--format", "json"])
    let answer = try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
    #expect(answer.schema == "headroom.calibration/1" && answer.trust == "good")
    #expect(answer.requests == 3_803 && answer.logged_rejections == 549 && answer.replayed_rejections == 549)
    // A burst of 12 and the request itself at 40 r/s.
    #expect(answer.warm_up_us == 325_000)
    // Requests of one millisecond whose log order is not the gateway's; one of them had others before it, too.
    #expect(answer.disagreeing == 9 && answer.near_edge == 8)
    let sentence = try #require(answer.text.first)
    #expect(sentence.contains("of 3,803 requests (rejected: 549 logged, 549 replayed); 8 of 9 disagreements are within"))
    #expect(try run(["simulate", "-c", configuration]).output.contains(sentence))
    #expect(try run(["calibrate", "-c", configuration, "--require", "99", "--no-keep"]).status == 0)
    #expect(try run(["calibrate", "-c", configuration, "--require", "100", "--nodes", "5", "--no-keep"]).status == 1)
  }

  @Test("are not trusted by a configuration that was not in force, nor by one without limits") func distrust() throws {
    let other = try run(["calibrate", "-c", Self.path("nginx/candidate.conf"), "--require", "99", "--no-keep"])
    #expect(other.status == 1 && !other.output.contains("good"), "\(other.output)")
    let free = try folder.file("free.conf", "http { server { location / { proxy_pass http://a; } } }\n")
    let none = try run(["calibrate", "-c", free, "--require", "1", "--no-keep"])
    #expect(none.status == 1 && none.output.contains("Nothing could be checked: free.conf has no limit that is read."))
    let empty = try run(["calibrate", "-c", free, "--where", "consumer=nobody", "--no-keep"])
    #expect(empty.status == 0 && empty.output.contains("do not use"))
  }

  @Test("show their peaks, and the pressure on a limit") func quotas() throws {
    struct Answer: Decodable {
      struct Peak: Decodable {
        var key: String
        var attempts: Int
        var peak_second: Int
        var rejected_part: Int
      }
      struct Quota: Decodable {
        var key: String
        var attempts: Int
        var admitted: Int
        var basis: String
      }
      struct Bucket: Decodable {
        var key: String
        var would_reject: Int
      }
      var schema: String
      var peaks: [Peak]?
      var quotas: [Quota]?
      var buckets: [Bucket]?
    }
    func ask(_ words: [String]) throws -> Answer {
      let result = try run(["show", "quotas", "--format", "json"] + words)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      return try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
    }
    let peaks = try ask([])
    let first = try #require(peaks.peaks?.first)
    #expect(peaks.schema == "headroom.quotas/1")
    #expect((first.key, first.attempts, first.peak_second, first.rejected_part) == ("ak_a753e3a7159bc67e", 929, 107, 149))
    #expect(peaks.quotas?.allSatisfy { $0.basis.hasPrefix("inferred") } == true)

    var attempts: [String: Int] = [:]
    for line in try lines() where line.key != "-" { attempts[line.key, default: 0] += 1 }
    let asked = try ask(["--limit", "1000/m", "--where", "consumer=ak_*"])
    let quotas = try #require(asked.quotas)
    #expect(Dictionary(uniqueKeysWithValues: quotas.map { ($0.key, $0.attempts) }) == attempts)
    #expect(quotas.allSatisfy { $0.admitted == 1_000 })
    // One zone in three locations is one limit.
    let configured = try #require(try ask(["--config", Self.path("nginx/candidate.conf")]).quotas)
    let limited = try lines().filter { line in line.key != "-" && Self.limited.contains(where: line.path.hasPrefix) }
    #expect(
      Dictionary(uniqueKeysWithValues: configured.map { ($0.key, $0.attempts) })
        == Dictionary(grouping: limited, by: \.key).mapValues(\.count))
    #expect(configured.allSatisfy { $0.admitted == 50 && $0.basis.hasSuffix("candidate.conf:11 and 2 more") })
    // The bucket in force would reject what nginx did reject.
    let buckets = try #require(try ask(["--config", Self.path("nginx/gateway.conf")]).buckets)
    let rejected = (peaks.peaks ?? []).filter { $0.key.hasPrefix("ak_") }.map { ($0.key, $0.rejected_part) }
    let would = buckets.map { ($0.key, $0.would_reject) }
    #expect(Dictionary(uniqueKeysWithValues: would) == Dictionary(uniqueKeysWithValues: rejected))
  }
}

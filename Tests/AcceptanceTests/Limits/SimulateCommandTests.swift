import Foundation
import TestSupport
import Testing

/// `headroom simulate` on seventeen requests, against answers worked out on paper (`HandWrittenLog`).
@Suite("headroom simulate") struct SimulateCommandTests {
  let log: HandWrittenLog
  let loose: String
  let tight: String
  let slow: String

  init() throws {
    log = try HandWrittenLog(.exact)
    loose = try log.limit("loose.conf", "burst=20 nodelay")
    tight = try log.limit("tight.conf", "burst=2 nodelay")
    slow = try log.limit("slow.conf", "burst=2")
  }

  @Test("gives the totals, callers, limits, routes and minutes of the paper") func byHand() throws {
    let answer = try log.simulate(["-c", tight])
    let total = try #require(answer.totals.first)
    #expect(answer.requests == 17 && total.product == "nginx")
    #expect((total.passed, total.delayed, total.rejected) == (14, 0, 3) && total.callers_hit == 1)
    #expect(total.worst_minute == "2027-01-15T08:00:00.000000Z" && total.worst_minute_rejected == 3)
    #expect(total.rejected_at_least == nil, "a clock of milliseconds leaves nothing open")

    #expect(answer.callers.map(\.caller) == ["A"])
    let caller = try #require(answer.callers.first)
    #expect((caller.requests, caller.delayed, caller.rejected) == (9, 0, 3))
    #expect(caller.first == "gw.log:4,5,11")
    // From the first rejection, 3 ms in, to the request that passes 100 ms in.
    #expect(caller.longest_lock_out_us == 97_000 && caller.lock_out_start == "2027-01-15T08:00:00.003000Z")

    let limit = try #require(answer.limits.first)
    #expect(limit.limit == "k 10r/s burst=2 nodelay" && limit.place == "\(tight):3" && limit.status == 503)
    #expect((limit.delayed, limit.rejected) == (0, 3) && limit.first == "gw.log:4,5,11")
    #expect(answer.routes.map { [$0.method ?? "", $0.route] } == [["GET", "/orders"]])
    #expect(answer.routes.map(\.rejected) == [3] && answer.routes.map(\.requests) == [9])
    #expect(answer.minutes.map(\.requests) == [17] && answer.minutes.map(\.rejected) == [3])
  }

  @Test("puts the baseline first and compares") func baseline() throws {
    let answer = try log.simulate(["-c", loose, "-c", tight, "-c", slow])
    #expect(answer.totals.map(\.config) == [loose, tight, slow])
    #expect(answer.totals.map(\.rejected) == [0, 3, 3])
    // Without nodelay the excess is waited for: 990, 1,980 and twice 2,000 thousandths.
    #expect(answer.totals.map(\.delayed) == [0, 0, 4])
    #expect(answer.totals.map(\.passed) == [17, 14, 10])
    #expect(answer.totals.map(\.callers_hit) == [0, 1, 1])
    #expect(answer.callers.map(\.config) == [tight, slow])
  }

  @Test("writes one decision per request, which add up to the totals") func decisions() throws {
    let file = log.folder.path + "/decisions.csv"
    let answer = try log.simulate(["-c", loose, "-c", slow, "--decisions", file])
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(lines.first == "source,line,arrival_us,key,route,limit,decision,delay_us,status")
    let rows = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    #expect(rows.map { $0[1] } == (1...17).map(String.init))
    func count(_ decision: String) -> Int { rows.count { $0[6] == decision } }
    let last = try #require(answer.totals.last)
    #expect(count("passed") == last.passed && count("delayed") == last.delayed && count("rejected") == last.rejected)
    #expect(rows.filter { $0[6] == "delayed" }.map { $0[7] } == ["99000", "198000", "200000", "200000"])
    #expect(rows.filter { $0[6] == "rejected" }.map { [$0[1], $0[3], $0[8]] }
      == [["4", "A", "503"], ["5", "A", "503"], ["11", "A", "503"]])
    #expect(rows[5][3] == "192.0.2.3", "a caller without a key is its address")
  }

  @Test("ends with 1 where the last configuration limits a critical route, and names it") func critical() throws {
    func run(_ configurations: [String], _ glob: String) throws -> Program.Result {
      try log.run(["simulate", "--critical", glob] + configurations.flatMap { ["-c", $0] })
    }
    let hit = try run([tight], "/ord*")
    #expect(hit.status == 1 && hit.output.contains("Critical routes that lose requests: GET /orders (3 requests)."))
    let safe = try run([tight], "/prices")
    #expect(safe.status == 0 && safe.output.contains("No critical route loses a request."))
    #expect(try run([tight, loose], "/ord*").status == 0, "the last configuration is the one that is asked about")
  }

  @Test("lists with --explain what was used and what was not") func explain() throws {
    let file = try log.folder.file(
      "more.conf",
      """
      worker_processes 4;
      http {
        limit_req_zone $http_x_api_key zone=k:1m rate=10r/s;
        server { location / { limit_req zone=k; proxy_pass http://a; } }
      }

      """)
    let settings = try #require(try log.simulate(["-c", file, "--explain"]).settings)
    func use(_ setting: String) -> [String] { settings.filter { $0.setting.hasPrefix(setting) }.map(\.use) }
    #expect(use("worker_processes") == ["ignored"] && use("proxy_pass") == ["ignored"])
    #expect(use("limit_req_zone") == ["used"] && use("limit_req zone=k") == ["used"])
    #expect(settings.first?.place == "\(file):1")
    let short = try log.simulate(["-c", file])
    #expect(short.settings == nil && short.notes.contains { $0.contains("2 settings were not used; --explain") })
  }

  @Test("splits the requests over nodes that count for themselves") func nodes() throws {
    // In turn: one node gets A at 0, 2, 4, 150 and 200 ms, the other at 1, 3, 100 and 1000 ms: nobody exceeds 2,000.
    #expect(try log.simulate(["-c", tight, "--nodes", "2"]).totals.map(\.rejected) == [0])
    #expect(try log.simulate(["-c", tight, "--nodes", "1"]).totals.map(\.rejected) == [3])
    // An address always meets the same node.
    #expect(try log.simulate(["-c", tight, "--nodes", "7:client"]).totals.map(\.rejected) == [3])
    let wrong = try log.run(["simulate", "-c", tight, "--nodes", "2:robin"])
    #expect(wrong.status == 2 && wrong.errors.contains("round-robin, random, client"), "\(wrong.errors)")
  }

  @Test("takes the column that is said for what the log does not have") func column() throws {
    let cookie = try log.limit("cookie.conf", by: "$cookie_session", "burst=2 nodelay")
    // All seventeen share one count, in which only 0, 1, 2, 100, 200, 350, 450 and 1000 ms pass.
    let shared = try log.simulate(["-c", cookie])
    #expect(shared.totals.map(\.rejected) == [9])
    #expect(shared.notes.contains { $0.contains("all requests share one count; --column") })
    let told = try log.simulate(["-c", cookie, "--column", "$cookie_session=consumer"])
    #expect(told.totals.map(\.rejected) == [3])
    let misspelt = try log.simulate(["-c", cookie, "--column", "$cookie_sesion=consumer"])
    #expect(misspelt.totals.map(\.rejected) == [9])
    #expect(misspelt.notes.contains { $0.contains("changes nothing") && $0.contains("did you mean '$cookie_session'?") })
  }

  @Test("bounds what callers do when rejected") func retries() throws {
    let giveUp = try log.simulate(["-c", tight, "--retries", "give-up"])
    let lower = try #require(giveUp.retries?.first)
    #expect((lower.demand, lower.attempts, lower.lost) == (17, 17, 3) && giveUp.totals.map(\.rejected) == [3])
    let relentless = try log.simulate(["-c", tight, "--retries", "relentless"])
    let (upper, total) = (try #require(relentless.retries?.first), try #require(relentless.totals.first))
    #expect(upper.demand == 17 && upper.attempts > 17 && upper.lost == 0, "who never gives up gets through in the end")
    #expect(total.passed == 17 && total.passed + total.rejected == upper.attempts)
    let places = relentless.callers.first?.first?.split(separator: ":").last?.split(separator: ",") ?? []
    #expect(Set(places).count == places.count, "a request that is rejected again is named once")
    let learned = try log.run(["simulate", "-c", tight, "--retries", "learned"])
    #expect(learned.status == 3 && learned.errors.contains("no retries of rejected requests to learn from"))
  }

  @Test("replays what --where and --since leave, as if there were nothing else") func scope() throws {
    let one = try log.simulate(["-c", tight, "--where", "consumer=B"])
    #expect(one.requests == 5 && one.totals.map(\.rejected) == [0])
    let late = try log.simulate(["-c", tight, "--since", "2027-01-15T08:00:01"])
    #expect(late.requests == 1 && late.totals.map(\.rejected) == [0])
    let none = try log.simulate(["-c", tight, "--where", "consumer=nobody"])
    #expect(none.requests == 0 && none.totals.map(\.rejected) == [0] && none.callers.isEmpty)
    #expect(none.notes.contains { $0.hasPrefix("No request is in the window") })
  }

  @Test("says so where there is no limit, and where there is no store") func nothing() throws {
    let free = try log.folder.file("free.conf", "http { server { location / { proxy_pass http://a; } } }\n")
    let answer = try log.simulate(["-c", free])
    #expect(answer.totals.map(\.passed) == [17] && answer.limits.isEmpty)
    #expect(answer.notes.contains { $0.contains("has no limit that is read: every request passes") })
    #expect(answer.notes.contains { $0.contains("1 setting was not used") })
    let missing = try log.run(["simulate", "-c", tight, "--store", log.folder.path + "/none.db"])
    #expect(missing.status == 3 && missing.errors.hasPrefix("error: there is no store"))
    let empty = try log.folder.file("empty.log", "")
    let store = log.folder.path + "/empty.db"
    #expect(try log.run(["import", empty, "--store", store]).status == 0)
    let answered = try log.simulate(["-c", tight, "--store", store])
    #expect(answered.requests == 0 && answered.notes.contains { $0.hasPrefix("No request is in the window") })
  }

  @Test("gives a range that contains the truth where the log has whole seconds") func wholeSeconds() throws {
    let coarse = try HandWrittenLog(.wholeSeconds)
    let address = try coarse.limit("address.conf", by: "$binary_remote_addr", "burst=2 nodelay")
    // By address the three without a key are limited too: 0, 990 and 1,980 pass.
    let exact = try #require(try log.simulate(["-c", address]).totals.first)
    #expect(exact.rejected == 3)
    let answer = try coarse.simulate(["-c", address])
    let total = try #require(answer.totals.first)
    let (least, most) = (try #require(total.rejected_at_least), try #require(total.rejected_at_most))
    #expect(least <= exact.rejected && exact.rejected <= most && least <= total.rejected && total.rejected <= most)
    #expect(answer.notes.contains { $0.contains("steps of 1.00 s") && $0.contains("every possible order gives") })
  }
}

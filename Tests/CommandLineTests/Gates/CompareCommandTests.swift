import Analysis
import TestSupport
import Testing
import Traffic

@testable import CommandLine

@Suite("headroom compare") struct CompareCommandTests {
  static let start: Int64 = 1_780_012_800_000_000  // 2026-05-29 00:00 UTC
  static let day = Microseconds.day.count

  /// Two days; on the second, requests of `/b` take longer by `slowdown`.
  static func services(slowdown: Int64 = 1, perDay: Int = 1_200) -> StubServices {
    var services = StubServices()
    var random = SeededGenerator(seed: 9)
    let routes = ["/a", "/b"].map { services.traffic.symbol($0) }
    let get = services.traffic.symbol("GET")
    for night in 0..<2 as Range<Int64> {
      for index in 0..<perDay {
        let duration = Int64.random(in: 10_000...50_000, using: &random)
        services.traffic.rows.append(
          .init(
            [
              .arrival: start + night * day + Int64(index) * day / Int64(perDay), .status: 200, .outcome: 0,
              .method: get, .duration: duration * (night == 1 && index % 2 == 1 ? slowdown : 1), .bytesOut: 100,
            ], route: routes[index % 2]))
      }
    }
    let last = services.traffic.rows.last![.arrival]
    services.entries = [
      LedgerEntry(
        number: 1, path: "a.log", format: "x", resolution: Microseconds(1_000), lines: Int64(2 * perDay), requests: Int64(2 * perDay),
        firstArrival: Timestamp(microseconds: start), lastArrival: Timestamp(microseconds: last))
    ]
    return services
  }

  @Test("says what changed, in words and numbers, and ends with 0 whatever it was")
  func slower() async {
    let run = await Run("compare 2026-05-29 2026-05-30", services: Self.services(slowdown: 2))
    #expect(run.code == .done && run.errors.isEmpty, "\(run.errors)")
    #expect(run.output.contains("p50 of GET /b rose from"), "\(run.output)")
    #expect(!run.output.contains("of GET /a rose"))
    #expect(run.output.contains("What changed"))
  }

  @Test("has no news where nothing changed") func quiet() async {
    let run = await Run("compare 2026-05-29 2026-05-30 --format json", services: Self.services())
    #expect(run.output.contains("\"news\": 0"), "\(run.output)")
    #expect(run.output.contains("\"schema\": \"headroom.comparison/1\""))
  }

  @Test("means the same by a day, a range, a length and one window alone", arguments: [
    "2026-05-29..2026-05-30 2026-05-30..", "2026-05-29 2026-05-30T00:00..2026-05-31", "2026-05-30",
  ])
  func forms(words: String) async {
    let expected = await Run("compare 2026-05-29 2026-05-30 --format csv", services: Self.services(slowdown: 2)).output
    let run = await Run("compare \(words) --format csv", services: Self.services(slowdown: 2))
    func rates(_ text: String) -> [Substring] {
      text.split(separator: "\r\n").filter { $0.hasPrefix("route,GET /b,p50") }
    }
    #expect(rates(run.output) == rates(expected) && !rates(expected).isEmpty, "\(run.errors)\(run.output)")
  }

  @Test("two stores are opened one after the other") func stores() async {
    let run = await Run("compare old.db new.db", services: Self.services())
    #expect(run.code == .done && run.output.contains("No change beyond noise"), "\(run.errors)")
  }

  @Test("a wrong word is named, with what was expected", arguments: [
    ("compare", "EARLIER is missing"), ("compare yesterday 1d", "'yesterday' is no value of EARLIER"),
    ("compare 1d soon", "'soon' is no value of LATER"), ("compare 1d a.db", "expected two windows of one store"),
    ("compare 1d 2d --since 1d", "--since and 1d exclude each other"), ("compare ..", "no value of EARLIER"),
    ("compare 2026-05-29T08:00", "no value of EARLIER"), ("compare a b c", "one argument too many"),
    ("compare 1d -c x", "--config and 1d exclude each other"),
  ])
  func usage(line: String, expected: String) async {
    let run = await Run(line, services: Self.services())
    #expect(run.code == .usage && run.errors.contains(expected), "\(run.errors)")
  }

  @Test("a window without traffic is an error") func empty() async {
    let run = await Run("compare 2020-01-01 2020-01-02", services: Self.services())
    #expect(run.code == .badInput && run.errors.contains("no traffic"), "\(run.errors)")
  }
}

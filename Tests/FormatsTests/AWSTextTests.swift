import Testing
import Traffic

@testable import Formats

@Suite("AWS balancers, Traefik and gin")
struct AWSTextTests {
  private func balancer(_ times: String, _ status: String, target: String = "10.0.3.17:8080", rest: String) -> [String: String] {
    columns(
      #"https 2026-11-22T07:31:05.000000Z app/edge/77 203.0.113.40:54012 \#(target) \#(times) \#(status) 412 1290 "GET https://API.example.test:443/a?b=1 HTTP/2.0" "x/1" \#(rest)"#,
      ApplicationLoadBalancer())
  }

  static let rest =
    #"C T arn:aws:elasticloadbalancing:eu-west-3:1:targetgroup/orders/0a "Root=1-6b029ef1-000000000000000000000001" "d" "c" 10 2026-11-22T07:31:04.000000Z "forward" "-" "-" "10.0.3.17:8080" "200" "-" "-" TID_1"#

  @Test("an ALB request spans creation to response")
  func application() {
    let values = balancer("0.001 0.048 0.000", "200 200", rest: Self.rest)
    let expected = [
      "duration": "1000000", "first_byte": "49000", "upstream_duration": "48000", "status": "200", "upstream_status": "200",
      "host": "api.example.test", "path": "/a?b=1", "protocol": "HTTP/2", "gateway": "app/edge/77", "service": "orders",
      "route_name": "10", "upstream": "10.0.3.17:8080", "attempts": "1", "client": "203.0.113.40", "outcome": "ok",
      "trace_low": "1", "trace_high": String(Int64(bitPattern: 0x6b02_9ef1_0000_0000)), "bytes_in": "412", "bytes_out": "1290",
    ]
    for (name, value) in expected { #expect(values[name] == value, "\(name)") }
    let start = Int64(values["arrival"] ?? "") ?? 0
    #expect(start % 60_000_000 == 4_000_000)
  }

  @Test("files older than the creation time give what is known of the duration")
  func olderFields() {
    let values = balancer("0.001 0.048 0.000", "200 200", rest: "C T arn:x")
    #expect(values["duration"] == "49000")
    #expect((Int64(values["arrival"] ?? "") ?? 0) % 60_000_000 == 4_951_000)
  }

  @Test(
    "balancer and target status decide the outcome",
    arguments: [
      ("502 -", "10.0.0.1:80", "forward", Outcome.upstreamReset), ("502 502", "10.0.0.1:80", "forward", .ok),
      ("503 -", "-", "forward", .noUpstream), ("504 -", "10.0.0.1:80", "forward", .upstreamTimeout),
      ("460 -", "10.0.0.1:80", "forward", .clientAbort), ("464 -", "-", "forward", .clientProtocol),
      ("403 -", "-", "waf", .denied), ("401 -", "-", "authenticate", .denied), ("301 -", "-", "redirect", .localReply),
      ("561 -", "-", "authenticate", .denied), ("400 -", "-", "-", .clientProtocol), ("429 -", "-", "fixed-response", .rateLimited),
    ])
  func outcomes(status: String, target: String, action: String, expected: Outcome) {
    let rest = Self.rest.replacing("\"forward\"", with: "\"\(action)\"")
    #expect(balancer("-1 -1 -1", status, target: target, rest: rest)["outcome"] == expected.name)
  }

  @Test("a classic balancer's HTTP request lasts its three times")
  func classic() {
    let values = columns(
      #"2026-11-22T07:31:04.137210Z edge 203.0.113.40:54012 10.0.3.17:8080 0.000073 0.048048 0.000057 200 200 0 1290 "GET https://a.test:443/v1 HTTP/1.1" "d" C T"#,
      ClassicLoadBalancer())
    #expect(values["duration"] == "48178")
    #expect(values["upstream_duration"] == "48048")
    #expect(values["gateway"] == "edge")
    #expect(values["outcome"] == "ok")
  }

  @Test(
    "Traefik's own answers are told by status, length and server",
    arguments: [
      ("502 11", "http://a:1", Outcome.upstreamReset), ("502 99", "http://a:1", .ok), ("504 15", "http://a:1", .upstreamTimeout),
      ("429 17", "-", .rateLimited), ("401 17", "-", .denied), ("404 19", "-", .localReply), ("503 20", "-", .noUpstream),
      ("499 21", "http://a:1", .clientAbort), ("0 0", "http://a:1", .unknown), ("- -", "-", .unknown), ("200 5", "http://a:1", .ok),
    ])
  func traefik(status: String, server: String, expected: Outcome) {
    let values = columns(
      #"192.0.2.1 - joe smith [22/Nov/2026:07:36:19 +0000] "GET /q HTTP/1.1" \#(status) "http://r/" "a "b" c" 20 "main@file" "\#(server)" 12ms"#,
      TraefikCLF())
    #expect(values["outcome"] == expected.name)
    #expect(values["consumer"] == "joe smith")
    #expect(values["user_agent"] == #"a "b" c"#)
    #expect(values["referer"] == "http://r/")
    #expect(values["duration"] == "12000")
    #expect(values["route_name"] == "main@file")
  }

  @Test("gin's lines give the start of the request, in any padding and colour")
  func gin() {
    let plain = columns("[GIN] 2026/11/22 - 07:31:06 | 200 |   1.5s |  192.0.2.1 | GET  \"/a\"", GinText())
    let coloured = columns(
      "[GIN] 2026/11/22 - 07:31:06 |\u{1B}[97;42m 200 \u{1B}[0m| 1.5s | 192.0.2.1 |\u{1B}[97;44m GET \u{1B}[0m \"/a\"", GinText())
    #expect(plain == coloured)
    #expect(plain["duration"] == "1500000")
    #expect((Int64(plain["arrival"] ?? "") ?? 0) % 60_000_000 == 4_500_000)
    #expect(plain["method"] == "GET")
  }
}

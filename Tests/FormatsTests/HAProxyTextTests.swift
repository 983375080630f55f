import Scanning
import Testing
import Traffic

@testable import Formats

@Suite("HAProxy text")
struct HAProxyTextTests {
  private func http(_ server: String, _ timers: String, _ status: String, _ state: String, _ counts: String) -> [String: String] {
    columns(
      "192.0.2.7:47032 [22/Nov/2026:07:29:52.807] fe \(server) \(timers) \(status) 10 - - \(state) \(counts) 0/0 \"GET /a HTTP/1.1\"",
      HAProxyText(variant: .http))
  }

  @Test(
    "the termination state decides the outcome",
    arguments: [
      ("----", 200, true, Outcome.ok), ("CD--", 200, true, .clientAbort), ("cD--", 200, true, .clientTimeout),
      ("CL--", 200, true, .clientAbort), ("CH--", -1, true, .clientAbort), ("CQ--", -1, true, .clientAbort),
      ("cR--", 408, false, .clientTimeout), ("SC--", 503, true, .upstreamConnect), ("SC--", 503, false, .noUpstream),
      ("sC--", 503, true, .upstreamConnect), ("SH--", 502, true, .upstreamReset), ("sH--", 504, true, .upstreamTimeout),
      ("SD--", 200, true, .truncated), ("sD--", 200, true, .upstreamTimeout), ("PH--", 502, true, .upstreamProtocol),
      ("PR--", 403, false, .denied), ("PR--", 429, false, .rateLimited), ("PR--", 400, false, .clientProtocol),
      ("PT--", 500, false, .denied), ("PC--", 503, false, .overload), ("PD--", 200, true, .internal),
      ("sQ--", 503, false, .queueTimeout), ("LR--", 302, false, .localReply), ("RC--", 503, false, .overload),
      ("IH--", 500, true, .internal), ("DD--", 200, true, .upstreamReset), ("UD--", 200, true, .upstreamReset),
      ("KD--", 200, true, .upstreamReset),
    ])
  func states(state: String, status: Int, hasServer: Bool, expected: Outcome) {
    let values = http(hasServer ? "be/s1" : "be/<NOSRV>", "0/0/0/1/2", String(status), state, "1/1/0/0/0")
    #expect(values["outcome"] == expected.name)
    #expect(values["termination"] == state)
    #expect(values["status"] == (status < 0 ? nil : String(status)))
  }

  @Test("timers become queue, connect, first byte and upstream time")
  func timers() {
    let values = http("be/s1", "1/20/300/4000/50000", "200", "----", "1/1/0/0/0")
    #expect(values["queue_wait"] == "20000")
    #expect(values["connect"] == "300000")
    #expect(values["first_byte"] == "4321000")
    #expect(values["duration"] == "50000000")
    #expect(values["upstream_duration"] == "49979000")  // all but receiving and queueing
    #expect(values["attempts"] == "1")
    #expect(values["upstream"] == "be/s1")
    #expect(values["upstream_status"] == "200")
  }

  @Test("with retries the wait is no queueing, and failed attempts count as upstream time")
  func retries() {
    let values = http("be/s1", "5/3003/0/-1/4505", "504", "sH--", "1/1/0/0/+2")
    #expect(values["queue_wait"] == nil)
    #expect(values["attempts"] == "3")
    #expect(values["upstream_duration"] == "4500000")
    #expect(values["first_byte"] == nil)
    #expect(values["upstream_status"] == nil)
  }

  @Test("without a server nothing of an upstream is told")
  func noServer() {
    let values = http("fe/<NOSRV>", "0/-1/-1/-1/0", "429", "PR--", "1/1/0/0/0")
    for name in ["upstream", "upstream_duration", "connect", "attempts", "upstream_status", "service", "queue_wait"] {
      #expect(values[name] == nil, "\(name)")
    }
    #expect(values["limit"] == "inferred_rejected")
    #expect(http("be/<NOSRV>", "0/9/-1/-1/9", "503", "sQ--", "1/1/0/0/0")["service"] == "be")
  }

  @Test("local stamps are moved by the offset of the clock that wrote them")
  func offset() {
    let line = #"192.0.2.7:1 [22/Nov/2026:08:29:52.807] fe be/s 0/0/0/0/0 200 1 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1""#
    let east = columns(line, HAProxyText(variant: .http, clock: WriterClock(utcOffset: 3600)))["arrival"]
    #expect(east == columns(line.replacing(":08:29", with: ":07:29"), HAProxyText(variant: .http))["arrival"])
    #expect(LogFormats.named("haproxy-http", options: FormatOptions(utcOffset: 3600)) != nil)
  }

  @Test(
    "lines that are no sessions are counted as such",
    arguments: [
      "Connect from 127.0.0.1:49250 to 127.0.0.1:18285 (f_def/HTTP)", "Proxy f_http started.",
      "Server be/s1 is DOWN, reason: Layer4 connection problem", "[WARNING] 325/072952 (1) : Exiting",
      "127.0.0.1:32868 [22/Nov/2026:07:29:57.353] f_https/1: SSL handshake failure",
    ])
  func noise(line: String) {
    let parsed = ParsedLine(Array(line.utf8), HAProxyText(variant: .http))
    #expect(parsed.batch.count == 0)
    #expect(parsed.batch.rejected.map(\.reason) == [.notARequest])
  }

  @Test("a request cut by syslog is kept")
  func truncated() {
    let values = columns(
      #"192.0.2.7:1 [22/Nov/2026:08:29:52.807] fe be/s 0/0/0/0/0 200 1 - - ---- 1/1/0/0/0 0/0 "GET /very/long/pa"#,
      HAProxyText(variant: .http))
    #expect(values["method"] == "GET")
    #expect(values["path"]?.hasPrefix("/very/long") == true)
  }

  @Test("one capture block belongs to the request")
  func oneBlock() {
    let values = columns(
      #"192.0.2.7:1 [22/Nov/2026:08:29:52.807] fe be/s 0/0/0/0/0 200 1 - - ---- 1/1/0/0/0 0/0 {api.test|Mozilla/5.0 (X11)|text/html} "GET / HTTP/1.1""#,
      HAProxyText(variant: .http))
    #expect(values["user_agent"] == "Mozilla/5.0 (X11)")
  }
}

import Testing
import Traffic

@testable import Formats

@Suite("Format strings")
struct FormatStringTests {
  /// One line read by one format string.
  private func read(_ line: String, _ string: String, _ dialect: FormatDialect? = nil) throws -> ParsedLine {
    ParsedLine(Array(line.utf8), try FormatStrings.compile(string, dialect: dialect))
  }

  @Test("tell their dialect by their variables", arguments: [
    (#"$remote_addr [$time_local] "$request" $status"#, FormatDialect.nginx),
    (#"%h %l %u %t "%r" %>s %b"#, .apache),
    (#"%{usec}t %{Host}i "%r" %>s"#, .apache),
    (#"[%START_TIME%] "%REQ(:METHOD)%""#, .envoy),
    ("%ci:%cp [%tr] %ft %b/%s %ST", .haproxy),
  ])
  func dialects(string: String, dialect: FormatDialect) { #expect(FormatStrings.guess(string) == dialect) }

  @Test("say where they cannot be understood", arguments: [
    ("", FormatStringError(.unknownDialect, at: 0)),
    ("plain text", FormatStringError(.unknownDialect, at: 0)),
    ("$status $request", FormatStringError(.noTime, at: 0)),
    ("$msec $", FormatStringError(.unfinished(expected: "a variable's name after '$'"), at: 6)),
    ("$msec ${status", FormatStringError(.unfinished(expected: "'}' after '${status'"), at: 14)),
    ("$msec $status$request", FormatStringError(.adjacentFields("$status", "$request"), at: 13)),
    ("%t %>s %", FormatStringError(.unfinished(expected: "a directive such as 'h' or '>s' after '%'"), at: 7)),
    ("%t %{User-Agent", FormatStringError(.unfinished(expected: "'}'"), at: 4)),
    ("%t %>s %Z", FormatStringError(.unknownVariable("%Z"), at: 7)),
    ("%t %>", FormatStringError(.unfinished(expected: "a letter that says what to log"), at: 5)),
  ])
  func errors(string: String, error: FormatStringError) {
    #expect(throws: error) { try FormatStrings.compile(string) }
    #expect(!error.message.isEmpty)
  }

  @Test("may be pasted as the configuration has them")
  func pasted() throws {
    let line = #"{"t":"1795332384.136","s":200,"p":"/a \"b\""}"#
    let bare = #"{"t":"$msec","s":$status,"p":"$request_uri"}"#
    for string in ["escape=json \(bare)", "escape=json '\(bare)'", "log_format x escape=json '\(bare)';"] {
      let parsed = try read(line, string)
      #expect(parsed.text("path") == #"/a "b""#)
      #expect(parsed.text("status") == "200")
    }
    let joined = try read("1795332384.136 200", "log_format x '$msec' ' $status';")
    #expect(joined.text("status") == "200")
  }

  @Test("take the best of several fields that say the same")
  func best() throws {
    let parsed = try read(
      #"22/Nov/2026:07:26:24 +0000|1795332384.136|/ok|GET /errpage?x=1 HTTP/1.1|10|145"#,
      "$time_local|$msec|$uri|$request|$body_bytes_sent|$bytes_sent")
    #expect(parsed.text("t_end_us") == "1795332384136000")
    #expect(parsed.text("path") == "/errpage")
    #expect(parsed.text("bytes_out") == "145")
    #expect(parsed.text("bytes_kind") == "wire")
  }

  @Test("put path and query together", arguments: [
    ("$msec $request_method $uri $args", "1795332384.136 GET /a b=1", "/a", "b=1"),
    ("$msec $request_method $uri $args", "1795332384.136 GET /a -", "/a", nil),
    ("$msec $request_method $uri$is_args$args", "1795332384.136 GET /a?b=1", "/a", "b=1"),
    ("$msec $scheme://$host$request_uri", "1795332384.136 https://api.example.test/a?b=1", "/a", "b=1"),
    ("%t %m %U%q", "[22/Nov/2026:07:26:24 +0000] GET /a?b=1", "/a", "b=1"),
    ("%t %m %U %q", "[22/Nov/2026:07:26:24 +0000] GET /a ?b=1", "/a", "b=1"),
    ("%t %m %U q=%q", "[22/Nov/2026:07:26:24 +0000] GET /a q=", "/a", nil),
  ] as [(String, String, String, String?)])
  func pathAndQuery(string: String, line: String, path: String, query: String?) throws {
    let parsed = try read(line, string)
    #expect(parsed.text("path") == path)
    #expect(parsed.text("query") == query)
  }

  @Test("find the host in a URL, in lower case and without port", arguments: [
    ("api.example.test", "api.example.test"), ("API.Example.test:8443", "api.example.test"),
    ("localhost", "localhost"), ("a:80", "a"), ("[::1]:8080", "[::1]"), ("[::1]", "[::1]"), ("A", "a"),
  ])
  func hosts(written: String, host: String) throws {
    #expect(try read("1795332384.136 \(written) 200", "$msec $http_host $status").text("host") == host)
    #expect(try read("1795332384.136 GET http://\(written)/x HTTP/1.1", "$msec $request").text("host") == host)
  }

  @Test("read numbers of every usual length", arguments: [
    "0.000", "0.001", "1.002", "12.345", "123.456", "1234.567", "12345.678", "1", "0.5", "1.25", "0.123456",
  ])
  func durations(written: String) throws {
    let parsed = try read("1795332384.136 \(written) 200", "$msec $request_time $status")
    #expect(parsed.text("dur") == String(Int64((Double(written)! * 1_000_000).rounded())))
  }

  @Test("keep an absent field absent", arguments: ["-", ""])
  func absent(written: String) throws {
    let parsed = try read(
      "1795332384.136|\(written)|\(written)|\(written)|\(written)|\(written)",
      "$msec|$status|$request_time|$http_user_agent|$upstream_addr|$remote_user")
    for key in ["status", "dur", "ua", "up_addr", "consumer", "retries"] { #expect(parsed.text(key) == nil, "\(key)") }
  }

  @Test("prefer the key over the user, wherever they stand")
  func consumer() throws {
    for string in ["$msec $http_x_api_key $remote_user", "$msec $remote_user $http_x_api_key"] {
      let isFirst = string.hasSuffix("user")
      #expect(try read("1795332384.136 \(isFirst ? "key alice" : "alice key")", string).text("consumer") == "key")
      #expect(try read("1795332384.136 \(isFirst ? "- alice" : "alice -")", string).text("consumer") == "alice")
    }
  }

  @Test("join the trace of a traceparent")
  func traceparent() throws {
    let parsed = try read(
      "1795332384.136 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "$msec $http_traceparent")
    #expect(parsed.batch.values(.traceHigh)?[0] == Int64(bitPattern: 0x4bf9_2f35_77b3_4da6))
    #expect(parsed.batch.values(.traceLow)?[0] == Int64(bitPattern: 0xa3ce_929d_0e0e_4736))
  }

  @Test("give a status its outcome", arguments: [
    ("200 a:1 200", "ok"), ("404 a:1 404", "ok"), ("404 - -", "local_reply"), ("301 - -", "local_reply"),
    ("499 a:1 -", "client_abort"), ("502 a:1 502", "up_reset"), ("502 grp 502", "no_upstream"), ("503 - -", "no_upstream"),
    ("503 a:1 503", "ok"), ("504 a:1 504", "up_timeout"), ("429 - -", "rate_limited"), ("429 a:1 429", "ok"),
    ("401 - -", "denied"), ("403 a:1 403", "ok"), ("500 - -", "internal"), ("500 a:1 500", "ok"),
    ("444 - -", "denied"), ("413 - -", "local_reply"), ("101 a:1 101", "ok"), ("000 - -", "unknown"), ("408 - -", "client_timeout"),
  ])
  func outcomes(fields: String, outcome: String) throws {
    #expect(try read("1795332384.136 \(fields)", "$msec $status $upstream_addr $upstream_status").text("outcome") == outcome)
  }

  @Test("tell a refused connection and a relayed gateway error by the attempt's times", arguments: [
    ("502 a:1 502 - - 0.000", "up_connect"), ("502 a:1 502 0.001 - 0.002", "up_reset"),
    ("502 a:1 502 0.001 0.002 0.002", "ok"), ("504 a:1 504 0.001 0.002 0.002", "ok"),
    ("504 a:1 504 0.001 - 1.000", "up_timeout"),
  ])
  func attemptTimes(fields: String, outcome: String) throws {
    let string = "$msec $status $upstream_addr $upstream_status $upstream_connect_time $upstream_header_time $upstream_response_time"
    #expect(try read("1795332384.136 \(fields)", string).text("outcome") == outcome)
  }

  @Test("read past what a newer version adds behind the last field")
  func tail() throws {
    let parsed = try read(#"1795332384.136 "ua" 200 extra "fields""#, #"$msec "$http_user_agent" $status"#)
    #expect(parsed.text("status") == "200")
    #expect(parsed.text("tail") == #" extra "fields""#)
    let glued = try read(#"1795332384.136 200 "ua"x"#, #"$msec $status "$http_user_agent""#)
    #expect(glued.batch.count == 0)
  }

  @Test("say what of a line they could not read", arguments: [
    ("1795332384.136 2x0 1", RejectReason.badStatus, 15), ("179533238a.136 200 1", .badTimestamp, 0),
    ("1795332384.136 200 1x", .badNumber, 19), ("1795332384.136 200", .endsEarly, 18), ("", .notInFormat, 0),
  ])
  func rejected(line: String, reason: RejectReason, column: Int) throws {
    let parsed = try read(line, "$msec $status $bytes_sent")
    #expect(parsed.batch.count == 0)
    if !line.isEmpty {
      #expect(parsed.batch.rejected.first?.reason == reason)
      #expect(parsed.batch.rejected.first?.column == column)
    }
  }
}

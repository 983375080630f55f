import Gateways
import Testing

/// Nearly all of these are refused by `haproxy -c` too.
@Suite("HAProxy configurations that cannot be used") struct HAProxyErrorTests {
  private static let table = "stick-table type ip size 1m expire 60s store http_req_rate(10s)\n"
  private static let track = "http-request track-sc0 src\n"

  @Test(
    "one error that names place, expectation and nearest word",
    arguments: [
      (
        table + track + "http-request deyn if { sc_http_req_rate(0) gt 5 }",
        .unknownWord("deyn", kind: "action of http-request", nearest: "deny"), 3, 14
      ),
      (
        table + "http-requset deny",
        .unknownWord("http-requset", kind: "section or keyword", nearest: "http-request"), 2, 1
      ),
      (
        "fronted fe\n" + table, .unknownWord("fronted", kind: "section or keyword", nearest: "frontend"), 1, 1
      ),
      (
        "frontend fe\nbakcend be", .unknownWord("bakcend", kind: "section or keyword", nearest: "backend"), 2,
        1
      ),
      (
        "global\nfrontnd fe\nfrontend b",
        .unknownWord("frontnd", kind: "section or keyword", nearest: "frontend"), 2, 1
      ),
      ("log x\nfrontend b", .unknownWord("log", kind: "section", nearest: "log-forward"), 1, 1),
      (
        table + track + "http-request deny if { sc_http_req_rat(0) gt 5 }",
        .unknownWord("sc_http_req_rat", kind: "sample fetch", nearest: "sc_http_req_rate"), 3, 24
      ),
      (
        table + "track-sc0 src",
        .syntax(found: "'track-sc0' at the beginning of a line", expected: "a keyword such as http-request"),
        2, 1
      ),
      ("mode htpp", .unknownWord("htpp", kind: "mode", nearest: "http"), 1, 6),
      ("timeout queu 5s", .unknownWord("queu", kind: "timeout", nearest: "queue"), 1, 9),
      ("timeout queue", .missing(setting: "time", within: "timeout queue"), 1, 1),
      ("acl a pathbeg /", .unknownWord("pathbeg", kind: "sample fetch", nearest: "path_beg"), 1, 7),
      ("acl a -i path /", .syntax(found: "'-i'", expected: "a sample such as path before its flags"), 1, 7),
      (
        table + track + "http-request deny if tooo",
        .unknownReference("tooo", kind: "acl", nearest: nil), 3, 22
      ),
      (
        "acl fast path /\nhttp-request deny if fats", .unknownReference("fats", kind: "acl", nearest: "fast"),
        2, 22
      ),
      (
        table + track + "http-request deny if { sc_http_req_rate(0) gt x }",
        .badValue(setting: "gt", value: "x", expected: "one whole number"), 3, 47
      ),
      (
        table + track + "http-request deny if { sc_http_req_rate(0) gt }",
        .badValue(setting: "gt", value: "", expected: "one whole number"), 3, 44
      ),
      (
        table + track + "http-request deny if { sc_http_req_rate(0) more 5 }",
        .badValue(setting: "comparison", value: "more", expected: "gt, ge, lt, le, eq and a number"), 3, 44
      ),
      (
        table + track + "http-request deny if { sc_http_req_rate(0) gt 5",
        .syntax(found: "'{' without '}'", expected: "{ criterion values }"), 3, 22
      ),
      (
        table + track + "http-request deny fi { sc_http_req_rate(0) gt 5 }",
        .unknownWord("fi", kind: "word of http-request deny", nearest: "if"), 3, 19
      ),
      (
        table + track + "http-request deny deny_status 99 if { sc_http_req_rate(0) gt 5 }",
        .badValue(setting: "deny_status", value: "99", expected: "a status from 200 to 599"), 3, 31
      ),
      (
        "frontend fe\n" + table + "http-request track-sc0 src table fee",
        .unknownReference("fee", kind: "stick-table", nearest: "fe"), 3, 1
      ),
      ("frontend fe\n" + track, .unknownReference("fe", kind: "stick-table", nearest: nil), 2, 1),
      (
        table + "http-request deny if { src_http_req_rate(nope) gt 5 }",
        .unknownReference("nope", kind: "stick-table", nearest: nil), 2, 1
      ),
      (table + table, .contradiction("table '' is already declared, in line 1"), 2, 1),
      (
        "http-request track-sc3 src",
        .badValue(setting: "track-sc", value: "track-sc3", expected: "track-sc0 to track-sc2"), 1, 14
      ),
      ("http-request track-sc0", .missing(setting: "key", within: "track-sc0"), 1, 14),
      ("stick-table size 1m", .missing(setting: "type", within: "stick-table"), 1, 1),
      ("stick-table type ip", .missing(setting: "size", within: "stick-table"), 1, 1),
      (
        "stick-table type ipp size 1m", .unknownWord("ipp", kind: "type of stick-table", nearest: "ip"), 1, 18
      ),
      (
        "stick-table type ip size 0",
        .badValue(setting: "size", value: "0", expected: "a number of entries, at least 1, such as 100k"), 1,
        26
      ),
      (
        "stick-table type ip size 1m expire 60x",
        .badValue(setting: "expire", value: "60x", expected: "a time with us, ms, s, m, h or d, such as 10s"),
        1, 36
      ),
      (
        "stick-table type ip size 1m exipre 60s",
        .unknownWord("exipre", kind: "parameter of stick-table", nearest: "expire"), 1, 29
      ),
      (
        "stick-table type ip size 1m store http_req_rates(10s)",
        .unknownWord("http_req_rates", kind: "store of stick-table", nearest: "http_req_rate"), 1, 35
      ),
      (
        "stick-table type ip size 1m store http_req_rate",
        .badValue(setting: "http_req_rate", value: "", expected: "a period, such as http_req_rate(10s)"), 1,
        35
      ),
      (
        "stick-table type ip size 1m store http_req_rate(60d)",
        .badValue(setting: "http_req_rate", value: "60d", expected: "a period, such as http_req_rate(10s)"),
        1, 35
      ),
      ("acl a path \"/x", .syntax(found: "the end of the line", expected: "the closing quote"), 1, 12),
      ("http-request deny if", .syntax(found: "'if' at the end", expected: "a condition"), 1, 19),
      (
        "frontend fe\n.if x\nmode http",
        .syntax(found: "the end of the file", expected: ".endif for this .if"), 2, 1
      ),
      ("frontend fe\nfrontend fe", .contradiction("'fe' is already there, in line 1"), 2, 1),
      (
        "defaults web\nfrontend fe from wbe", .unknownReference("wbe", kind: "defaults", nearest: "web"), 2,
        13
      ),
      (
        "backend be\nserver s 192.0.2.1 maxconn many",
        .badValue(setting: "maxconn", value: "many", expected: "a whole number"), 2, 28
      ),
      (
        "stick-table type ip size 1m store conn_cur\n" + track
          + "http-request deny if { sc_conn_cur(0) gt 0 }",
        .badValue(
          setting: "conn_cur", value: "sc_conn_cur(0) gt 0",
          expected: "at least gt 1: this rejects every request"), 3, 1
      ),
    ] as [(String, ConfigurationError.Problem, Int, Int)])
  func errors(text: String, problem: ConfigurationError.Problem, line: Int, column: Int) {
    #expect(HAProxy.error(text) == ConfigurationError(problem, at: HAProxy.place(line, column)))
  }
}

import Gateways
import Testing
import Traffic

@Suite("HAProxy configurations") struct HAProxyVectorTests {
  private static let table = "stick-table type ip size 1m expire 60s store http_req_rate(10s),conn_cur\n"

  @Test("the whole model of a small configuration")
  func wholeModel() throws {
    let model = try HAProxy.reading(
      """
      defaults
        mode http
        timeout connect 5s
        timeout queue 250ms
      frontend fe
        bind :80
        stick-table type ip size 100k expire 30s store http_req_rate(10s)
        http-request track-sc0 src
        http-request deny deny_status 429 if { sc_http_req_rate(0) gt 100 }
        default_backend be
      backend be
        server s1 192.0.2.1:80 maxconn 30
      """
    ).model
    let deny = LimitRule(
      name: "fe sc_http_req_rate(0) gt 100", counter: 0, limiter: HAProxy.counter(100, .beforeJudging),
      status: 429,
      place: HAProxy.place(9, 3))
    let queue = LimitRule(
      name: "be/s1 maxconn 30", counter: 1,
      limiter: .concurrency(ConcurrencySettings(limit: 30, queue: .max, queueTimeout: 250_000)), status: 503,
      place: HAProxy.place(12, 3))
    #expect(
      model
        == GatewayModel(
          product: .haproxy,
          counters: [
            LimitCounter(
              name: "fe http_req_rate(10s)", key: .client,
              capacity: KeyCapacity(keys: 102_400, idle: Microseconds(30_000_000))),
            LimitCounter(name: "be/s1", key: .all),
          ],
          policies: [
            LimitPolicy(name: "http-request", cases: [LimitCase(stages: [LimitStage([deny])])]),
            LimitPolicy(name: "maxconn", cases: [LimitCase(stages: [LimitStage([queue])])]),
          ]))
  }

  @Test(
    "counting and judging in the order of the rules",
    arguments: [
      (
        "http-request track-sc0 src\nhttp-request deny if { sc_http_req_rate(0) gt 5 }",
        ["0: >5 beforeJudging"]
      ),
      (
        "http-request track-sc0 src\nhttp-request deny if { sc0_http_req_rate ge 5 }", ["0: >4 beforeJudging"]
      ),
      (
        "http-request track-sc0 src\nhttp-request deny if { sc_http_req_rate(0) 5: }", ["0: >4 beforeJudging"]
      ),
      ("http-request deny if { src_http_req_rate gt 5 }\nhttp-request track-sc0 src", ["0: >5 afterPassing"]),
      (
        "tcp-request connection track-sc0 src\nhttp-request deny if { src_http_req_rate gt 5 }",
        ["0: >5 beforeJudging"]
      ),
      (
        "http-request deny if { sc_http_req_rate(0) gt 5 }\ntcp-request content track-sc0 src",
        ["0: >5 beforeJudging"]
      ),
      (
        "http-request track-sc0 src\nhttp-request deny if { sc_http_req_rate(0) gt 5 }\nhttp-request tarpit if { sc_http_req_rate(0) gt 9 }",
        ["0: >5 beforeJudging", "0: >9 never"]
      ),
      (
        "http-request track-sc0 src\nhttp-request deny if { path_beg /a } { sc_http_req_rate(0) gt 5 }",
        ["0: count beforeJudging", "0: >5 never path prefix(\"/a\")"]
      ),
      (
        "http-request track-sc0 src if { path /a }\nhttp-request deny if { path /a } { sc_http_req_rate(0) gt 5 }",
        ["0: >5 beforeJudging path exact(\"/a\")"]
      ),
      (
        "http-request track-sc0 src\nhttp-request deny if { sc_http_req_rate(0) gt 5 } METH_POST or { sc_http_req_rate(0) gt 9 }",
        ["0: count beforeJudging", "0: >5 never method exact(\"POST\")", "0: >9 never"]
      ),
      (
        "acl api path_beg /a /b\nacl api path_end .json\nhttp-request track-sc0 src\nhttp-request deny unless !api or { sc_http_req_rate(0) gt 5 }",
        []
      ),
      (
        "acl api path_beg /a\nacl fast sc_http_req_rate(0) gt 5\nhttp-request track-sc0 src\nhttp-request deny if fast !api",
        ["0: count beforeJudging", "0: >5 never not path prefix(\"/a\")"]
      ),
      (
        "http-request track-sc0 src\nhttp-request track-sc1 hdr(x-k) table fe2\nhttp-request deny if { sc_http_req_rate(0) gt 5 }\nhttp-request deny if { sc_http_req_rate(1) gt 6 }",
        ["1: count beforeJudging", "0: >5 beforeJudging", "1: >6 never"]
      ),
      (
        "http-request track-sc0 src if { path /a } or { path /b }\nhttp-request deny if { sc_http_req_rate(0) gt 5 }",
        [
          "0: count beforeJudging path exact(\"/b\") not path exact(\"/a\")",
          "0: >5 beforeJudging path exact(\"/a\")", "0: >5 never path exact(\"/b\") not path exact(\"/a\")",
        ]
      ),
      (
        "http-request track-sc0 hdr(x-k) table fe2 if METH_POST\nhttp-request track-sc0 src\nhttp-request track-sc0 path\nhttp-request deny if { sc_http_req_rate(0) gt 5 }",
        [
          "1: count beforeJudging not method exact(\"POST\")", "0: >5 beforeJudging method exact(\"POST\")",
          "1: >5 never not method exact(\"POST\")",
        ]
      ),
      ("http-request track-sc0 src\nhttp-request deny if { sc_conn_cur(0) gt 5 }", ["0: 5 at a time"]),
      ("http-request deny if { src_conn_cur gt 5 }\nhttp-request track-sc0 src", ["0: 6 at a time"]),
      (
        "http-request deny if { src,table_http_req_rate(fe) gt 5 }\nhttp-request track-sc0 src",
        ["0: >5 afterPassing"]
      ),
      (
        "http-request allow if { src 10.0.0.0/8 }\nhttp-request track-sc0 src\nhttp-request deny if { sc_http_req_rate(0) gt 5 }",
        ["0: >5 beforeJudging not client prefix(\"10.\")"]
      ),
    ] as [(String, [String])])
  func order(rules: String, expected: [String]) throws {
    let reading = try HAProxy.reading(
      "frontend fe\n\(Self.table)\(rules)\nbackend fe2\nstick-table type string len 9 size 1k store http_req_rate(10s)"
    )
    #expect(HAProxy.rules(reading) == expected)
  }

  @Test(
    "statuses",
    arguments: [
      ("deny", 403), ("deny deny_status 429", 429), ("tarpit", 500), ("tarpit deny_status 429", 429),
      ("reject", 0),
      ("silent-drop", 0), ("return status 418 content-type text/plain string \"slow down\"", 418),
    ])
  func statuses(action: String, status: Int) throws {
    let model = try HAProxy.reading(
      "\(Self.table)http-request track-sc0 src\nhttp-request \(action) if { sc_http_req_rate(0) gt 5 }"
    ).model
    #expect(model.rules.map(\.status) == [status])
  }

  @Test(
    "keys",
    arguments: [
      ("src", .client), ("path", LimitKey([.column(.stored(.path))])),
      ("method", LimitKey([.column(.stored(.method))])),
      ("hdr(Host),lower", LimitKey([.column(.stored(.host))])),
      ("req.hdr(X-API-Key)", LimitKey([.header("x-api-key")], missing: .passes)),
      ("req.hdr(user-agent)", LimitKey([.column(.stored(.userAgent))], missing: .passes)),
      ("http_auth_user", LimitKey([.column(.stored(.consumer))], missing: .passes)),
      ("int(1)", .all), ("base32+src", LimitKey([.unlogged("base32+src")], missing: .passes)),
      ("src,ipmask(24)", LimitKey([.unlogged("src,ipmask(24)")], missing: .passes)),
    ] as [(String, LimitKey)])
  func keys(text: String, key: LimitKey) throws {
    let model = try HAProxy.reading(
      "\(Self.table)http-request track-sc0 \(text)\nhttp-request deny if { sc_http_req_rate(0) gt 5 }"
    ).model
    #expect(model.counters.map(\.key) == [key])
  }

  @Test(
    "periods",
    arguments: [
      ("10s", 10_000_000), ("500", 500_000), ("250ms", 250_000), ("1m", 60_000_000), ("1500us", 2000),
      ("1d", 86_400_000_000),
    ]
      as [(String, Int64)])
  func periods(text: String, period: Int64) throws {
    let model = try HAProxy.reading(
      """
      stick-table type ip size 1k store http_req_rate(\(text))
      http-request track-sc0 src
      http-request deny if { sc_http_req_rate(0) gt 5 }
      """
    ).model
    #expect(
      model.rules.map(\.limiter) == [
        .frequencyCounter(period: period, threshold: 5, counting: .beforeJudging)
      ])
  }

  @Test(
    "several frontends and backends are told apart by their names in the log; a backend reads what a frontend tracks"
  )
  func sections() throws {
    let reading = try HAProxy.reading(
      """
      backend t
        stick-table type ip size 1m store http_req_rate(10s)
      frontend a
        http-request track-sc0 src table t
      frontend b
        http-request track-sc0 src table t
        http-request deny if { sc_http_req_rate(0) gt 5 }
      backend x
        http-request deny if { sc_http_req_rate(0,t) gt 7 }
        server s 192.0.2.1:80 maxconn 3
      backend y
        server s1 192.0.2.1:80 maxconn 3
        server s2 192.0.2.2:80 maxconn 3
      frontend tcp
        mode tcp
        maxconn 10
      """)
    let policies = reading.model.policies
    #expect(policies.map(\.name) == ["http-request", "http-request of backends", "maxconn"])
    #expect(
      policies.map { $0.cases.map(\.match.conditions) } == [
        [[.init(.routeName, [.exact("a")])], [.init(.routeName, [.exact("b")])]],
        [[.init(.service, [.exact("x")])]],
        [[.init(.service, [.exact("x")])]],
      ])
    #expect(
      HAProxy.rules(reading) == [
        "0: count beforeJudging", "0: >5 beforeJudging", "0: >7 never", "1: 3 at a time",
      ])
    #expect(
      reading.ignored.filter { $0.remark.contains("balancing") }.map(\.place.line) == [12, 13])
  }

  @Test("what cannot be answered from a log is left out with the reason")
  func leftOut() throws {
    let reading = try HAProxy.reading(
      """
      stick-table type ip size 1m expire 15s store http_req_rate(10s),http_err_rate(10s),gpc0
      acl internal src -f internal.lst
      http-request track-sc0 src if !internal
      http-request deny if { sc_http_err_rate(0) gt 5 }
      http-request deny if { sc_http_req_rate(0) lt 5 }
      http-request deny if internal { sc_http_req_rate(0) gt 5 }
      http-request deny if { sc_conn_cur(0) gt 5 }
      http-request deny if { sc_http_req_rate(1) gt 5 }
      http-request set-header x y
      maxconn 100
      http-request deny if { sc_http_req_rate(0) gt 5 } !internal
      """)
    #expect(HAProxy.rules(reading) == ["0: >5 beforeJudging"])
    #expect(
      reading.ignored.map { "\($0.place.line) \($0.remark)" } == [
        "1 shorter than two periods of http_req_rate: idle counts are forgotten early",
        "1 shorter than two periods of http_err_rate: idle counts are forgotten early",
        "3 not in the log: no request is taken to be exempt",
        "4 left out: http_err_rate counts answers, not requests",
        "5 left out: 'sc_http_req_rate(0) lt 5' is no single 'more than'",
        "6 left out: it depends on 'src -f internal.lst', which is not in the log",
        "7 left out: table '' does not store conn_cur: it is always 0",
        "8 left out: nothing is tracked as sc1 before it",
        "9 changes requests, and does not reject them",
        "10 connections wait to be accepted, which the log does not show",
        "11 not in the log: no request is taken to be exempt",
      ])
  }

  @Test("without a mode the rules are read, and it is told that HAProxy would not")
  func noMode() throws {
    let text =
      "frontend fe\n\(Self.table)http-request track-sc0 src\nhttp-request deny if { sc_http_req_rate(0) gt 5 }"
    let reading = try HAProxy.reading(text)
    #expect(HAProxy.rules(reading) == ["0: >5 beforeJudging"])
    #expect(
      reading.ignored.contains {
        $0.remark.hasPrefix("HAProxy leaves http-request rules out without 'mode http'")
      })
    #expect(try HAProxy.reading("defaults\nmode tcp\n" + text).model.rules.isEmpty)
    #expect(
      try !HAProxy.reading("defaults\nmode http\n" + text).ignored.contains {
        $0.remark.contains("mode http")
      })
  }

  @Test(
    "conditions on what the log has",
    arguments: [
      ("path -i /A", "path regularExpression(\"^/A$\", ignoresCase: true)"),
      ("path,lower -m beg /a", "path prefix(\"/a\")"),
      ("path_sub a.b", "path regularExpression(\"a\\\\.b\", ignoresCase: false)"),
      ("path_dir api", "path regularExpression(\"(^|/)api(/|$)\", ignoresCase: false)"),
      ("path_reg ^/a[0-9]+$", "path regularExpression(\"^/a[0-9]+$\", ignoresCase: false)"),
      ("hdr(host) -i API.test", "host exact(\"api.test\")"),
      ("hdr_end(host) .test", "host suffix(\".test\")"),
      ("method POST PUT", "method exact(\"POST\"),exact(\"PUT\")"),
      ("src 192.0.2.0/24 10.1.0.0/16", "client prefix(\"192.0.2.\"),prefix(\"10.1.\")"),
      ("url_beg /a", "path prefix(\"/a\")"),
    ])
  func conditions(criterion: String, expected: String) throws {
    let reading = try HAProxy.reading(
      "\(Self.table)http-request track-sc0 src\nhttp-request deny if { sc_http_req_rate(0) gt 5 } { \(criterion) }"
    )
    #expect(HAProxy.rules(reading).last == "0: >5 never " + expected)
  }
}

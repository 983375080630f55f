import Gateways
import Testing
import Traffic

@Suite("nginx configurations") struct NginxVectorTests {
  @Test("the whole model of a small configuration")
  func wholeModel() throws {
    let model = try Nginx.model(
      """
      events {}
      http {
        limit_req_zone $binary_remote_addr zone=perip:10m rate=10r/s;
        limit_req_zone $http_x_api_key zone=perkey:1m rate=5r/m;
        limit_conn_zone $host zone=conns:32k;
        limit_req_status 429;
        server {
          listen 80;
          limit_req zone=perip burst=20 nodelay;
          limit_req zone=perkey burst=5 delay=3;
          limit_conn conns 7;
          limit_conn_dry_run on;
          location / { proxy_pass http://a; }
        }
      }
      """)
    let perip = LimitRule(
      name: "perip 10r/s burst=20 nodelay", counter: 0,
      limiter: Nginx.bucket(10_000, burst: 20, undelayed: .max),
      status: 429, place: Nginx.place(9, 5))
    let perkey = LimitRule(
      name: "perkey 5r/m burst=5 delay=3", counter: 1, limiter: Nginx.bucket(83, burst: 5, undelayed: 3),
      status: 429,
      place: Nginx.place(10, 5))
    let conns = LimitRule(
      name: "conns 7", counter: 2, limiter: .concurrency(ConcurrencySettings(limit: 7)), status: 503,
      isDryRun: true,
      place: Nginx.place(11, 5))
    let idle = Microseconds(60_000_000)
    #expect(
      model
        == GatewayModel(
          product: .nginx,
          counters: [
            LimitCounter(name: "perip", key: .client, capacity: KeyCapacity(keys: 80_000, idle: idle)),
            LimitCounter(
              name: "perkey", key: LimitKey([.header("x-api-key")], missing: .passes),
              capacity: KeyCapacity(keys: 8000, idle: idle)),
            LimitCounter(name: "conns", key: LimitKey([.column(.stored(.host))])),
          ],
          policies: [
            LimitPolicy(
              name: "limit_req",
              cases: [LimitCase(stages: [LimitStage([perip, perkey], joining: .allOrNothing)])]),
            LimitPolicy(name: "limit_conn", cases: [LimitCase(stages: [LimitStage([conns])])]),
          ]))
  }

  @Test(
    "rates as nginx computes them",
    arguments: [
      ("10r/s", 10_000), ("5r/m", 83), ("1r/m", 16), ("100r/m", 1666), ("60r/m", 1000), ("7", 7000),
      ("1000000000000r/s", 1_000_000_000_000_000),
    ] as [(String, Int64)])
  func rates(text: String, milliRate: Int64) throws {
    let model = try Nginx.model("limit_req_zone $remote_addr zone=a:1m rate=\(text); limit_req zone=a;")
    #expect(model.rules.map(\.limiter) == [Nginx.bucket(milliRate)])
  }

  @Test(
    "keys",
    arguments: [
      ("$binary_remote_addr", .client),
      ("$remote_addr", .client),
      ("${host}", LimitKey([.column(.stored(.host))])),
      ("$remote_user", LimitKey([.column(.stored(.consumer))], missing: .passes)),
      ("$http_x_foo", LimitKey([.header("x-foo")], missing: .passes)),
      ("$http_user_agent", LimitKey([.column(.stored(.userAgent))], missing: .passes)),
      ("$http_referer", LimitKey([.column(.stored(.referer))], missing: .passes)),
      ("$request_method", LimitKey([.column(.stored(.method))])),
      ("$request_uri", LimitKey([.column(.stored(.path))])),
      ("all", .all),
      ("\"\"", .all),
      ("$host$uri", LimitKey([.column(.stored(.host)), .column(.stored(.path))])),
      ("\"$remote_user $http_x_a\"", LimitKey([.column(.stored(.consumer)), .header("x-a")])),
      ("-$remote_user", LimitKey([.column(.stored(.consumer))])),
      ("$cookie_sid", LimitKey([.unlogged("$cookie_sid")], missing: .passes)),
    ] as [(String, LimitKey)])
  func keys(text: String, key: LimitKey) throws {
    let model = try Nginx.model("limit_req_zone \(text) zone=a:1m rate=1r/s; limit_req zone=a;")
    #expect(model.counters.map(\.key) == [key])
  }

  @Test("an inner level with own lines replaces all outer ones; status and dry run are inherited one by one")
  func inheritance() throws {
    let model = try Nginx.model(
      """
      limit_req_zone $remote_addr zone=a:1m rate=1r/s;
      limit_req_zone $remote_addr zone=b:1m rate=2r/s;
      limit_req zone=a; limit_req zone=b;
      limit_req_status 420;
      server {
        limit_req_dry_run on;
        location /own { limit_req zone=b burst=1; limit_req_status 429; }
        location /off { limit_req_dry_run off; }
      }
      """)
    let cases = try #require(model.policies.first).cases
    #expect(Nginx.cases(model) == ["path^/own -> b", "path^/off -> a b", "-> a b"])
    #expect(cases.map { $0.stages[0].rules.map(\.status) } == [[429], [420, 420], [420, 420]])
    #expect(cases.map { $0.stages[0].rules.map(\.isDryRun) } == [[true], [false, false], [true, true]])
  }

  @Test("a zone may be declared after its use, and one that nobody uses is no counter")
  func zoneOrder() throws {
    let reading = try Nginx.reading(
      "limit_req zone=a; limit_req_zone $host zone=b:1m rate=1r/s;\nlimit_req_zone $host zone=a:1m rate=1r/s;"
    )
    #expect(reading.model.counters.map(\.name) == ["a"])
    #expect(reading.ignored.map(\.remark) == ["no limit uses this zone"])
  }

  @Test("a key made by map is told, with the line, and that empty values exempt")
  func mapKeys() throws {
    let reading = try Nginx.reading(
      """
      geo $inside { default 0; 10.0.0.0/8 1; }
      map $inside $limit {
        0 $binary_remote_addr;
        1 "";
      }
      limit_req_zone $limit zone=a:1m rate=1r/s;
      limit_req zone=a;
      """)
    #expect(reading.model.counters[0].key == LimitKey([.unlogged("$limit")], missing: .passes))
    let note = try #require(reading.ignored.first { $0.setting == "$limit in the key of zone a" })
    #expect(note.place == Nginx.place(6, 1))
    #expect(
      note.remark == "it is made by map in line 2: all requests share one value; "
        + "requests for which it is empty are not limited by nginx, but are here")
  }

  @Test("a bare list of locations is read as a server's inside")
  func serverFragment() throws {
    #expect(try Nginx.model("server_name a; location /a { return 200; }").policies.isEmpty)
  }

  @Test("what was used and what was left is listed with its line")
  func notes() throws {
    let reading = try Nginx.reading(
      """
      http {
        include mime.types;
        limit_req_zone $remote_addr zone=a:1m rate=1r/s;
        limit_req_log_level warn;
        server {
          limit_rate 10k;
          limit_req zone=a burst=3;
          content_by_lua_block { if x then y = "}" end -- }
          }
          location @inner { limit_req zone=a; }
          location / { if ($bad) { return 403; } }
        }
      }
      """)
    #expect(reading.used.map(\.place.line) == [3, 7, 10])
    #expect(reading.used[1].setting == "limit_req zone=a burst=3")
    #expect(reading.used[1].remark == "1r/s and 3 more, spread out beyond 0")
    #expect(
      reading.ignored.map { "\($0.place.line) \($0.setting): \($0.remark)" } == [
        "2 include mime.types: no file was found",
        "4 limit_req_log_level warn: decides what is logged, not what is rejected",
        "6 limit_rate 10k: not about limits",
        "8 content_by_lua_block { … }: not about limits",
        "10 location @inner { … }: reached from inside only",
        "11 if ($bad) { … }: conditions are not followed",
      ])
  }

  @Test("a plain location inside of a regular expression is never found, and that is told")
  func unreachable() throws {
    let reading = try Nginx.reading(
      """
      limit_req_zone $host zone=a:1m rate=1r/s;
      server {
        location ~ /x {
          location /x/y { limit_req zone=a; }
        }
      }
      """)
    #expect(reading.model.policies.isEmpty)
    #expect(
      reading.ignored.map { "\($0.place.line) \($0.remark)" }
        == ["4 nginx does not look for plain locations inside of a regular expression"])
  }

  @Test("included files are read in place, and their lines are named")
  func includes() throws {
    let files = [
      "conf.d/*.conf": "server { include limits; location /b { include more; } }",
      "limits": "limit_req\n zone=a;",
      "more": "limit_req zone=a burst=2;",
    ]
    let model = try Nginx.model(
      "http { limit_req_zone $host zone=a:1m rate=1r/s; include conf.d/*.conf; }", files: files)
    #expect(model.rules.map(\.place) == [Nginx.place(1, 1, file: "more"), Nginx.place(1, 1, file: "limits")])
  }
}

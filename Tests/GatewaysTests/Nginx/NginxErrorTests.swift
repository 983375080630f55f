import Gateways
import Testing

/// Every one of these is refused by `nginx -t` too.
@Suite("nginx configurations that cannot be used") struct NginxErrorTests {
  private static let zone = "limit_req_zone $remote_addr zone=perip:1m rate=1r/s;\n"
  private static let conns = "limit_conn_zone $remote_addr zone=c:1m;\n"

  @Test(
    "one error that names place, expectation and nearest word",
    arguments: [
      (
        zone + "limit_rqe zone=perip;", .unknownWord("limit_rqe", kind: "directive", nearest: "limit_req"), 2,
        1
      ),
      (
        "limit_zone a $remote_addr 1m;",
        .unknownWord("limit_zone", kind: "directive", nearest: "limit_conn_zone"), 1, 1
      ),
      ("sever { }", .unknownWord("sever", kind: "directive", nearest: "server"), 1, 1),
      (
        zone + "server { locaton / { } }", .unknownWord("locaton", kind: "directive", nearest: "location"), 2,
        10
      ),
      (
        zone + "limit_req zone=perpi;",
        .unknownReference("perpi", kind: "zone of limit_req", nearest: "perip"), 2, 11
      ),
      (conns + "limit_conn d 1;", .unknownReference("d", kind: "zone of limit_conn", nearest: "c"), 2, 12),
      (
        zone + "limit_req zone=perip brust=3;",
        .unknownWord("brust=3", kind: "parameter of limit_req", nearest: "burst="), 2, 22
      ),
      (
        zone + "limit_req zone=perip burst=0;",
        .badValue(
          setting: "burst", value: "0", expected: "a whole number, at least 1 (leave burst out for none)"), 2,
        22
      ),
      (
        zone + "limit_req zone=perip burst=9223372036854775807;",
        .badValue(
          setting: "burst", value: "9223372036854775807",
          expected: "a whole number, at least 1 (leave burst out for none)"), 2, 22
      ),
      (
        zone + "limit_req zone=perip delay=x;",
        .badValue(
          setting: "delay", value: "x", expected: "a whole number, at least 1 (leave delay out for none)"), 2,
        22
      ),
      (zone + "limit_req burst=3;", .missing(setting: "zone=", within: "limit_req"), 2, 1),
      (
        zone + "limit_req zone=perip burst=1 delay=1 nodelay;",
        .contradiction("limit_req takes a zone, a burst, and either nodelay or delay"), 2, 1
      ),
      (
        zone + "limit_req zone=perip;\nlimit_req zone=perip;",
        .contradiction("zone 'perip' already limits this level, in line 2"), 3, 1
      ),
      (zone + zone, .contradiction("zone 'perip' is already declared, in line 1 of nginx.conf"), 2, 1),
      (conns + "limit_req zone=c;", .contradiction("zone 'c' is declared for another use, in line 1"), 2, 11),
      (
        conns + "limit_conn c 0;",
        .badValue(setting: "limit_conn", value: "0", expected: "a whole number from 1 to 65535"), 2, 14
      ),
      (
        conns + "limit_conn c 65536;",
        .badValue(setting: "limit_conn", value: "65536", expected: "a whole number from 1 to 65535"), 2, 14
      ),
      (conns + "limit_conn c;", .syntax(found: "limit_conn c", expected: "limit_conn zone number"), 2, 1),
      (
        "limit_req_zone $host zone=a:31k rate=1r/s;",
        .badValue(setting: "zone", value: "a:31k", expected: "at least 32k, eight pages of memory"), 1, 22
      ),
      (
        "limit_req_zone $host zone=a:1g rate=1r/s;",
        .badValue(setting: "zone", value: "a:1g", expected: "a size in bytes, k or m, such as 10m"), 1, 22
      ),
      (
        "limit_req_zone $host zone=a rate=1r/s;",
        .badValue(setting: "zone", value: "a", expected: "a name and a size, such as zone=perip:10m"), 1, 22
      ),
      ("limit_req_zone $host zone=a:1m;", .missing(setting: "rate=", within: "limit_req_zone"), 1, 1),
      ("limit_req_zone $host rate=1r/s;", .missing(setting: "zone=", within: "limit_req_zone"), 1, 1),
      (
        "limit_req_zone $host zone=a:1m rate=0r/s;",
        .badValue(setting: "rate", value: "0r/s", expected: "a whole number, at least 1, with r/s or r/m"), 1,
        32
      ),
      (
        "limit_req_zone $host zone=a:1m rate=1.5r/s;",
        .badValue(setting: "rate", value: "1.5r/s", expected: "a whole number, at least 1, with r/s or r/m"),
        1, 32
      ),
      (
        "limit_req_zone $host zone=a:1m rate=1r/h;",
        .badValue(setting: "rate", value: "1r/h", expected: "a whole number, at least 1, with r/s or r/m"), 1,
        32
      ),
      (
        "limit_req_zone $hots zone=a:1m rate=1r/s;",
        .unknownWord("$hots", kind: "variable", nearest: "$host"), 1, 16
      ),
      (
        "limit_req_zone $binary_remote_adr zone=a:1m rate=1r/s;",
        .unknownWord("$binary_remote_adr", kind: "variable", nearest: "$binary_remote_addr"), 1, 16
      ),
      (
        "limit_req_zone ${host zone=a:1m rate=1r/s;",
        .syntax(found: "'${host' in '${host'", expected: "'}' behind the name"), 1, 16
      ),
      (
        "limit_req_zone a$ zone=a:1m rate=1r/s;",
        .syntax(found: "'$' without a name in 'a$'", expected: "a variable such as $host"), 1, 16
      ),
      (
        "limit_req_status 399;",
        .badValue(setting: "limit_req_status", value: "399", expected: "a status from 400 to 599"), 1, 1
      ),
      (
        "limit_req_dry_run yes;",
        .badValue(setting: "limit_req_dry_run", value: "yes", expected: "on or off"), 1, 1
      ),
      (
        "limit_conn_status 429;\nlimit_conn_status 429;",
        .contradiction("limit_conn_status is already set at this level"), 2, 1
      ),
    ] as [(String, ConfigurationError.Problem, Int, Int)])
  func limits(text: String, problem: ConfigurationError.Problem, line: Int, column: Int) {
    #expect(Nginx.error(text) == ConfigurationError(problem, at: Nginx.place(line, column)))
  }

  @Test(
    "directives in the wrong place",
    arguments: [
      ("events {}\n" + zone, "limit_req_zone", "the top level", "http", 2, 1),
      ("http { server {\n" + zone + "} }", "limit_req_zone", "server", "http", 2, 1),
      ("server { if ($a) { limit_req zone=a; } }", "limit_req", "if", "http, server, location", 1, 20),
      (
        "server { location / { limit_except GET { limit_conn a 1; } } }", "limit_conn", "if",
        "http, server, location", 1, 42
      ),
      ("http { location / { } }", "location", "http", "server, location", 1, 8),
      ("server { server { } }", "server", "server", "http", 1, 10),
    ])
  func contexts(text: String, name: String, found: String, expected: String, line: Int, column: Int) {
    #expect(
      Nginx.error(text)
        == ConfigurationError(
          .syntax(found: "\(name) in \(found)", expected: "\(name) in \(expected)"),
          at: Nginx.place(line, column)))
  }

  @Test(
    "broken syntax",
    arguments: [
      ("http {\n  server {\n}", "the end of the file", "'}' that closes 'http'", 1, 1),
      ("http { } }", "'}'", "a directive or the end of the file", 1, 10),
      ("http { a; ; }", "';'", "a directive", 1, 11),
      ("{ }", "'{'", "a directive", 1, 1),
      ("http { limit_req zone=a }", "'}'", "';' after 'limit_req zone=a'", 1, 25),
      ("limit_req zone=a", "the end of the file", "';' after 'limit_req zone=a'", 1, 1),
      ("a \"b\"c;", "text right behind a closing quote", "a blank, ';' or '{'", 1, 6),
      ("a 'b;\n", "the end of the file", "the closing '", 1, 3),
      ("http { x_by_lua_block { '}' }", "the end of the file", "'}' that closes 'http'", 1, 1),
      ("http { x_by_lua_block { [[ } ]] \n", "the end of the file", "'}' that closes 'x_by_lua_block'", 1, 8),
      ("server;", "';' after 'server'", "'{'", 1, 1),
      ("limit_req a { }", "'{' after limit_req", "';'", 1, 1),
      ("server { listen 80\nlimit_req zone=a; }", "limit_req in the words of listen", "';' before it", 2, 1),
      ("server { listen 80; ~ /a { } }", "'~'", "a directive (is a ';' missing or too many?)", 1, 21),
      ("server { server_name a { } }", "'{' after server_name", "';'", 1, 10),
    ])
  func syntax(text: String, found: String, expected: String, line: Int, column: Int) {
    #expect(
      Nginx.error(text)
        == ConfigurationError(.syntax(found: found, expected: expected), at: Nginx.place(line, column)))
  }

  @Test(
    "locations and servers that nginx refuses",
    arguments: [
      ("location /a { location /b { } }", "location '/b' is outside of location '/a'"),
      ("location = /a { location /a/b { } }", "location '/a/b' cannot be inside the exact location '/a'"),
      ("location @x { location /y { } }", "location '/y' cannot be inside the named location '@x'"),
      ("location /a { location @n { } }", "the named location '@n' can stand in a server only"),
      ("location /a { } location ^~ /a { }", "location '/a' is already there, in line 1"),
    ])
  func locations(text: String, why: String) {
    #expect(Nginx.error("server { \(text) }")?.problem == .contradiction(why))
  }

  @Test("a location with a wrong modifier, or an expression that does not compile")
  func badLocations() {
    #expect(
      Nginx.error("server { location / /a { } }")?.problem
        == .badValue(setting: "location", value: "/", expected: "=, ^~, ~ or ~* before '/a'"))
    #expect(
      Nginx.error("server { location ~ ( { } }")?.problem
        == .badValue(
          setting: "regular expression", value: "(", expected: "a regular expression that can be compiled"))
    #expect(
      Nginx.error("server { listen 80 default_server; }\nserver { listen *:80 default_server; }")
        == ConfigurationError(
          .contradiction("*:80 has a default server already, in line 1"), at: Nginx.place(2, 1)))
  }

  @Test("a file that includes itself, at once or through others")
  func cycles() {
    let files = ["a": "include b;", "b": "include a;"]
    #expect(
      Nginx.error("http { include a; }", files: files)
        == ConfigurationError(.contradiction("'a' includes itself"), at: Nginx.place(1, 1, file: "b")))
    #expect(
      Nginx.error("include nginx.conf;", files: ["nginx.conf": ""])?.problem
        == .contradiction("'nginx.conf' includes itself"))
  }

  @Test("an error in an included file names that file")
  func includedError() {
    #expect(
      Nginx.error("http { include x; }", files: ["x": "\nlimit_req zone=q;"])
        == ConfigurationError(
          .unknownReference("q", kind: "zone of limit_req", nearest: nil), at: Nginx.place(2, 11, file: "x")))
  }
}

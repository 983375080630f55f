import Gateways
import Testing

@Suite("nginx servers and locations") struct NginxCaseTests {
  private static let zones =
    (["a", "b", "c", "d", "e"].map { "limit_req_zone $host zone=\($0):1m rate=1r/s;" }).joined()

  private func cases(_ text: String) throws -> [String] { try Nginx.cases(Nginx.model(Self.zones + text)) }

  @Test("exact, then ^~, then regular expressions in order, then the longest prefix")
  func precedence() throws {
    let cases = try cases(
      """
      server {
        location /a/ { limit_req zone=a; }
        location /a/long/ { limit_req zone=b; }
        location ~ \\.php$ { limit_req zone=c; }
        location ^~ /static/ { limit_req zone=d; }
        location ~* \\.PNG$ { limit_req zone=e; }
        location = /a/exact { limit_req zone=b; }
      }
      """)
    #expect(
      cases == [
        "path=/a/exact -> b", "path^/static/ -> d", "path~\\.php$ -> c", "path~*\\.PNG$ -> e",
        "path^/a/long/ -> b",
        "path^/a/ -> a",
      ])
  }

  @Test("a zone by $server_name counts every server for itself, and nobody where the server has no name")
  func serverName() throws {
    let model = try Nginx.model(
      """
      limit_req_zone $server_name zone=site:1m rate=10r/s;
      server { server_name a.test www.a.test; limit_req zone=site; }
      server { server_name b.test; limit_req zone=site; }
      server { listen 81; limit_req zone=site; }
      """)
    let used = Set(model.rules.map { model.counters[$0.counter].name })
    #expect(used == ["site of a.test", "site of b.test"])
    #expect(model.counters.allSatisfy { $0.key == .all })
  }

  @Test("a longer plain prefix takes paths back from a ^~ prefix, and regular expressions then apply")
  func plainInsideBeating() throws {
    let cases = try cases(
      """
      server {
        location ^~ /s/ { limit_req zone=a; }
        location /s/api/ { limit_req zone=b; }
        location ~ x { limit_req zone=c; }
      }
      """)
    #expect(cases == ["path^/s/api/ path~x -> c", "path^/s/api/ -> b", "path^/s/ -> a", "path~x -> c"])
  }

  @Test("nested locations: inner regular expressions first, then outer ones, then the inner prefix")
  func nested() throws {
    let cases = try cases(
      """
      server {
        location /a/ {
          limit_req zone=a;
          location /a/b/ { limit_req zone=b; }
          location ~ in { limit_req zone=c; }
        }
        location ~ out { limit_req zone=d; location ~ deep { limit_req zone=e; } }
      }
      """)
    #expect(
      cases == [
        "path^/a/ path~in -> c", "path^/a/ path~out path~deep -> e", "path^/a/ path~out -> d",
        "path^/a/b/ -> b",
        "path^/a/ -> a", "path~out path~deep -> e", "path~out -> d",
      ])
  }

  @Test("locations that inherit the server's limits need no case of their own")
  func sharedLimits() throws {
    let cases = try cases(
      "server { limit_req zone=a; location / {} location = /x {} location ~ y {} location /z/ { location /z/z {} } }"
    )
    #expect(cases == ["-> a"])
  }

  @Test("a location that answers at once, or is internal, is not limited")
  func answers() throws {
    let cases = try cases(
      "server { limit_req zone=a; location /ok { return 200; } location /in { internal; } location /x { limit_req zone=b; } }"
    )
    #expect(cases == ["path^/ok ->", "path^/in ->", "path^/x -> b", "-> a"])
    #expect(
      try self.cases("server { limit_req zone=a; return 301 /; location / { limit_req zone=b; } }") == [])
  }

  @Test("one server needs no host, several do; the first or default_server takes the rest")
  func hosts() throws {
    #expect(try cases("server { server_name a.test; limit_req zone=a; }") == ["-> a"])
    let two =
      "server { server_name a.test; limit_req zone=a; } server { server_name b.test; limit_req zone=b; }"
    #expect(try cases(two) == ["host=b.test -> b", "-> a"])
    let second = two.replacing("server_name b.test;", with: "server_name b.test; listen 80 default_server;")
    #expect(try cases(second) == ["host=a.test -> a", "-> b"])
  }

  @Test(
    "host names by precedence: exact, the longest leading wildcard, the longest trailing one, the first expression"
  )
  func hostPrecedence() throws {
    let cases = try cases(
      """
      server { server_name _; }
      server { server_name ~^www; limit_req zone=a; }
      server { server_name www.*; limit_req zone=b; }
      server { server_name *.test; limit_req zone=c; }
      server { server_name .long.test; limit_req zone=d; }
      server { server_name WWW.long.test; limit_req zone=e; }
      """)
    #expect(
      cases == [
        "host=long.test -> d", "host=www.long.test -> e", "host$.long.test -> d", "host$.test -> c",
        "host^www. -> b",
        "host~*^www -> a",
      ])
  }

  @Test(
    "a redirect on another port does not hide the server that limits; others that cannot be told apart are noted"
  )
  func ports() throws {
    let redirect = """
      server { listen 80; server_name a.test; return 301 https://$host$request_uri; }
      server { listen 443 ssl; server_name a.test; limit_req zone=a; }
      """
    #expect(try cases(redirect) == ["-> a"])
    let reading = try Nginx.reading(
      Self.zones + "\nserver { listen 81; limit_req zone=a; }\nserver { listen 82; limit_req zone=b; }")
    #expect(Nginx.cases(reading.model) == ["-> a"])
    #expect(
      reading.ignored.contains {
        $0.place.line == 3
          && $0.remark == "by its host it cannot be told from the server in line 2, whose limits are applied"
      })
  }

  @Test("limits of requests and of connections are told apart case by case")
  func policies() throws {
    let model = try Nginx.model(
      Self.zones
        + "limit_conn_zone $host zone=n:1m; server { limit_conn n 5; location /a { limit_req zone=a; } location /b { limit_conn n 6; } }"
    )
    #expect(Nginx.cases(model) == ["path^/a -> a"])
    #expect(Nginx.cases(model, "limit_conn") == ["path^/b -> n", "-> n"])
  }
}

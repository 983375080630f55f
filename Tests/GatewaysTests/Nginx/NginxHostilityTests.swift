import Gateways
import TestSupport
import Testing

@Suite("nginx reader under hostile input") struct NginxHostilityTests {
  private static let text = """
    http { # comment
      limit_req_zone $http_x_a$host zone=a:1m rate=10r/s; limit_conn_zone "$remote_addr" zone=c:1m;
      map $x $y { default ''; }
      server { server_name .a.test ~^b; listen [::]:80; limit_req zone=a burst=3 delay=2; return 200;
        content_by_lua_block { x = [==[ } ]==] --[[ } ]] }
        location ~* "^/(?<n>x{2})" { limit_conn c 3; location ~ \\.php$ { } } }
    }
    """

  @Test("every truncation and every flipped byte ends in a reading or an error", arguments: [1, 2] as [UInt64])
  func damaged(seed: UInt64) {
    #expect(Nginx.error(Self.text) == nil)
    Nginx.probe.expectNoTrap(Self.text, seed: seed, rounds: 2_000)
  }

  @Test("endless nesting, endless lines and hundreds of locations come to an end")
  func large() {
    #expect(Nginx.error(String(repeating: "a{", count: 100_000)) != nil)
    #expect(Nginx.error(String(repeating: "x_by_lua_block{", count: 10_000)) != nil)
    #expect(Nginx.error("http { " + String(repeating: "a b;", count: 50_000) + "}") == nil)
    let zone = "limit_req_zone $host zone=a:1m rate=1r/s; "
    let many = (0..<300).map { "location /\($0)/ { limit_req zone=a burst=\($0 + 1); }" }.joined()
    #expect((try? Nginx.model("\(zone) server { \(many) }"))?.policies.first?.cases.count == 300)
    let nested = (0..<200).map { "location /\($0)/ { location /\($0)/x { } } location ~ ^\($0) { }" }.joined()
    #expect(Nginx.error("server { \(nested) }") != nil)
  }
}

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

  @Test("every truncation ends in a reading or an error")
  func truncations() {
    let bytes = Array(Self.text.utf8)
    for count in 0..<bytes.count { _ = Nginx.error(String(decoding: bytes[..<count], as: UTF8.self)) }
  }

  @Test("every flipped byte ends in a reading or an error", arguments: [1, 2] as [UInt64])
  func flips(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let bytes = Array(Self.text.utf8)
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= UInt8.random(in: 1...255, using: &random)
      _ = Nginx.error(String(decoding: flipped, as: UTF8.self))
    }
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

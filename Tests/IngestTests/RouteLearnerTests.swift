import Store
import Testing

@testable import Ingest

@Suite("Learning routes from templates") struct RouteLearnerTests {
  func routes(_ evidence: [(String, Int64, Int64)]) -> [String: String] {
    RouteLearner().learn(evidence.map { .init(template: $0.0, requests: $0.1, unmatched: $0.2) })
      .mapValues(\.route)
  }

  @Test("a template's own variables make its route; the query is no part of it") func names() {
    let routes = routes([
      ("/users/{int}/orders?x={int}", 10, 0), ("/users/{int}/orders/{int}", 5, 0), ("/i/SKU-{id}", 3, 0),
      ("/x{matrix}/y", 1, 0), ("/", 2, 0), ("*", 1, 0), ("/v2/oauth2/token", 9, 0), ("/s3/bucket", 9, 0),
    ])
    #expect(routes["/users/{int}/orders?x={int}"] == "/users/{id}/orders")
    #expect(routes["/users/{int}/orders/{int}"] == "/users/{id}/orders/{id2}")
    #expect(routes["/i/SKU-{id}"] == "/i/sku-{id}")
    #expect(routes["/x{matrix}/y"] == "/x/y")
    #expect(routes["/"] == "/")
    #expect(routes["*"] == "*")
    #expect(routes["/v2/oauth2/token"] == "/v2/oauth2/token")
    #expect(routes["/s3/bucket"] == "/s3/bucket")
  }

  @Test("what never reached a route is one bucket") func scanners() {
    let routes = routes([("/wp-login.php", 7, 7), ("/.env", 3, 3), ("/users/{int}", 100, 40)])
    #expect(routes["/wp-login.php"] == "{unmatched}")
    #expect(routes["/.env"] == "{unmatched}")
    #expect(routes["/users/{int}"] == "/users/{id}")
  }

  @Test("many rare siblings are one variable; a frequent word with other children stays") func collapse() {
    var evidence = (0..<60).map { ("/users/name\(Self.word($0))/profile", Int64(2), Int64(0)) }
    evidence += [("/users/search", 500, 0), ("/users/me/settings", 400, 0)]
    let routes = routes(evidence)
    #expect(routes["/users/name\(Self.word(7))/profile"] == "/users/{var}/profile")
    #expect(routes["/users/search"] == "/users/search")
    #expect(routes["/users/me/settings"] == "/users/me/settings")
  }

  @Test("forty siblings or fewer stay themselves") func few() {
    let routes = routes((0..<39).map { ("/shop/\(Self.word($0))", 1, 0) })
    #expect(routes["/shop/\(Self.word(3))"] == "/shop/\(Self.word(3))")
  }

  @Test("a hash without digits joins its siblings") func digitlessHash() {
    let routes = routes([("/h/{hash}", 2000, 0), ("/h/caffcdaf", 1, 0), ("/h/about", 30, 0)])
    #expect(routes["/h/caffcdaf"] == "/h/{hash}")
    #expect(routes["/h/about"] == "/h/about")
  }

  @Test("a hash of digits joins its siblings, with what is below it; numbers among few hashes stay") func digitsOnlyHash() {
    let routes = routes([
      ("/carts/{hash}", 700, 0), ("/carts/{hash}/items/{int}", 500, 0), ("/carts/{int}", 2, 0),
      ("/carts/{int}/items/{int}", 3, 0), ("/users/{hash}", 30, 0), ("/users/{int}", 900, 0),
    ])
    #expect(routes["/carts/{int}"] == "/carts/{hash}")
    #expect(routes["/carts/{int}/items/{int}"] == "/carts/{hash}/items/{id}")
    #expect(routes["/users/{int}"] == "/users/{id}" && routes["/users/{hash}"] == "/users/{hash}")
  }

  @Test("the order of the evidence does not matter") func order() {
    let evidence = (0..<120).map { RouteLearner.Evidence(template: "/a/\(Self.word($0))/x", requests: Int64($0 % 5 + 1), unmatched: 0) }
    #expect(RouteLearner().learn(evidence) == RouteLearner().learn(evidence.reversed()))
  }

  /// A different word for every number, letters only.
  static func word(_ number: Int) -> String {
    String(String(number + 1000).map { Character(UnicodeScalar(UInt8(ascii: "a") + UInt8($0.wholeNumberValue!))) })
  }
}

import Foundation
import Gateways
import TestSupport
import Testing

@Suite(
  "HAProxy files of real projects",
  .enabled(if: SharedFolder.isPresent, ReaderProbe.absence))
struct HAProxyRealFileTests {
  private func reading(_ name: String) throws -> GatewayReading {
    try HAProxy.probe.reading(try ReaderProbe.realFile("haproxy/\(name)"), file: name)
  }

  @Test("the project's examples read; servers with maxconn among others are told")
  func examples() throws {
    let edge = try reading("basic-config-edge.cfg")
    #expect(edge.model.rules.isEmpty)
    #expect(
      edge.ignored.filter { $0.remark.hasPrefix("maxconn left out") }.map(\.place.line) == [
        128, 129, 130, 131,
      ])
    #expect(edge.ignored.contains { $0.place.line == 73 && $0.remark.hasPrefix("not evaluated") })
    #expect(try reading("content-sw-sample.cfg").model.rules.isEmpty)
    #expect(try reading("option-http_proxy.cfg").model.rules.isEmpty)
  }
}

@Suite("HAProxy reader under hostile input") struct HAProxyHostilityTests {
  private static let text = """
    global
      tune.stick-counters 5 # comment
    defaults web
      mode http
    frontend fe from web
      acl a path_beg -i "/x y" '/z' \\#
      acl a hdr(host),lower -m reg ^a(b|c)+$
      .if x
      stick-table type string len 32 size 1m expire 10s store http_req_rate(10s),gpc_rate(2,1s),conn_cur
      .endif
      http-request track-sc4 req.hdr(x),lower table fe if !a or { src 10.0.0.0/8 }
      http-request deny deny_status 429 hdr a b unless { sc_http_req_rate(4,fe) le 5 } || !a ! { path,table_conn_cur(fe) gt 3 }
    backend be
      server s1 192.0.2.1:80 minconn 3 maxconn 3
    """

  @Test("every truncation and every flipped byte ends in a reading or an error", arguments: [1, 2] as [UInt64])
  func damaged(seed: UInt64) {
    #expect(HAProxy.error(Self.text) == nil)
    HAProxy.probe.expectNoTrap(Self.text, seed: seed, rounds: 2_000)
  }

  @Test("conditions that multiply end in an error")
  func multiplying() {
    let acls = (0..<12).map { "acl a\($0) path /a\nacl a\($0) method GET\n" }.joined()
    let all = (0..<12).map { "a\($0)" }.joined(separator: " ")
    #expect(
      HAProxy.error(acls + "http-request deny if " + all)?.problem
        == .unsupported(feature: "a condition of more than 64 alternatives", instead: "several rules"))
  }
}

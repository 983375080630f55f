import Testing
import Traffic

@testable import Formats

/// Reads one line and gives its columns as text.
func columns(_ line: String, _ format: any LogFormat) -> [String: String] {
  let parsed = ParsedLine(Array(line.utf8), format)
  guard parsed.batch.count == 1 else {
    Issue.record("\(format.name): \(parsed.batch.rejected) \(line)")
    return [:]
  }
  var values: [String: String] = [:]
  for column in RequestColumn.allCases { values[column.name] = parsed.batch.text(column, row: 0) }
  return values
}

@Suite("Envoy and Istio text")
struct EnvoyTextTests {
  static let head = #"[2026-11-22T07:34:43.069Z] "GET /a HTTP/1.1" 200 -"#
  static let tail =
    #"0 10 14 12 "192.0.2.2" "demo" "afd9" "api.example.test:80" "127.0.0.1:18102" outbound|8080|v1|orders.shop.svc 127.0.0.1:1 127.0.0.1:2 10.0.0.9:48142 sni.test r_main"#

  @Test(
    "every Istio release is read alike, whatever stands between flags and numbers",
    arguments: [
      #""-""#, #""-" "-""#, #""-" "a b""#, #""TLS error: 268435581:SSL routines""#, #"via_upstream - "-""#,
      #"via_upstream connection_closed "delayed_connect_error:_111""#,
    ])
  func releases(middle: String) {
    let values = columns("\(Self.head) \(middle) \(Self.tail)", EnvoyText(variant: .istio))
    let expected = [
      "arrival": "1795332883069000", "duration": "14000", "upstream_duration": "12000", "status": "200", "bytes_in": "0",
      "bytes_out": "10", "client": "10.0.0.9", "method": "GET", "host": "api.example.test", "route_name": "r_main",
      "service": "orders.shop.svc", "upstream": "127.0.0.1:18102", "user_agent": "demo", "path": "/a", "outcome": "ok",
      "protocol": "HTTP/1.1",
    ]
    for (name, value) in expected { #expect(values[name] == value, "\(name)") }
  }

  @Test("a suffix behind the route, and none at all, are borne")
  func suffix() {
    let longer = columns("\(Self.head) via_upstream - \"-\" \(Self.tail) extra more", EnvoyText(variant: .istio))
    #expect(longer["route_name"] == "r_main")
    let shorter = Self.tail.replacing(" r_main", with: "")
    #expect(columns("\(Self.head) \"-\" \(shorter)", EnvoyText(variant: .istio))["service"] == "orders.shop.svc")
  }

  @Test("the two variants do not read each other's lines")
  func variants() {
    let plain = #"\#(Self.head) 0 10 14 12 "192.0.2.2" "demo" "afd9" "h" "127.0.0.1:1""#
    #expect(columns(plain, EnvoyText(variant: .envoy))["client"] == "192.0.2.2")
    #expect(ParsedLine(Array(plain.utf8), EnvoyText(variant: .istio)).batch.count == 0)
    let istio = "\(Self.head) via_upstream - \"-\" \(Self.tail)"
    #expect(ParsedLine(Array(istio.utf8), EnvoyText(variant: .envoy)).batch.count == 0)
  }

  @Test("a gRPC call and an upgraded stream are told by path and status")
  func protocols() {
    let rest = #" - 0 10 14 12 "-" "grpc-go" "afd9" "h" "127.0.0.1:1""#
    let call = #"[2026-11-22T07:34:43.069Z] "POST /shop.v1.Stock/Get HTTP/2" 200"# + rest
    #expect(columns(call, EnvoyText(variant: .envoy))["protocol"] == "gRPC")
    let stream = #"[2026-11-22T07:34:43.069Z] "GET /ws HTTP/1.1" 101"# + rest
    #expect(columns(stream, EnvoyText(variant: .envoy))["protocol"] == "WebSocket")
    let tcp = #"[2026-11-22T07:34:43.069Z] "- - -" 0 - 10 20 14 - "-" "-" "-" "-" "127.0.0.1:1""#
    #expect(columns(tcp, EnvoyText(variant: .envoy))["protocol"] == "TCP")
  }

  @Test(
    "flags and details decide the outcome",
    arguments: [
      ("UH", 503, "no_healthy_upstream", Outcome.noUpstream), ("URX,UF", 503, "", .upstreamConnect),
      ("UO", 503, "", .overload), ("NR", 404, "route_not_found", .localReply), ("NC", 503, "", .noUpstream),
      ("DC", 0, "downstream_remote_disconnect", .clientAbort), ("UT", 504, "response_timeout", .upstreamTimeout),
      ("UC", 503, "upstream_reset_before_response_started{connection_termination}", .upstreamReset),
      ("UC", 200, "upstream_reset_after_response_started{connection_termination}", .truncated), ("UC", 101, "", .ok),
      ("UC", 200, "", .truncated), ("UC", 503, "", .upstreamReset), ("UPE", 502, "", .upstreamProtocol),
      ("UPE", 200, "", .truncated), ("RL", 429, "local_rate_limited", .rateLimited), ("RLSE", 500, "", .internal),
      ("UAEX", 403, "", .denied), ("IH", 400, "", .clientProtocol), ("SI", 408, "", .clientTimeout),
      ("SI", 504, "", .upstreamTimeout), ("DPE", 400, "", .clientProtocol), ("UMSDR", 504, "", .upstreamTimeout),
      ("OM", 503, "", .overload), ("DF", 503, "", .upstreamConnect), ("DO", 503, "", .overload),
      ("UDO", 503, "", .overload), ("DR", 0, "", .clientAbort), ("LR", 503, "", .upstreamReset),
      ("UR", 503, "", .upstreamReset), ("FI", 503, "", .denied), ("DI", 200, "via_upstream", .ok),
      ("LH", 503, "", .localReply), ("DT", 408, "", .clientTimeout), ("NFCF", 500, "", .internal),
      ("RFCF", 200, "", .ok), ("NoHealthyUpstream", 503, "", .noUpstream), ("-", 200, "via_upstream", .ok),
      ("-", 500, "via_upstream", .ok), ("-", 301, "direct_response", .localReply), ("-", 403, "rbac_access_denied", .denied),
      ("-", 408, "", .clientTimeout), ("-", 400, "http1.codec_error", .clientProtocol),
    ])
  func outcomes(flags: String, status: Int64, details: String, expected: Outcome) {
    let ending = EnvoyEnding(
      flags: with(flags) { EnvoyFlags($0, 0, $1) }, status: status, details: with(details) { EnvoyDetails($0, 0, $1) },
      hasUpstream: true)
    #expect(ending.outcome == expected)
  }

  private func with<R>(_ text: String, _ body: (UnsafePointer<UInt8>, Int) -> R) -> R {
    let bytes = Array(text.utf8) + [0]
    return bytes.withUnsafeBufferPointer { body($0.baseAddress!, $0.count - 1) }
  }

  @Test("limits and cache hits are told by their flags")
  func verdicts() {
    func ending(_ flags: String, _ status: Int64, hasUpstream: Bool) -> EnvoyEnding {
      EnvoyEnding(
        flags: with(flags) { EnvoyFlags($0, 0, $1) }, status: status, details: .unknown, hasUpstream: hasUpstream)
    }
    #expect(ending("RL", 429, hasUpstream: false).limit == .rejected)
    #expect(ending("RLSE", 500, hasUpstream: false).limit == .error)
    #expect(ending("-", 429, hasUpstream: false).limit == .inferredRejected)
    #expect(ending("-", 429, hasUpstream: true).limit == nil)
    #expect(ending("RFCF", 200, hasUpstream: false).cache == .hit)
    #expect(ending("-", 200, hasUpstream: true).cache == nil)
  }
}

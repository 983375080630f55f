import Testing
import Traffic

@testable import Formats

@Suite("Envoy and HAProxy format strings")
struct GatewayFormatStringTests {
  /// Reads the lines by two formats and compares every column of every row.
  private func expectSameRows(
    _ bytes: [UInt8], _ a: any LogFormat, _ b: any LogFormat, except: Set<RequestColumn> = []
  ) {
    func read(_ format: any LogFormat) -> [[String: String]] {
      var batch = RequestBatch(capacity: 4096)
      bytes.withUnsafeBufferPointer { _ = format.parse($0, from: LinePosition(), into: &batch) }
      #expect(batch.rejected.isEmpty, "\(format.name): \(batch.rejected.prefix(3))")
      return (0..<batch.count).map { row in
        var values: [String: String] = [:]
        for column in RequestColumn.allCases where !except.contains(column) {
          values[column.name] = batch.text(column, row: row)
        }
        return values
      }
    }
    let (first, second) = (read(a), read(b))
    #expect(first.count == second.count && !first.isEmpty)
    for (row, pair) in zip(first, second).enumerated() {
      for key in Set(pair.0.keys).union(pair.1.keys) {
        #expect(pair.0[key] == pair.1[key], "row \(row) \(key)")
      }
    }
  }

  @Test(
    "Envoy's default string compiled reads what the hand-written format reads",
    .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
  func envoyDefault() throws {
    let bytes = try SharedSamples.bytes("envoy-default.log")
    // Only the hand-written format takes the client from X-Forwarded-For and knows what a service time implies.
    expectSameRows(
      bytes, EnvoyText(variant: .envoy), try EnvoyFormatString.template(EnvoyFormatString.defaultString),
      except: [.client, .upstreamStatus])
  }

  static let http =
    "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %{+Q}r"
  static let clf =
    #"%{+Q}o %{-Q}ci - - [%trg] %r %ST %B \"\" \"\" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl"#

  @Test(
    "HAProxy's httplog string compiled reads what the hand-written format reads",
    .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
  func haproxyHTTP() throws {
    let compiled = try FormatTemplate(
      name: "haproxy", summary: "", basis: .start, rules: .haproxy, tokens: try HAProxyFormatString.tokens(Self.http))
    expectSameRows(try SharedSamples.bytes("haproxy-http.log"), HAProxyText(variant: .http), compiled)
  }

  @Test(
    "HAProxy's CLF string compiled reads what the hand-written format reads",
    .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
  func haproxyCLF() throws {
    let compiled = try HAProxyFormatString.compile(Self.clf)
    expectSameRows(try SharedSamples.bytes("haproxy-clf.log"), HAProxyCLF(), compiled, except: [.arrival])
  }

  @Test("dialects are told by their variables")
  func dialects() {
    #expect(FormatStrings.guess(EnvoyFormatString.defaultString) == .envoy)
    #expect(FormatStrings.guess(Self.http) == .haproxy)
    #expect(FormatStrings.guess(Self.clf) == .haproxy)
    #expect(FormatStrings.guess(#"%h %l %u %t "%r" %>s %b"#) == .apache)
    #expect(FormatStrings.guess("$remote_addr [$time_local]") == .nginx)
    #expect(FormatStrings.guess("hello") == nil)
  }

  @Test("default strings become the formats that know their optional parts")
  func defaults() throws {
    #expect(try FormatStrings.compile(EnvoyFormatString.defaultString + "\\n").name == "envoy-default")
    let httplog = "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r"
    #expect(try FormatStrings.compile(httplog).name == "haproxy-http")
    #expect(try FormatStrings.compile(httplog + " %[fc_err]/%[ssl_fc_err,hex]").name == "haproxy-https")
  }

  @Test(
    "broken strings are refused with a place",
    arguments: [
      ("%START_TIME", FormatDialect.envoy, 11), ("%START_TIME(%s", .envoy, 11), ("[%]", .envoy, 1), ("%tr %xy", .haproxy, 4),
      ("%tr %{+Q", .haproxy, 5), ("%tr %[src", .haproxy, 5), ("%", .haproxy, 0),
    ])
  func broken(string: String, dialect: FormatDialect, position: Int) {
    #expect {
      _ = try FormatStrings.compile(string, dialect: dialect)
    } throws: { error in
      (error as? FormatStringError)?.position == position
    }
  }

  @Test("a custom Envoy string fills the columns it names")
  func customEnvoy() throws {
    let string =
      "%START_TIME(%s.%6f)% %DOWNSTREAM_REMOTE_ADDRESS% %REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL% %RESPONSE_CODE% %RESPONSE_FLAGS%"
      + " %RESPONSE_CODE_DETAILS% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% %UPSTREAM_REQUEST_ATTEMPT_COUNT%"
      + " %UPSTREAM_HOST% %UPSTREAM_CLUSTER% %ROUTE_NAME% \"%REQ(USER-AGENT):40%\" %COMMON_DURATION(DS_RX_BEG:DS_TX_BEG:us)%"
    let line =
      "1795332883.069202 [2001:db8::1]:4711 GET /v1/orders?x=1 HTTP/2 503 URX,UF upstream_reset_before_response_started{x}"
      + " 19 19 3 127.0.0.1:18102 outbound|8080|v1|orders.shop.svc r_main \"a b\" 19207\n"
    var batch = RequestBatch(capacity: 4)
    batch.notes = LineNotes()
    let format = try FormatStrings.compile(string)
    Array(line.utf8).withUnsafeBufferPointer { _ = format.parse($0, from: LinePosition(), into: &batch) }
    #expect(batch.count == 1, "\(batch.rejected)")
    let expected: [(RequestColumn, String?)] = [
      (.arrival, "1795332883069202"), (.client, "2001:db8::1"), (.method, "GET"), (.path, "/v1/orders?x=1"),
      (.wireProtocol, "HTTP/2"), (.status, "503"), (.termination, "URX,UF"), (.outcome, "up_connect"),
      (.duration, "19000"), (.upstreamDuration, nil), (.attempts, "3"), (.upstream, "127.0.0.1:18102"),
      (.service, "orders.shop.svc"), (.routeName, "r_main"), (.userAgent, "a b"), (.firstByte, "19207"),
    ]
    for (column, value) in expected { #expect(batch.text(column, row: 0) == value, "\(column.name)") }
    #expect(batch.notes?["up_dur_upper_bound"] == "19000")
  }
}

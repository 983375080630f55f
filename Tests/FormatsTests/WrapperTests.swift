import Foundation
import Testing
import Traffic

@testable import Formats

@Suite("Wrappers")
struct WrapperTests {
  private func unwrap(_ text: String, _ wrapper: any LineWrapper) -> (lines: [String], outer: [Int32]) {
    var inner = UnwrappedBlock()
    Array(text.utf8).withUnsafeBufferPointer { wrapper.unwrap($0, into: &inner) }
    let lines = String(decoding: inner.bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    return (lines.dropLast().map(String.init), inner.outerLines)
  }

  @Test(
    "syslog headers end where the message starts",
    arguments: [
      ("<190>Nov 22 07:26:24 gw1 nginx: MSG", "MSG", "rfc3164"),
      ("Nov  2 07:26:24 gw1 nginx[812]: MSG", "MSG", "rfc3164"),
      ("<134>Nov 22 07:29:48 haproxy[15890]: MSG x", "MSG x", "rfc3164-nohost"),
      ("2026-11-22T07:26:24.177000+00:00 gw1 nginx[812]: MSG", "MSG", "iso"),
      ("<134>1 2026-11-22T07:29:48.250605+00:00 - haproxy 15890 - - MSG", "MSG", "rfc5424"),
      (
        "<190>1 2026-11-22T07:26:24.177Z gw1 nginx 812 ACC [m@1 e=\"p\" n=\"a\\\"b\\]c\"][x] \u{feff}MSG",
        "MSG", "rfc5424"
      ),
      ("<6>MSG", "MSG", "priority"), ("<190>Nov 22 07:26:24 gw1 nginx: ", "", "rfc3164"),
    ])
  func syslog(line: String, message: String, kind: String) throws {
    let bytes = Array(line.utf8)
    let header = try #require(bytes.withUnsafeBufferPointer { SyslogHeader($0.baseAddress!, $0.count) })
    #expect(String(decoding: bytes[header.message...], as: UTF8.self) == message)
    #expect(header.kind.rawValue == kind)
  }

  @Test(
    "lines of other kinds have no syslog header",
    arguments: [
      "2026-11-22T07:31:06.000000Z edge-clb 203.0.113.50:40100 10.0.3.18:5432 0.001069",
      "127.0.0.1 - - [22/Nov/2026",
      "2026-11-22T07:34:43.08Z stdout F x: y", #"Nov 22 07:26:24 gw1 {"a": 1}"#, "<x>y", "<1234>y", "", "<",
      "<1",
      "Nov 22 07:26:24 ", "{\"a\":1}",
    ])
  func noSyslog(line: String) {
    let bytes = Array(line.utf8) + [0]
    #expect(bytes.withUnsafeBufferPointer { SyslogHeader($0.baseAddress!, bytes.count - 1) } == nil)
  }

  @Test("container parts are joined per stream")
  func containerParts() {
    let text = """
      2026-11-22T07:34:43.1Z stdout P one 
      2026-11-22T07:34:43.1Z stderr F oops
      2026-11-22T07:34:43.1Z stdout F two
      2026-11-22T07:34:43.1+02:00 stdout F:x three
      not wrapped
      2026-11-22T07:34:43.1Z stdout F
      2026-11-22T07:34:43.1Z stdout P cut

      """
    let (lines, outer) = unwrap(text, CRIWrapper())
    #expect(lines == ["oops", "one two", "three", "not wrapped", "", "cut"])
    #expect(outer == [1, 0, 3, 4, 5, 6])
  }

  @Test("without parts inner and outer lines are the same")
  func noParts() {
    let (lines, outer) = unwrap(
      "2026-11-22T07:34:43.1Z stdout F a\r\n2026-11-22T07:34:43.1Z stdout F b\n", CRIWrapper())
    #expect(lines == ["a", "b"])
    #expect(outer.isEmpty)
  }

  @Test("Docker records are unescaped and joined")
  func docker() {
    let text = #"""
      {"log":"GET \"/a\\\\n\"\n","stream":"stdout","time":"2026-11-22T07:26:24Z"}
      {"log":"{\"a\":\"\\u00e9","stream":"stdout","time":"2026-11-22T07:26:24Z"}
      {"log":"err\n","stream":"stderr","attrs":{"tag":"x"},"time":"2026-11-22T07:26:24Z"}
      {"log":"\"}\r\n","stream":"stdout","time":"2026-11-22T07:26:24Z"}
      """#
    let (lines, outer) = unwrap(text, DockerWrapper())
    #expect(lines == [#"GET "/a\\n""#, "err", #"{"a":"\u00e9"}"#])
    #expect(outer == [0, 2, 1])
  }

  @Test("a block may end after a whole record only")
  func recordEnds() {
    func ends(_ line: String, _ wrapper: any LineWrapper) -> Bool {
      Array(line.utf8).withUnsafeBufferPointer { wrapper.endsRecord($0.baseAddress!, $0.count) }
    }
    #expect(!ends("2026-11-22T07:34:43.1234Z stdout P x", CRIWrapper()))
    #expect(ends("2026-11-22T07:34:43.1234Z stdout F x", CRIWrapper()))
    #expect(ends("rubbish", CRIWrapper()))
    #expect(ends(#"{"log":"a\n","stream":"stdout","time":"t"}"#, DockerWrapper()))
    #expect(!ends(#"{"log":"a\\n","stream":"stdout","time":"t"}"#, DockerWrapper()))
    #expect(!ends(#"{"log":"a","stream":"stdout","time":"t"}"#, DockerWrapper()))
    #expect(ends("x", SyslogWrapper()))
  }

  @Test("nested wrappers are found outermost first")
  func nesting() {
    let inner = #"<190>Nov 22 07:26:24 gw1 nginx: {\"a\":1}\n"#
    let line = #"{"log":"\#(inner)","stream":"stdout","time":"2026-11-22T07:26:24Z"}"#
    let text = Array((line + "\n" + line).utf8)
    let wrappers = text.withUnsafeBufferPointer { Wrappers.detect(in: $0) }
    #expect(wrappers.map(\.name) == ["docker", "syslog"])
    let compose = Array("caddy-1  | {\"a\":1}\nproxy    | x\n".utf8)
    #expect(compose.withUnsafeBufferPointer { Wrappers.detect(in: $0) }.map(\.name) == ["compose"])
  }

  @Test(
    "envelopes of log shippers are opened",
    arguments: [
      #"{"MESSAGE":"a \"b\"","__REALTIME_TIMESTAMP":"1795332384136000","PRIORITY":"6"}"#,
      #"{"date":1.5,"log":"a \"b\"\n","stream":"stdout","kubernetes":{"pod_name":"x"}}"#,
      #"{"@timestamp":"2026-11-22T07:26:24Z","agent":{"type":"filebeat"},"log":{"offset":1},"message":"a \"b\""}"#,
    ])
  func envelopes(line: String) {
    let bytes = Array(line.utf8)
    #expect(bytes.withUnsafeBufferPointer { Wrappers.detect(in: $0) }.map(\.name) == ["envelope"])
    #expect(unwrap(line, EnvelopeWrapper()).lines == [#"a "b""#])
  }

  @Test("an object that describes a request itself is no envelope")
  func noEnvelope() {
    let line =
      #"{"@timestamp":"2026-11-22T07:26:24Z","agent":"curl","message":"GET / 200","http":{"response":{"status_code":200}}}"#
    #expect(Array(line.utf8).withUnsafeBufferPointer { Wrappers.detect(in: $0) }.isEmpty)
  }

  @Test(
    "several records of a line become lines",
    arguments: [
      (#"[{"a":1},{"a":2}]"#, [#"{"a":1}"#, #"{"a":2}"#]),
      (#"{"records":[{"a":1},{"a":"}"}]}"#, [#"{"a":1}"#, #"{"a":"}"}"#]),
      (#"{"a":1}{"a":2} {"a":3}"#, [#"{"a":1}"#, #"{"a":2}"#, #"{"a":3}"#]),
      (#"{"a":1}{"a":2"#, [#"{"a":1}"#, #"{"a":2"#]),
    ])
  func records(line: String, expected: [String]) {
    let (lines, outer) = unwrap(line + "\n" + #"{"b":1}"#, RecordsWrapper())
    #expect(lines == expected + [#"{"b":1}"#])
    #expect(outer == expected.map { _ in 0 } + [1])
    let bytes = Array(line.utf8)
    if !line.hasSuffix("2") {
      #expect(bytes.withUnsafeBufferPointer { Wrappers.detect(in: $0) }.first?.name == "records")
    }
  }

  @Test(
    "sample files lose their wrapper",
    arguments: [
      ("wrap-cri.log", "cri", 7), ("wrap-docker-json-file.jsonl", "docker", 7),
      ("wrap-syslog-nginx.log", "syslog", 8),
      ("haproxy-syslog3164.log", "syslog", -1), ("haproxy-syslog5424.log", "syslog", -1),
      ("nginx-combined.log", nil, -1),
      ("traefik-json.jsonl", nil, -1), ("aws-elb-classic.log", nil, -1), ("tyk-access.log", nil, -1),
      ("aws-alb.log", nil, -1),
    ] as [(String, String?, Int)])
  func samples(file: String, wrapper: String?, records: Int) throws {
    guard SharedSamples.arePresent else { return }
    let bytes = try SharedSamples.bytes(file)
    let wrappers = bytes.withUnsafeBufferPointer { Wrappers.detect(in: $0) }
    #expect(wrappers.map(\.name) == (wrapper.map { [$0] } ?? []))
    guard let first = wrappers.first, records >= 0 else { return }
    var inner = UnwrappedBlock()
    bytes.withUnsafeBufferPointer { first.unwrap($0, into: &inner) }
    #expect(JSONSamples.lines(inner.bytes).count == records)
  }

  @Test(
    "every truncation and flipped byte of wrapped lines gives lines",
    arguments: [
      "wrap-cri.log", "wrap-docker-json-file.jsonl", "wrap-syslog-nginx.log", "haproxy-syslog5424.log",
    ])
  func hostile(file: String) throws {
    guard SharedSamples.arePresent else { return }
    let bytes = Array(try SharedSamples.bytes(file).prefix(1500))
    for wrapper in Wrappers.all {
      for count in 0..<bytes.count {
        var damaged = Array(bytes.prefix(count))
        if count > 0 { damaged[count * 7 % count] ^= UInt8(truncatingIfNeeded: count) }
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: damaged.count)
        _ = copy.initialize(from: damaged)
        var inner = UnwrappedBlock()
        wrapper.unwrap(UnsafeBufferPointer(copy), into: &inner)
        copy.deallocate()
        #expect(inner.bytes.isEmpty == damaged.isEmpty)
      }
    }
  }
}

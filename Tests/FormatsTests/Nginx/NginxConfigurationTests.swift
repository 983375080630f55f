import Foundation
import Testing
import Traffic

@testable import Formats

@Suite("nginx configurations")
struct NginxConfigurationTests {
  @Test("parts are joined without a space, quotes and escapes taken off")
  func parts() throws {
    let text = #"""
      http {
        # log_format commented '$status';
        log_format main '$remote_addr "$request" '
                        '$status \'x\'' " \"$host\"";
        log_format json escape=json '{"t":"$msec","s":$status}';
        access_log /var/log/a.log main buffer=32k;
        server { access_log /var/log/b.log json if=$loggable; access_log off; }
        server { access_log /var/log/c.log; access_log /var/log/d.log main; }
      }
      """#
    let formats = NginxConfiguration.logFormats(in: text)
    #expect(formats.map(\.name) == ["main", "json", "combined"])
    #expect(formats[0].string == #"$remote_addr "$request" $status 'x' "$host""#)
    #expect(formats[0].logs == ["/var/log/a.log", "/var/log/d.log"])
    #expect(formats[1].escape == "json")
    #expect(formats[1].isConditional)
    #expect(formats[2].logs == ["/var/log/c.log"])
    #expect(try formats[1].format().name == "json")
    #expect(throws: FormatStringError.self) { try formats[0].format() }
  }

  @Test("anything is read without a trap", arguments: ["", "log_format", "log_format x", "'", "\"\\", "{{{", "log_format x '", "}", "a;;;"])
  func broken(text: String) { _ = NginxConfiguration.logFormats(in: text) }

  @Test(
    "formats of published configurations compile",
    .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
  func published() throws {
    let root = SharedSamples.root.appendingPathComponent("data/configs/nginx")
    let handbook = try String(
      contentsOf: root.appendingPathComponent("handbook/master/_basic/logging.conf"), encoding: .utf8)
    let formats = NginxConfiguration.logFormats(in: handbook)
    #expect(formats.count == 7)
    for format in formats { #expect(try format.format().basis == .end) }
    let apisix = try String(contentsOf: root.appendingPathComponent("fake-apisix_nginx.conf"), encoding: .utf8)
    let main = try #require(NginxConfiguration.logFormats(in: apisix).first)
    #expect(main.logs == ["logs/access.log"])
    #expect(try main.format().name == "main")
  }

  @Test("the handbook's method, URL and protocol in one pair of quotes are a request")
  func handbook() throws {
    let string = #"$remote_addr - $remote_user [$time_local] "$request_method $scheme://$host$request_uri $server_protocol" $status $body_bytes_sent $request_time"#
    let line = #"192.0.2.1 - - [22/Nov/2026:07:26:24 +0000] "GET https://api.example.test/a?b=1 HTTP/2.0" 200 10 0.013"#
    let parsed = ParsedLine(Array(line.utf8), try FormatStrings.compile(string))
    #expect(parsed.text("method") == "GET")
    #expect(parsed.text("host") == "api.example.test")
    #expect(parsed.text("path") == "/a")
    #expect(parsed.text("query") == "b=1")
    #expect(parsed.text("proto") == "h2")
    #expect(parsed.text("t_start_us") == "1795332383987000")
  }
}

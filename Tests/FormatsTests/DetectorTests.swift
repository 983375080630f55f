import Foundation
import Testing
import Traffic

@testable import Formats

/// Real files are recognised without a hint, and nothing else is.
@Suite("Detection", .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
struct DetectorSampleTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    var file: String
    var format: String
    var wrappers: [String] = []
    /// Lines of the file that are no requests.
    var rejected = 0
    var testDescription: String { file }

    init(_ file: String, _ format: String, wrappers: [String] = [], rejected: Int = 0) {
      self.file = file
      self.format = format
      self.wrappers = wrappers
      self.rejected = rejected
    }
  }

  static let samples: [Sample] = [
    Sample("nginx-combined.log", "nginx-combined"),
    Sample("nginx-combined-timed.log", "nginx-combined-timed"),
    Sample("ingress-nginx.log", "ingress-nginx"),
    Sample("kong-nginx.log", "kong-nginx"),
    Sample("apisix-nginx.log", "apisix-nginx"),
    Sample("apache-common.log", "apache-common"),
    Sample("apache-combined.log", "apache-combined"),
    Sample("apache-combinedio.log", "apache-combinedio"),
    Sample("apache-vhost-combined.log", "apache-vhost-combined"),
    Sample("apache-common-D-ttfb.log", "apache-common-D-ttfb"),
    Sample("varnishncsa-default.log", "varnishncsa"),
    Sample("envoy-default.log", "envoy-default"),
    Sample("envoy-istio.log", "envoy-istio"),
    Sample("haproxy-http.log", "haproxy-http"),
    Sample("haproxy-http-captures.log", "haproxy-http"),
    Sample("haproxy-https.log", "haproxy-https", rejected: 1),
    Sample("haproxy-tcp.log", "haproxy-tcp"),
    Sample("haproxy-clf.log", "haproxy-clf"),
    Sample("traefik-clf.log", "traefik-clf"),
    Sample("traefik-generic-clf.log", "traefik-generic-clf"),
    Sample("aws-alb.log", "aws-alb"),
    Sample("aws-elb-classic.log", "aws-elb-classic"),
    Sample("gin-krakend.log", "gin", rejected: 1),
    Sample("w3c-iis.log", "w3c-iis", rejected: 5),
    Sample("aws-cloudfront.log", "aws-cloudfront", rejected: 2),
    Sample("traefik-json.jsonl", "traefik-json"),
    Sample("caddy-json.jsonl", "caddy-json"),
    Sample("caddy-json-append.jsonl", "caddy-json"),
    Sample("caddy-json-iso-duration.jsonl", "caddy-json"),
    Sample("caddy-console.log", "caddy-console"),
    Sample("kong-file-log.jsonl", "kong-json"),
    Sample("envoy-json.jsonl", "envoy-json"),
    Sample("apisix-file-logger.jsonl", "apisix-json"),
    Sample("nginx-json.log", "json-lines"),
    Sample("nginx-json-unquoted.log", "json-lines"),
    Sample("apache-json.log", "json-lines"),
    Sample("varnishncsa-json.log", "json-lines"),
    Sample("haproxy-json.log", "haproxy-json"),
    Sample("nginx-ltsv.log", "ltsv"),
    Sample("nginx-logfmt.log", "logfmt"),
    Sample("tyk-access.log", "tyk", rejected: 1),
    Sample("aws-apigateway.jsonl", "aws-apigateway-json"),
    Sample("gcp-lb.jsonl", "gcp-lb"),
    Sample("azure-appgw-v1.jsonl", "azure-appgw-v1"),
    Sample("azure-appgw-v2.jsonl", "azure-appgw-v2"),
    Sample("cloudflare-logpush.jsonl", "cloudflare-logpush"),
    Sample("fastly.jsonl", "fastly-json"),
    Sample("haproxy-syslog3164.log", "haproxy-http", wrappers: ["syslog"]),
    Sample("haproxy-syslog5424.log", "haproxy-http", wrappers: ["syslog"]),
    Sample("wrap-syslog-nginx.log", "nginx-combined", wrappers: ["syslog"]),
  ]

  @Test("names the format of a real file and reads it whole", arguments: samples)
  func recognises(sample: Sample) throws {
    let bytes = try SharedSamples.bytes(sample.file)
    let detection = FormatDetector.detect(sample: bytes)
    let ranking = detection.candidates.prefix(4).map { "\($0.name): \($0.reason)" }
    #expect(detection.format?.name == sample.format, "\(detection.refusal ?? "") \(ranking) \(detection.notes)")
    #expect(detection.wrappers.map(\.name) == sample.wrappers)
    guard let format = detection.format else { return }
    var block = bytes
    for wrapper in detection.wrappers {
      var inner = UnwrappedBlock()
      block.withUnsafeBufferPointer { wrapper.unwrap($0, into: &inner) }
      block = inner.bytes
    }
    var batch = RequestBatch(capacity: 4096)
    block.withUnsafeBufferPointer { _ = format.parse($0, from: LinePosition(), into: &batch) }
    #expect(batch.rejected.count == sample.rejected, "\(batch.rejected.prefix(3))")
    #expect(batch.rejected.allSatisfy { $0.reason == .notARequest })
    #expect(batch.count > 0)
  }

  @Test(
    "takes wrappers off logs that mix formats",
    arguments: [("wrap-cri.log", "cri"), ("wrap-docker-json-file.jsonl", "docker")])
  func wrapped(file: String, wrapper: String) throws {
    let detection = FormatDetector.detect(sample: try SharedSamples.bytes(file))
    #expect(detection.wrappers.map(\.name) == [wrapper])
    #expect(detection.candidates.contains { $0.name == "nginx-combined" })
  }

  @Test("says what a log without requests is")
  func withoutRequests() throws {
    let detection = FormatDetector.detect(sample: try SharedSamples.bytes("haproxy-default.log"))
    #expect(detection.format == nil)
    #expect(detection.refusal?.contains("option httplog") == true)
  }

  @Test("turns away traces",
    arguments: [
      "zipkin-envoy.jsonl", "otlp-envoy.jsonl", "otlp-caddy.jsonl", "otlp-fanout.json", "zipkin-fanout.json",
      "jaeger-fanout.json", "xray-segment.jsonl",
    ])
  func traces(file: String) throws {
    let detection = FormatDetector.detect(sample: try SharedSamples.bytes(file))
    #expect(detection.format == nil, "\(detection.format?.name ?? "")")
    #expect(detection.refusal?.contains("trace") == true)
  }
}

@Suite("Detection of anything else")
struct DetectorRefusalTests {
  static let unknown: [String] = [
    "", "\n\n\n", "hello\n", "lorem ipsum dolor sit amet\nconsetetur sadipscing\n",
    "id,name,age\n1,Ann,33\n2,Bob,44\n", "<html>\n<body>\n</body>\n</html>\n",
    "2026-11-22 07:31:04 INFO Starting worker 3\n2026-11-22 07:31:05 WARN queue is full\n",
    "2026/11/22 07:26:24 [error] 12#12: *3 connect() failed, client: 127.0.0.1\n",
    "#!/bin/sh\nset -e\necho hello\n", "[1, 2, 3]\n", "{}\n{}\n", "{\"a\":1}\n{\"a\":2}\n",
    "nova-api.log.1 2017-05-16 00:00:00.008 25746 INFO nova.osapi_compute.wsgi.server [req-1 - - -] 10.11.10.1 \"GET /v2\" status: 200\n",
  ]

  @Test("accepts no unknown content, and says why", arguments: unknown)
  func refuses(text: String) {
    let detection = FormatDetector.detect(sample: Array(text.utf8))
    #expect(detection.format == nil, "\(detection.format?.name ?? "")")
    #expect(detection.refusal?.isEmpty == false)
  }

  @Test("refuses containers by name")
  func containers() {
    let marks: [([UInt8], String)] = [
      ([0xFF, 0xFE, 0x31, 0, 0x32, 0], "UTF-16"), ([0xFE, 0xFF, 0, 0x31], "UTF-16"), ([0x1F, 0x8B, 8, 0], "gzip"),
      ([0x28, 0xB5, 0x2F, 0xFD, 0], "zstd"), ([0x31, 0, 0x32, 0, 0x33, 0, 0x34, 0, 10, 0], "zero"),
    ]
    for (bytes, word) in marks {
      let detection = FormatDetector.detect(sample: bytes)
      #expect(detection.format == nil)
      #expect(detection.refusal?.contains(word) == true, "\(detection.refusal ?? "")")
    }
  }

  static let combined = #"192.0.2.1 - - [22/Nov/2026:07:26:24 +0000] "GET /a HTTP/1.1" 200 10 "-" "x/1""#

  @Test("skips a byte order mark")
  func byteOrderMark() {
    let detection = FormatDetector.detect(sample: [0xEF, 0xBB, 0xBF] + Array((Self.combined + "\n").utf8))
    #expect(detection.format != nil)
  }

  @Test("bears noise that gateways write, but not half a file of something else")
  func noise() {
    let error = "2026/11/22 07:26:24 [error] 12#12: *3 connect() failed"
    let noisy = (0..<20).map { $0 < 8 ? error : Self.combined }.joined(separator: "\n") + "\n"
    #expect(FormatDetector.detect(sample: Array(noisy.utf8)).format?.name.contains("combined") == true)
    let mixed = (0..<20).map { $0 < 8 ? "what is this \($0)" : Self.combined }.joined(separator: "\n") + "\n"
    #expect(FormatDetector.detect(sample: Array(mixed.utf8)).format == nil)
  }

  @Test("tells nginx from Apache by their habits")
  func habits() {
    func name(_ lines: [String]) -> String? {
      FormatDetector.detect(sample: Array((lines.joined(separator: "\n") + "\n").utf8)).format?.name
    }
    let nginx = Self.combined.replacingOccurrences(of: "\"x/1\"", with: #""x\x22\xC3\xA9""#)
    let apache = Self.combined.replacingOccurrences(of: "\"x/1\"", with: #""x\"\xc3\xa9""#)
    let traefik = Self.combined.replacingOccurrences(of: "/a HTTP", with: #"/a?b="c" HTTP"#)
    #expect(name([Self.combined, nginx]) == "nginx-combined")
    #expect(name([Self.combined, apache]) == "apache-combined")
    #expect(name([Self.combined, traefik]) == "traefik-generic-clf")
    let earlier = Self.combined.replacingOccurrences(of: "07:26:24", with: "07:26:20")
    #expect(name([Self.combined, earlier]) == "apache-combined")
  }

  @Test("suggests names close to a misspelt one")
  func suggestions() {
    #expect(LogFormats.suggestions(for: "nginx-combind").first == "nginx-combined")
    #expect(LogFormats.suggestions(for: "haproxy").contains("haproxy-http"))
    #expect(LogFormats.suggestions(for: "zzzzzzzz").isEmpty)
    #expect(LogFormats.suggestions(for: "").isEmpty)
  }

  @Test("every format has a name of its own and a summary")
  func names() {
    let all = LogFormats.all()
    #expect(Set(all.map(\.name)).count == all.count)
    #expect(all.allSatisfy { !$0.summary.isEmpty && LogFormats.named($0.name) != nil })
  }
}

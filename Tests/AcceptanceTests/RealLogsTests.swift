import Foundation
import TestSupport
import Testing

/// Logs as gateways and people really write them: every line is accounted for, or the file is refused with a reason.
@Suite("Real logs", .enabled(if: SharedFolder.isPresent, "the folder of real logs is not there"))
struct RealLogsTests {
  /// Lines, requests and rejected lines of the files that have been counted by hand or by other tools.
  static let counted: [String: (lines: Int, requests: Int, rejected: Int)] = [
    "elastic_apache_logs.log.gz": (10_000, 9_999, 1),  // one line ends within a quotation
    "nasa_aug95_first20k.log.gz": (20_000, 20_000, 0),
    "hackers-access.log.gz": (3_456, 3_456, 0),
    "shop_access.log.gz": (1_000, 1_000, 0),
    "traefik_json_nikto.ndjson": (80, 80, 0),
    "combined_access.log": (14, 14, 0), "json_access.log": (14, 14, 0), "ltsv_access.log": (14, 14, 0),
  ]

  /// Lines that a collector's wrapping split and that belong to the request of another line.
  static let joined = ["wrap-docker-json-file.jsonl": 1]

  /// No access logs, or of a format that only its gateway's configuration tells.
  static let refused: Set<String> = [
    // Other programs' logs, snapshots, binary data, broken JSON, UTF-16.
    "OpenStack_2k.log.gz", "binary_data.bin", "long_lines.log", "logfile_bad_access_log.0", "logfile_caddy_log.0",
    "logfile_invalid_json.json", "logfile_json_invalid.json", "logfile_logfmt.0", "logfile_nextcloud.0",
    "logfile_otel_collector.jsonl", "logfile_syslog_with_access_log.0", "logfile_uwsgi.0", "logfile_w3c.1",
    "logfile_w3c.2", "logfile_w3c.3", "logfile_w3c.4", "logfile_w3c.5", "nginxplus_status_snapshots.ndjson.gz",
    "s3_2012-10-05-16-18-11.log", "test_json.log", "test_logfmt.log", "test_nested_logfmt.log",
    "test_partial_json.log", "tricky-vectors.jsonl",
    // Traces.
    "jaeger-fanout.json", "otlp-caddy.jsonl", "otlp-envoy.jsonl", "otlp-fanout-fileexporter.jsonl",
    "otlp-fanout.json", "otlp-traefik.jsonl", "xray-segment.jsonl", "zipkin-envoy.jsonl", "zipkin-fanout.json",
    // Connections without requests; formats of somebody's own; two formats in one file.
    "haproxy-default.log", "nginx-custom-gw.log", "nginx-escape-none.log", "wrap-cri.log",
  ]

  @Test("are read line by line without a loss, or refused with a reason") func everyFile() throws {
    let folder = try TemporaryFolder()
    var found: Set<String> = []
    for file in SharedFolder.files(under: ["data/logs", "samples/formats"]) {
      let name = file.lastPathComponent
      found.insert(name)
      let store = folder.path + "/" + UUID().uuidString + ".db"
      let result = try Program.headroom.run(["import", file.path, "--store", store, "--format", "json"], in: folder)
      try #require(!result.wasSignalled, "\(name) ended the program by signal \(result.status)")
      let source = try #require(try ImportAnswer(result).sources.first, "\(name)")
      switch result.status {
      case 0: checkCounts(source, name)
      case 3: checkRefusal(source, name, result.errors)
      default: Issue.record("\(name) ended with \(result.status): \(result.errors)")
      }
    }
    #expect(found.isSuperset(of: Self.counted.keys))
  }

  private func checkCounts(_ source: ImportAnswer.Source, _ name: String) {
    let joined = Self.joined[name] ?? 0
    #expect(source.lines == source.requests + source.rejected + source.blank + joined, "\(name): \(source)")
    #expect(source.requests > 0, "\(name)")
    guard let counted = Self.counted[name] else { return }
    #expect(counted == (source.lines, source.requests, source.rejected), "\(name): \(source)")
  }

  private func checkRefusal(_ source: ImportAnswer.Source, _ name: String, _ errors: String) {
    #expect(Self.refused.contains(name), "\(name) was refused: \(errors)")
    #expect(source.requests == 0 && source.result == "not recognised", "\(name): \(source)")
    #expect(errors.hasPrefix("error: ") && errors.contains("\n  --> ") && errors.contains("\nhelp: "), "\(errors)")
  }
}

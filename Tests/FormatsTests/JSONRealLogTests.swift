import Foundation
import Testing
import Traffic

@testable import Formats

/// Logs that people published, read whole.
@Suite(
  "Published JSON logs",
  .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
struct JSONRealLogTests {
  struct Log: Sendable, CustomStringConvertible {
    var path: String
    var format: String?
    var requests: Int
    var rejected: [RejectReason] = []
    var description: String { path }
  }

  static let logs: [Log] = [
    Log(path: "data/logs/traefik/traefik_json_nikto.ndjson", format: "traefik-json", requests: 80),
    // The sixth line is a plugin's debug output.
    Log(
      path: "data/vectors/crowdsec/traefik_json/traefik_json.log", format: "traefik-json", requests: 6,
      rejected: [.notInFormat]),
    Log(
      path: "data/vectors/crowdsec/caddy-logs/caddy-logs.log", format: "caddy-json", requests: 10,
      rejected: [.notARequest]),
    Log(path: "data/logs/small/alp/json_access.log", format: "json-lines", requests: 14),
    Log(path: "data/logs/small/alp/ltsv_access.log", format: "ltsv", requests: 14),
    Log(path: "data/logs/small/lnav/logfile_caddy_log.1", format: "caddy-json", requests: 4),
    Log(path: "data/logs/small/lnav/logfile_cloudflare.1", format: "cloudflare-logpush", requests: 15),
    Log(path: "data/logs/small/lnav/logfile_cloudflare.json", format: "cloudflare-logpush", requests: 1),
    Log(path: "data/logs/small/lnav/logfile_nextcloud.0", format: nil, requests: 0),
    Log(path: "data/logs/small/lnav/logfile_logfmt.0", format: nil, requests: 0),
    Log(path: "data/logs/small/lnav/logfile_otel_collector.jsonl", format: nil, requests: 0),
    Log(path: "data/logs/small/lnav/logfile_json_invalid.json", format: nil, requests: 0),
    Log(path: "data/logs/small/angle-grinder/test_json.log", format: nil, requests: 0),
    Log(path: "data/logs/small/angle-grinder/test_logfmt.log", format: nil, requests: 0),
    Log(path: "data/logs/small/angle-grinder/binary_data.bin", format: nil, requests: 0),
  ]

  @Test("are recognised and read, or turned down whole", arguments: logs)
  func read(log: Log) throws {
    let url = SharedSamples.root.appendingPathComponent(log.path)
    let bytes = [UInt8](try Data(contentsOf: url))
    let candidates = JSONSamples.candidates(bytes)
    #expect(candidates.first?.name == log.format, "offered \(candidates.map(\.name))")
    guard let format = candidates.first else { return }
    let batch = JSONSamples.parse(bytes, format)
    #expect(batch.count == log.requests)
    #expect(batch.rejected.map(\.reason) == log.rejected, "\(batch.rejected)")
  }

  @Test("behind a compose prefix lose it, and start-up noise is counted")
  func compose() throws {
    let url = SharedSamples.root.appendingPathComponent("data/logs/small/lnav/logfile_caddy_log.0")
    let bytes = [UInt8](try Data(contentsOf: url))
    let wrappers = bytes.withUnsafeBufferPointer { Wrappers.detect(in: $0) }
    #expect(wrappers.map(\.name) == ["compose"])
    var inner = UnwrappedBlock()
    bytes.withUnsafeBufferPointer { wrappers[0].unwrap($0, into: &inner) }
    let batch = JSONSamples.parse(inner.bytes, KeyedFormat(CaddyJSON()))
    #expect(batch.count == 4)
    #expect(batch.count + batch.rejected.count == 39)
    #expect(batch.rejected.allSatisfy { $0.reason == .notARequest })
  }
}

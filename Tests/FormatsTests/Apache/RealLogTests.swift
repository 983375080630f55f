import Foundation
import Scanning
import Testing
import Traffic

@testable import Formats

/// Published logs of real servers, read whole.
@Suite("Published logs", .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
struct RealLogTests {
  /// File, format, lines, and lines that are no requests.
  static let logs: [(file: String, format: String, lines: Int, rejected: Int)] = [
    ("data/logs/apache/elastic_apache_logs.log.gz", "apache-combined", 10_000, 1),
    ("data/logs/apache/hackers-access.log.gz", "apache-combined", 3_456, 0),
    ("data/logs/apache/nasa_aug95_first20k.log.gz", "apache-common", 20_000, 0),
    ("data/logs/nginx/shop_access.log.gz", "nginx-main", 1_000, 0),
    ("data/logs/small/alp/combined_access.log", "nginx-combined", 0, 0),
    ("data/logs/small/request-log-analyzer/apache_combined.log", "apache-combined", 0, 0),
    ("data/logs/small/request-log-analyzer/apache_common.log", "apache-common", 0, 0),
    ("data/logs/small/lnav/logfile_access_log.0", "apache-combined", 0, 0),
    ("data/logs/small/lnav/logfile_access_log.1", "apache-combined", 0, 0),
    ("data/logs/small/lnav/logfile_bad_access_log.0", "apache-combined", 0, 1),
    ("data/vectors/crowdsec/apache2-logs/apache2-logs.log", "apache-combined", 0, 3),
    ("data/vectors/crowdsec/nginx_http-logs/nginx_http-logs.log", "nginx-combined", 0, 2),
    ("data/vectors/crowdsec/nginx-http-malformed/nginx_http-logs.log", "nginx-combined", 0, 0),
    ("data/vectors/ops-agent/apache-access/input.log", "apache-common", 0, 0),
    ("data/vectors/ops-agent/nginx-access/input.log", "nginx-combined", 0, 1),
  ]

  @Test("give a request per line", arguments: logs.indices)
  func whole(index: Int) throws {
    let log = Self.logs[index]
    let path = SharedSamples.root.appendingPathComponent(log.file).path
    var source = try ByteSource(path: path)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try source.read(into: &chunk)
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    let format = try #require(try TemplateFormats.format(log.format))
    var batch = RequestBatch()
    _ = bytes.withUnsafeBufferPointer { format.parse($0, from: LinePosition(), into: &batch) }
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    if log.lines > 0 { #expect(batch.count + batch.rejected.count == log.lines) }
    #expect(batch.rejected.count == log.rejected, "\(log.file)")
    for rejected in batch.rejected.prefix(4) where batch.rejected.count != log.rejected {
      Issue.record("\(log.file): \(rejected.reason) at \(rejected.column): \(String(decoding: lines[rejected.line].prefix(300), as: UTF8.self))")
    }
  }
}

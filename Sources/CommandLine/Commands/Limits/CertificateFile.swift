import Foundation
import Gateways
import Planning
import Reporting
import Statistics
import Traffic

/// Certificates of limits on disk: JSON, which requests they are about and one entry per limit.
struct CertificateFile: Codable {
  static let schema = "headroom.limit-certificates/1"

  var schema: String
  /// Arrivals `[since, until)`, µs since 1970.
  var since_us: Int64
  var until_us: Int64
  /// Conditions as they were written, and the clock of their times.
  var conditions: [String]
  var tz: String
  var limits: [Entry]

  struct Rate: Codable {
    var requests: Int64
    var period_us: Int64
  }
  struct Trial: Codable {
    var size: Int64
    var rejected: Int64
  }
  struct Breaking: Codable {
    var source: String
    var line: Int64
    var arrival_us: Int64
    var key: [String]
  }
  struct Entry: Codable {
    var product: String
    var rate: Rate?
    var window_us: Int64?
    var tolerated_millionths: Int
    var counted_by: [String]
    /// Absent: for every key.
    var key: [String]?
    var requests: Int64
    var written: Trial
    var smallest: Trial
    var one_lower: Trial?
    var breaks_first: Breaking?
  }

  init(_ certificates: [LimitCertificate], window: Range<Int64>, invocation: Invocation) {
    schema = Self.schema
    since_us = window.lowerBound
    until_us = window.upperBound
    conditions = invocation.values("where")
    tz = invocation.value("tz") ?? "UTC"
    limits = certificates.map(Entry.init)
  }

  // MARK: Files

  /// - Throws: `Diagnostic` or `OutputError`.
  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var file = try OutputFile(path: path)
    try file.sink.write(bytes: Array(try encoder.encode(self)) + Array("\n".utf8))
    try file.finish()
  }

  init(reading path: String) throws {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw Diagnostic("the certificate cannot be read", place: path, help: "give a file that --certificate wrote.")
    }
    do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
      throw Diagnostic(
        "this is no certificate of limits", place: path, help: "expected JSON as --certificate writes it (\(Self.schema)).")
    }
    guard schema == Self.schema else {
      throw Diagnostic("the certificate is of another kind: '\(schema)'", place: path, help: "expected \(Self.schema).")
    }
    guard since_us < until_us else {
      throw Diagnostic("the certificate is of an empty window", place: path, help: "make it again with --certificate.")
    }
  }
}

extension CertificateFile.Entry {
  init(_ certificate: LimitCertificate) {
    product = certificate.dialect.product.rawValue
    rate = certificate.point.rate.map { .init(requests: $0.count, period_us: $0.period) }
    window_us = certificate.point.window?.count
    tolerated_millionths = certificate.tolerance.millionths
    counted_by = certificate.parts.map(\.rawValue)
    key = certificate.key
    requests = certificate.requests
    written = .init(certificate.written)
    smallest = .init(certificate.smallest)
    one_lower = certificate.below.map { .init($0) }
    breaks_first = certificate.breaking.map {
      .init(source: $0.source, line: $0.line, arrival_us: $0.arrival.microseconds, key: $0.key)
    }
  }

  /// The certificate that the entry says; nil where it says none that can be.
  var certificate: LimitCertificate? {
    let parts = counted_by.compactMap { ArrivalKey.Part(rawValue: $0) }
    guard let product = GatewayProduct(rawValue: product), let point,
      parts.count == counted_by.count, parts.count <= 2, Set(parts).count == parts.count,
      (0...1_000_000).contains(tolerated_millionths), LimitDialect(product).allows(point)
    else { return nil }
    return LimitCertificate(
      dialect: LimitDialect(product), point: point, tolerance: Quantile(millionths: tolerated_millionths),
      parts: parts, key: key, requests: requests, written: written.trial, smallest: smallest.trial,
      below: one_lower?.trial,
      breaking: breaks_first.map {
        .init(source: $0.source, line: $0.line, arrival: Timestamp(microseconds: $0.arrival_us), key: $0.key)
      })
  }

  private var point: LimitPoint? {
    if let window_us { return window_us > 0 ? .window(Microseconds(window_us)) : nil }
    guard let rate, rate.requests > 0, rate.period_us > 0 else { return nil }
    return .rate(LimitRate(rate.requests, per: rate.period_us))
  }
}

extension CertificateFile.Trial {
  init(_ trial: LimitCertificate.Trial) { self.init(size: trial.size, rejected: trial.rejected) }
  var trial: LimitCertificate.Trial { .init(size: size, rejected: rejected) }
}

import Foundation
import Testing
import Traffic

@testable import Formats

/// Lines that broke real parsers, with every value they must give.
///
/// Keys that no column holds are expected as notes of the same name: a list as repeated notes in order, a flag as
/// `true` or `false`, a number as decimal text.
@Suite("Tricky lines", .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
struct TrickyVectorTests {
  /// Vectors that are not about one line of a log format, and where they are checked.
  static let pending: [String: String] = [
    "otlp": "a trace format, not an access log",
    "varnishncsa-backend": "fetches of varnishncsa -b, not requests: only a format string reads them, as requests",
  ]

  /// Wrapped lines: `JSONVectorTests` checks what is inside, the syslog wrapper's tests what is around.
  static let wrapped: Set<String> = ["wrap-cri", "wrap-docker", "wrap-syslog5424", "haproxy-syslog3164"]

  /// The format of a vector: a registered name, one compiled from a format string, or one made for its sample file.
  static func format(_ name: String) -> (any LogFormat)? {
    if name == "haproxy-error" { return LogFormats.named("haproxy-http") }
    if name == "varnishncsa-custom" { return try? FormatStrings.compile(varnishString, dialect: .apache) }
    if name == "iis" { return iisByItsSecondFields }
    let registered = JSONVectorTests.names[name] ?? name
    if let format = LogFormats.named(registered) { return format }
    if LogFormats.general.contains(registered), let sample = try? SharedSamples.bytes("\(name).log") {
      return LogFormats.named(registered, sample: sample)
    }
    return try? TemplateFormats.format(name)
  }

  private static let varnishString =
    #"%h %l %u %t "%r" %s %b "%{Referer}i" "%{User-agent}i" D=%D T=%T ttfb=%{Varnish:time_firstbyte}x"#
    + " hm=%{Varnish:hitmiss}x hd=%{Varnish:handling}x side=%{Varnish:side}x vxid=%{Varnish:vxid}x"

  /// The vector's columns are those that the sample file changes to.
  private static var iisByItsSecondFields: (any LogFormat)? {
    guard let sample = try? SharedSamples.bytes("w3c-iis.log") else { return nil }
    let lines = sample.split(separator: 10).drop { !$0.starts(with: Array("#Fields".utf8)) }.dropFirst()
    return W3CText(SampleLines(Array(lines.joined(separator: [10]))))
  }

  @Test("the vector file is read whole")
  func allAreRead() {
    #expect(TrickyVector.all.count == 97)
  }

  @Test("give exactly the expected values", arguments: TrickyVector.all.filter { !wrapped.contains($0.format) })
  func expectedValues(vector: TrickyVector) {
    if let reason = Self.pending[vector.format] {
      withKnownIssue("\(vector.format): \(reason)") { Issue.record("\(vector.id) is not checked") }
      return
    }
    guard let format = Self.format(vector.format) else {
      Issue.record("\(vector.id): format '\(vector.format)' is not registered")
      return
    }
    check(ParsedLine(vector.line, format), vector)
  }

  @Test("a syslog header without a host is told from one with")
  func syslogHeader() throws {
    let vector = try #require(TrickyVector.all.first { $0.format == "haproxy-syslog3164" })
    let header = try #require(vector.line.withUnsafeBufferPointer { SyslogHeader($0.baseAddress!, $0.count) })
    let expected = Dictionary(uniqueKeysWithValues: vector.expect.map { ($0.key, $0.value.text) })
    #expect(header.kind.rawValue == expected["wrapper"])
    #expect(String(decoding: vector.line[header.tag], as: UTF8.self) == expected["tag"])
    let inner = ParsedLine(Array(vector.line[header.message...]), HAProxyText(variant: .http))
    #expect(inner.batch.count == 1)
  }

  private func check(_ parsed: borrowing ParsedLine, _ vector: TrickyVector) {
    let isRejected = vector.expect.contains { $0.key == "record" && $0.value == .absent }
    let rows = parsed.batch.count
    let rejected = parsed.batch.rejected
    if isRejected {
      #expect(rows == 0 && rejected.map(\.reason) == [.notARequest], "\(vector.id)")
    } else {
      #expect(rows == 1 && rejected.isEmpty, "\(vector.id): rejected \(rejected)")
      if rows == 0 { return }
    }
    // `note` is prose for people, `record` is checked above.
    for (key, value) in vector.expect where key != "record" && key != "note" {
      let got = parsed.text(key)
      let agrees = got == value.text || isOneMicrosecondOff(key, got, value)
      #expect(agrees, "\(vector.id) \(key): expected \(value.text ?? "nothing"), got \(got ?? "nothing")")
    }
  }

  /// A start computed from an end and a duration that were both cut to µs.
  private func isOneMicrosecondOff(_ key: String, _ got: String?, _ value: TrickyVector.Value) -> Bool {
    guard key == "t_start_us", case .number(let expected) = value, let got = got.flatMap({ Int64($0) }) else {
      return false
    }
    return abs(got - expected) <= 1
  }
}

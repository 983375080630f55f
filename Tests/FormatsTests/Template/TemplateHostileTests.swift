import TestSupport
import Testing
import Traffic

@testable import Formats

/// Damaged lines end in a row or a rejected line, never in a trap, and leave their neighbours alone.
@Suite("Format strings on damaged lines")
struct TemplateHostileTests {
  private static let lines: [(String, String)] = [
    (
      "ingress-nginx",
      #"127.0.0.1 - - [22/Nov/2026:07:26:24 +0000] "GET /flaky/1?a=b HTTP/1.1" 200 15 "-" "demo\x22" 121 0.001 [s-80] [] 127.0.0.1:18101, 127.0.0.1:18102 0, 15 0.000, 0.001 502, 200 5561f1414372812cffe4d2babde2d002"#
    ),
    (
      "nginx-custom-gw",
      #"1795333949.024 127.0.0.1 "-" api.example.test "GET /limited?ms=40 HTTP/1.1" 200 145 127 0.142 0.001 0.042 0.042 "127.0.0.1:18102" "200" - DELAYED "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" -"#
    ),
    ("nginx-escape-none", "127.0.0.1|2026-11-22T07:26:25+00:00|GET /ok?x=[1]&y={2}|z HTTP/1.1|200|Moz [en] {x}|y|0.001"),
    ("nginx-json-unquoted", #"{"t":1795333976.012,"st":200,"rt":0.001,"urt":0.000, 0.001,"ust":502, 200}"#),
    ("apache-combined", #"::1 - a b [22/Nov/2026:07:28:05 +0000] "GET /q?a=\"x\"&b=\\y HTTP/1.1" 200 9 "-" "we\"ird\xc3\xa9""#),
    ("apache-common-D-ttfb", #"127.0.0.1 - - [22/Nov/2026:07:28:03 +0000] "GET http://a.test:80/ok HTTP/1.1" 502 381 187 -"#),
    ("traefik-generic-clf", #"127.0.0.1 - - [22/Nov/2026:07:36:39 +0000] "GET /q?a="x"&b=\y HTTP/1.1" 200 9 "-" "a"b""#),
  ]

  /// Parses a block and checks that every line is accounted for.
  private func parse(
    _ block: [UInt8], _ format: any LogFormat, lines: Int, _ batch: inout RequestBatch
  ) -> Int {
    batch.reset()
    // Memory of exactly the block's size: a read past its end has nowhere to hide.
    let exact = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, block.count))
    defer { exact.deallocate() }
    _ = exact.initialize(from: block)
    let end = format.parse(UnsafeBufferPointer(start: exact.baseAddress, count: block.count), from: LinePosition(), into: &batch)
    #expect(end.offset == block.count)
    #expect(batch.count + batch.rejected.count + end.blankLines == lines)
    for row in 0..<batch.count {
      #expect(batch.values(.arrival)?[row] != .absent)
      _ = batch.pathText(row: row)
    }
    return batch.count
  }

  private func makeBatch() -> RequestBatch {
    var batch = RequestBatch(capacity: 8)
    batch.notes = LineNotes()
    return batch
  }

  @Test("every truncation is a row or a reject", arguments: lines.indices)
  func truncations(index: Int) throws {
    let (name, line) = Self.lines[index]
    let format = try #require(try TemplateFormats.format(name))
    let bytes = Array(line.utf8)
    var batch = makeBatch()
    let whole = parse(bytes, format, lines: 1, &batch)
    #expect(whole == 1)
    for count in 1..<bytes.count { _ = parse(Array(bytes[..<count]), format, lines: 1, &batch) }
  }

  @Test("every changed byte is a row or a reject, and the next line is read", arguments: lines.indices)
  func changedBytes(index: Int) throws {
    let (name, line) = Self.lines[index]
    let format = try #require(try TemplateFormats.format(name))
    let bytes = Array(line.utf8)
    var batch = makeBatch()
    for place in bytes.indices {
      for byte in [UInt8(0), 9, 32, 34, 44, 45, 46, 48, 58, 92, 124, 0xFF] where place > 0 || byte != 0 {
        var block = bytes
        block[place] = byte
        let rows = parse(block + [10] + bytes, format, lines: 2, &batch)
        #expect(rows >= 1, "\(name) byte \(place) = \(byte)")
      }
    }
  }

  @Test("noise is rejected", arguments: lines.indices, [UInt64(1), 2])
  func noise(index: Int, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let format = try #require(try TemplateFormats.format(Self.lines[index].0))
    let source = Array(Self.lines[index].1.utf8)
    var batch = makeBatch()
    for _ in 0..<300 {
      // Pieces of the real line in a new order, so that much of it looks right.
      var block: [UInt8] = [UInt8(ascii: "x")]
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let start = Int.random(in: 0..<source.count, using: &random)
        block += source[start..<min(source.count, start + Int.random(in: 1...30, using: &random))]
      }
      _ = parse(block, format, lines: 1, &batch)
    }
  }

  @Test("a line of nothing but separators costs little", arguments: lines.indices)
  func separators(index: Int) throws {
    let format = try #require(try TemplateFormats.format(Self.lines[index].0))
    var batch = makeBatch()
    for byte in [UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "|"), UInt8(ascii: ","), UInt8(ascii: "\\")] {
      let start = Array(Self.lines[index].1.utf8.prefix(60))
      _ = parse(start + [UInt8](repeating: byte, count: 50_000), format, lines: 1, &batch)
    }
  }
}

import Foundation
import Testing
import Traffic

@testable import Formats

/// Damaged lines end in a row or a counted reject, never in a trap.
@Suite(
  "Damaged JSON lines",
  .enabled(if: SharedSamples.arePresent, "the shared samples are not beside the repository"))
struct JSONHostileTests {
  private func parse(_ line: [UInt8], _ format: any LogFormat, into batch: inout RequestBatch) {
    batch.reset()
    // A copy of its own size, so that a read past the end is one of the heap.
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: line.count)
    defer { copy.deallocate() }
    _ = copy.initialize(from: line)
    _ = format.parse(UnsafeBufferPointer(copy), from: LinePosition(), into: &batch)
  }

  @Test("every truncation is a reject, unless only the line end went", arguments: JSONSampleTests.files)
  func truncations(file: JSONSamples.File) throws {
    let bytes = try SharedSamples.bytes(file.name)
    let format = try #require(JSONSamples.candidates(bytes).first)
    var batch = RequestBatch(capacity: 8)
    let lines = JSONSamples.lines(bytes)
    for (line, step) in [(lines[0], 1), (lines.max { $0.count < $1.count }!, 7)] {
      for count in stride(from: 1, to: line.count, by: step) {
        parse(Array(line.prefix(count)), format, into: &batch)
        #expect(batch.count + batch.rejected.count == 1)
        if line[0] == UInt8(ascii: "{"), line[..<count].last != UInt8(ascii: "}") {
          #expect(batch.count == 0)
        }
      }
    }
  }

  @Test("flipped, doubled and dropped bytes give one row or one reject", arguments: JSONSampleTests.files)
  func damage(file: JSONSamples.File) throws {
    let bytes = try SharedSamples.bytes(file.name)
    let format = try #require(JSONSamples.candidates(bytes).first)
    var batch = RequestBatch(capacity: 64)
    var state = UInt64(bytes.count)
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(max(1, bound)))
    }
    let lines = JSONSamples.lines(bytes)
    let hard: [UInt8] = Array("\"\\{}[],:-0e9. \u{0}".utf8) + [0xFF, 0xC3, 13]
    for _ in 0..<250 {
      var line = lines[random(lines.count)]
      for _ in 0...random(3) {
        let place = random(line.count)
        switch random(4) {
        case 0: line[place] = UInt8(random(256))
        case 1: line[place] = hard[random(hard.count)]
        case 2: line.insert(contentsOf: [UInt8](repeating: line[place], count: 1 + random(30)), at: place)
        default: line.removeSubrange(place..<min(line.count, place + 1 + random(10)))
        }
        if line.isEmpty { line = [UInt8(ascii: "{")] }
      }
      line = line.filter { $0 != 10 }
      parse(line, format, into: &batch)
      #expect(batch.count + batch.rejected.count <= 1)
      for row in 0..<batch.count { for column in batch.present.columns { _ = batch.text(column, row: row) } }
    }
  }

  @Test(
    "numbers out of all proportion are absent or a reject",
    arguments: [
      "999999999999999999", "99999999999999999999999999", "1e400", "-1", "1e-400", "\"99999999h\"",
      "\"9223372036854775807s\"",
      "0.0000000000000000000000000001", "\"1h1h1h1h1h\"", "\"µs\"", "\"s\"", "\".\"", "-", "1.e",
      "18446744073709551616",
    ])
  func numbers(value: String) {
    var batch = RequestBatch(capacity: 8)
    for key in [
      "StartUTC", "Duration", "OriginDuration", "DownstreamStatus", "OriginStatus", "RetryAttempts",
    ] {
      let line = "{\"StartUTC\":1795332957,\"DownstreamStatus\":200,\"Duration\":5,\"\(key)\":\(value)}"
      parse(Array(line.utf8), KeyedFormat(TraefikJSON()), into: &batch)
      #expect(batch.count + batch.rejected.count == 1)
      parse(
        Array(
          "{\"started_at\":\(value),\"latencies\":{\"request\":\(value),\"proxy\":\(value)},\"tries\":[{\"balancer_start\":\(value)},{\"balancer_start\":1}],\"response\":{\"status\":200}}"
            .utf8), KeyedFormat(KongJSON()), into: &batch)
      #expect(batch.count + batch.rejected.count == 1)
      parse(
        Array(
          "{\"ts\":\(value),\"duration\":\(value),\"status\":200,\"request\":{\"method\":\"GET\",\"uri\":\"/\"}}"
            .utf8), KeyedFormat(CaddyJSON()), into: &batch)
      #expect(batch.count + batch.rejected.count == 1)
    }
  }
}

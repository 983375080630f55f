import Testing
import Traffic

@testable import Formats

/// Whatever a line holds, every format makes it a row or a rejected line, and reads not one byte past it.
@Suite("Hostile lines")
struct HostileLineTests {
  /// A linear congruential generator with the constants of Knuth's MMIX.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  /// A line of each text format; the shared vectors are added where they are.
  static let lines: [[UInt8]] =
    [
      #"[2026-11-22T07:34:43.738Z] "GET /q?a="x"&b=\y HTTP/1.1" 200 - 0 9 0 0 "192.0.2.2" "we"ird" "66b6" "api.example.test" "127.0.0.1:18102""#,
      #"[2026-11-22T07:35:01.401Z] "GET /dead/1 HTTP/2" 503 URX,UF details{x|y} - "a b" 0 121 9 - "192.0.2.2" "curl" "69e0" "h:1" "127.0.0.1:1" outbound|80||svc 127.0.0.1:3 [::1]:2 [::1]:4 sni route"#,
      #"127.0.0.1:39180 [22/Nov/2026:07:29:48.300] f_http~ b_redis/a 0/3003/0/-1/+4505 504 +198 - - sH-- 1/1/0/0/+2 0/0 {demo#22|x} {} "GET /hang/1?all=1 HTTP/1.1" 0/0000/0/0/0 sni/TLSv1.3/C"#,
      #"127.0.0.1:58686 [22/Nov/2026:07:29:57.495] f_tcp b_tcp/a 1/0/36 70 -- 2/2/1/1/0 0/0"#,
      #"127.0.0.1 - - [22/Nov/2026:07:29:57 +0000] "POST /v1/orders?ms=35 HTTP/1.1" 200 77 "" "" 55234 113 "f_clf" "b_main" "a" 0 0 0 35 35 --NI 1 1 0 0 0 0 0 "" "" "#,
      #"127.0.0.1 - joe [22/Nov/2026:07:36:19 +0000] "GET /q?a="x" HTTP/1.1" 200 9 "-" "-" 20 "main@file" "http://127.0.0.1:18102" 12ms"#,
      #"grpcs 2026-11-22T07:31:09.010000Z app/e/7 [2001:db8::1]:54019 10.0.3.30:50051 0.000 0.006 0.000 200 200 220 140 "POST https://grpc.example.test:443/shop.v1.Stock/Get HTTP/2.0" "g\x22" C T arn:targetgroup/orders/0a "Self=1-6b029efd-000000000000000000000008;Root=1-6b029efd-000000000000000000000009" "d" "c" 5 2026-11-22T07:31:09.003000Z "authenticate,forward" "-" "-" "10.0.3.30:50051" "200" "-" "-" TID_8 "-" "-" "-""#,
      #"2026-11-22T07:31:06.000000Z edge-clb 203.0.113.50:40100 10.0.3.18:5432 0.001069 0.000028 0.000041 - - 82 305 "- - - " "-" - -"#,
      "[GIN] 2026/11/22 - 07:31:07 |\u{1B}[97;42m 200 \u{1B}[0m|     212.104µs |       127.0.0.1 |\u{1B}[97;44m GET     \u{1B}[0m \"/ok\\u00e9\"",
      #"127.0.0.1 - - [22/Nov/2026:07:26:25 +0000] "GET /q?a=\x22x\x22 HTTP/1.1" 200 9 "-" "we\"ird\\ \xC3" 0.013 0.013"#,
    ].map { Array($0.utf8) } + TrickyVector.all.map(\.line)

  static let formats = LogFormats.all()

  /// Parses one line that ends at the guard, and expects that it was counted once.
  private func expectCounted(
    _ line: some BidirectionalCollection<UInt8>, _ format: any LogFormat, _ memory: GuardedBytes, _ batch: inout RequestBatch
  ) {
    batch.reset()
    let feeds = line.count { $0 == 10 }
    let ends = line.isEmpty || line.last == 10 ? feeds : feeds + 1
    let position = memory.with(line) { format.parse($0, from: LinePosition(), into: &batch) }
    if batch.count + batch.rejected.count + position.blankLines != ends {
      Issue.record("\(format.name): \(String(decoding: Array(line), as: UTF8.self))")
    }
  }

  @Test("every truncation of every line through every format", arguments: formats.indices)
  func truncations(index: Int) {
    let format = Self.formats[index]
    let memory = GuardedBytes(room: 1 << 16)
    var batch = RequestBatch(capacity: 64)
    batch.notes = index % 2 == 0 ? LineNotes() : nil
    for (number, line) in Self.lines.enumerated() {
      // All of the lines written for these tests; a spread of the long shared ones.
      let step = number < 10 ? 1 : 41
      for length in stride(from: number % step, through: line.count, by: step) {
        expectCounted(line.prefix(length), format, memory, &batch)
      }
    }
  }

  @Test("flipped bytes through every format", arguments: [UInt64(1), 2])
  func flips(seed: UInt64) {
    var generator = Generator(state: seed)
    let memory = GuardedBytes(room: 1 << 16)
    var batch = RequestBatch(capacity: 64)
    let telling: [UInt8] = Array("\"\\ []{}-:/,|%#&=?\n\t0129xXuU".utf8) + [0, 10, 27, 127, 128, 255]
    for _ in 0..<500 {
      var line = Self.lines.randomElement(using: &generator)!
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<line.count, using: &generator)
        line[place] = Bool.random(using: &generator) ? telling.randomElement(using: &generator)! : .random(in: 0...255, using: &generator)
      }
      for format in Self.formats { expectCounted(line, format, memory, &batch) }
    }
  }

  @Test("digits without end do not overflow")
  func longNumbers() {
    let memory = GuardedBytes(room: 1 << 16)
    var batch = RequestBatch(capacity: 64)
    for line in Self.lines.prefix(40) {
      for digit in [UInt8(ascii: "9"), UInt8(ascii: "0")] {
        for length in [10, 18, 19, 40] {
          var grown: [UInt8] = []
          for byte in line {
            grown += byte &- 48 <= 9 ? Array(repeating: digit, count: length) : [byte]
          }
          guard grown.count < 1 << 16 else { continue }
          for format in Self.formats { expectCounted(grown, format, memory, &batch) }
        }
      }
    }
    // One number at a time, so that the fields before it still fit.
    for line in Self.lines.prefix(10) {
      var start = 0
      while start < line.count {
        guard line[start] &- 48 <= 9 else { start += 1; continue }
        var end = start
        while end < line.count, line[end] &- 48 <= 9 { end += 1 }
        for length in [17, 18, 19, 30] {
          let grown = line[..<start] + Array(repeating: UInt8(ascii: "9"), count: length) + line[end...]
          for format in Self.formats { expectCounted(grown, format, memory, &batch) }
        }
        start = end
      }
    }
  }
}

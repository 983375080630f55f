import Foundation
import Testing

@testable import Scanning

@Suite("JSON text")
struct JSONTextTests {
  private func decode(_ bytes: [UInt8]) -> (text: [UInt8], oddities: JSONText.Oddities) {
    var oddities: JSONText.Oddities = []
    let input = bytes + [0]
    let output = [UInt8](unsafeUninitializedCapacity: JSONText.room(for: bytes.count)) { output, count in
      count = input.withUnsafeBufferPointer {
        JSONText.decode($0.baseAddress!, 0, bytes.count, into: output.baseAddress!, oddities: &oddities)
      }
    }
    return (output, oddities)
  }

  @Test(
    "resolves escapes, known and unknown",
    arguments: [
      (#"a\"b\\c\/d\n\t"#, "a\"b\\c/d\n\t", JSONText.Oddities()), (#"\u00e9\u2713"#, "é✓", []),
      (#"\ud83d\ude00"#, "😀", []), (#"\ud83d"#, "\u{fffd}", []), (#"\ud83dx"#, "\u{fffd}x", []),
      (#"\xc3\xa9"#, "é", .badEscape), (#"\xe9"#, "é", [.badEscape, .badUTF8]),
      (#"?b=\y"#, #"?b=\y"#, .badEscape),
      (#"\u12"#, #"\u12"#, .badEscape), (#"\x4"#, #"\x4"#, .badEscape), (#"x\"#, #"x\"#, []),
    ] as [(String, String, JSONText.Oddities)])
  func escapes(text: String, expected: String, oddities: JSONText.Oddities) {
    let result = decode(Array(text.utf8))
    #expect(String(decoding: result.text, as: UTF8.self) == expected)
    #expect(result.oddities == oddities)
  }

  @Test("reads bytes that are not UTF-8 as Latin-1")
  func latin1() {
    let result = decode(Array("latin".utf8) + [0xE9, 0xFF])
    #expect(String(decoding: result.text, as: UTF8.self) == "latinéÿ")
    #expect(result.oddities == .badUTF8)
    // Overlong, surrogate and cut sequences are not UTF-8 either.
    for bytes: [UInt8] in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x9C], [0xF5, 0x80, 0x80, 0x80]] {
      #expect(decode(bytes).oddities == .badUTF8)
    }
  }

  @Test("always gives UTF-8, within its room", arguments: 1...300 as ClosedRange<UInt64>)
  func anything(seed: UInt64) {
    var generator = JSONGenerator(seed: seed)
    let bytes = (0..<generator.below(60)).map { _ in
      generator.below(3) == 0 ? UInt8(ascii: "\\") : UInt8(generator.below(256))
    }
    let result = decode(bytes)
    #expect(result.text.count <= JSONText.room(for: bytes.count))
    #expect(String(validating: result.text, as: UTF8.self) != nil)
  }

  @Test("agrees with a strict reader on what that one reads", arguments: 1...300 as ClosedRange<UInt64>)
  func strictReader(seed: UInt64) throws {
    var generator = JSONGenerator(seed: seed)
    let scalars = (0..<generator.below(20)).map { _ in
      Unicode.Scalar(UInt32(generator.below(0x10FFFF))) ?? "x"
    }
    let text = String(String.UnicodeScalarView(scalars))
    let data = try JSONSerialization.data(withJSONObject: [text])
    let inside = Array(data.dropFirst(2).dropLast(2))
    #expect(decode(inside).text == Array(text.utf8))
  }
}

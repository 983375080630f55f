import Scanning
import TestSupport
import Testing
import Traffic

@Suite("Blocks of whole lines") struct LineBlockReaderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  struct Cut: Equatable {
    var text: String
    var firstLine: Int
    var firstByte: Int64
    var isTail: Bool
  }

  func cuts(_ path: String) throws -> [Cut] {
    var reader = LineBlockReader(try ByteSource(path: path))
    var block = LineBlock()
    var cuts: [Cut] = []
    while try reader.next(into: &block) {
      cuts.append(
        Cut(
          text: block.withBytes { String(decoding: $0, as: UTF8.self) }, firstLine: block.firstLine, firstByte: block.firstByte,
          isTail: block.isTail))
    }
    return cuts
  }

  @Test("an empty file has no block") func empty() throws {
    #expect(try cuts(folder.file("a", "")).isEmpty)
  }

  @Test("the last line without its end comes alone and marked") func tail() throws {
    let cuts = try cuts(folder.file("a", "one\ntwo\nthr"))
    #expect(
      cuts == [
        Cut(text: "one\ntwo\n", firstLine: 1, firstByte: 0, isTail: false),
        Cut(text: "thr", firstLine: 3, firstByte: 8, isTail: true),
      ])
  }

  @Test("a block ends after 65,536 lines") func lineLimit() throws {
    let text = (0..<150_000).map { "line \($0)\n" }.joined()
    let cuts = try cuts(folder.file("a", text))
    #expect(cuts.map(\.firstLine) == [1, 65_537, 131_073])
    #expect(cuts.map(\.text).joined() == text)
    #expect(cuts.allSatisfy { !$0.isTail })
  }

  @Test("an overlong line is cut, counted, and does not shift its neighbours") func overlong() throws {
    let long = String(repeating: "x", count: 5 << 20)
    let path = try folder.file("a", "before\n\(long)\nafter\n")
    let cuts = try cuts(path)
    #expect(cuts.map(\.firstLine) == [1, 2, 3])
    #expect(cuts[1].text.utf8.count == Limits.lineBytes + 1)
    #expect(cuts[2].text == "after\n")
    #expect(cuts[2].firstByte == Int64(7 + long.utf8.count + 1))
  }

  @Test("gzip of several members reads as their concatenation") func members() throws {
    let first = Array("one\ntwo\n".utf8)
    let second = Array((0..<90_000).map { "more \($0)\n" }.joined().utf8)
    let packed = try gzipped(first, in: folder) + gzipped(second, in: folder)
    let plain = try cuts(folder.file("plain", first + second))
    #expect(try cuts(folder.file("packed", packed)) == plain)
  }

  @Test("a gzip file that stops early gives its whole lines, then the error") func truncated() throws {
    let text = (0..<200_000).map { "line \($0 &* 2_654_435_761 % 1_000_003)\n" }.joined()
    let packed = try gzipped(Array(text.utf8), in: folder)
    let path = try folder.file("half.gz", packed[0..<(packed.count / 2)])
    var reader = LineBlockReader(try ByteSource(path: path))
    var block = LineBlock()
    var read = ""
    let error = #expect(throws: SourceError.self) {
      while try reader.next(into: &block) { read += block.withBytes { String(decoding: $0, as: UTF8.self) } }
    }
    #expect(error?.problem == .truncatedGzip)
    #expect(read.hasSuffix("\n"))
    #expect(text.hasPrefix(read) && read.utf8.count > text.utf8.count / 4)
  }

  @Test("other compressions are named", arguments: [[0x28, 0xB5, 0x2F, 0xFD, 0, 0], [0x42, 0x5A, 0x68, 0x39, 0, 0]])
  func foreign(magic: [UInt8]) throws {
    let path = try folder.file("a", magic)
    #expect(throws: SourceError.self) { _ = try ByteSource(path: path) }
  }

  @Test("the fingerprint does not depend on how the bytes arrive", arguments: [1, 7, 31, 32, 33, 1000])
  func fingerprintCuts(size: Int) {
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 3) }
    var whole = ContentFingerprint()
    bytes.withUnsafeBytes { whole.update($0) }
    var pieces = ContentFingerprint()
    for start in stride(from: 0, to: bytes.count, by: size) {
      bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { pieces.update($0) }
      _ = pieces.value  // asking in between changes nothing
    }
    #expect(whole.value == pieces.value)
  }

  @Test("fingerprints of neighbours differ: one byte more, one bit other, zeros or none")
  func fingerprintNeighbours() {
    var seen: Set<ContentFingerprint.Value> = []
    for length in 0..<200 {
      var print = ContentFingerprint()
      [UInt8](repeating: 0, count: length).withUnsafeBytes { print.update($0) }
      seen.insert(print.value)
    }
    for bit in 0..<800 {
      var bytes = [UInt8](repeating: 0, count: 100)
      bytes[bit / 8] = 1 << UInt8(bit % 8)
      var print = ContentFingerprint()
      bytes.withUnsafeBytes { print.update($0) }
      seen.insert(print.value)
    }
    #expect(seen.count == 1000)
  }

  @Test("passing over a known prefix leaves the reader exactly behind it") func resume() throws {
    let path = try folder.file("a", "one\ntwo\nthree\nfour\n")
    var reader = LineBlockReader(try ByteSource(path: path))
    var found: [Int64] = []
    reader.fingerprints(at: [4, 8, 1000]) { count, _ in found.append(count) }
    #expect(found == [4, 8])
  }
}

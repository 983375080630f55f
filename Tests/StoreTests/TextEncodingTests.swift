import Testing

@testable import Store

@Suite("Texts of path variables") struct TextEncodingTests {
  enum Form: UInt8 { case plain = 0, dictionary, shape }

  static func hex(_ random: inout TestRandom, _ count: Int) -> [UInt8] {
    (0..<count).map { _ in Array("0123456789abcdef".utf8)[random.below(16)] }
  }

  static func texts(_ name: String, count: Int) -> [[UInt8]] {
    var random = TestRandom(seed: 17)
    return (0..<count).map { row in
      switch name {
      case "uuid": hex(&random, 8) + [45] + hex(&random, 4) + [45, 52] + hex(&random, 3) + [45] + hex(&random, 16)
      case "digits": (0..<33).map { _ in UInt8(48 + random.below(10)) }
      case "bytes": (0..<5).map { _ in UInt8(random.below(256)) }
      case "same": Array("always".utf8)
      case "few": Array(["red", "green", "", "ultraviolet"][random.below(4)].utf8)
      case "words": (0..<random.below(40)).map { _ in UInt8(97 + random.below(26)) }
      case "empty": []
      case "long": Array(repeating: UInt8(97 + row % 26), count: 5000 + row)
      default: Array("sku-\(row)".utf8)
      }
    }
  }

  static let names = ["uuid", "digits", "bytes", "same", "few", "words", "empty", "long", "mixed"]

  func roundTrip(_ texts: [[UInt8]]) throws -> (form: Form?, bytes: Int, decoded: [[UInt8]]) {
    var sink = ByteSink(capacity: 16)
    var heap = ByteSink(capacity: 16)
    var scratch = EncodingScratch()
    var places: [Int64] = []
    var arena: [UInt8] = []
    for text in texts {
      places.append(Int64(arena.count) << 24 | Int64(text.count))
      arena += text
    }
    arena.append(0)
    arena.withUnsafeBufferPointer { bytes in
      places.withUnsafeBufferPointer {
        TextCodec.encode($0, bytes: bytes.baseAddress!, into: &sink, heap: &heap, &scratch)
      }
    }
    TextHeap.encode(heap, into: &sink)
    let blob = sink.bytes()
    var cursor = 0
    var made: [UInt8] = []
    return try blob.withUnsafeBytes { bytes in
      var source = try ByteSource(bytes)
      let decoded = try TextCodec.decode(&source, rows: texts.count, heapCursor: &cursor, arena: &made)
      let heap = try TextHeap.decode(&source)
      try source.requireEnd()
      let from = decoded.areInArena ? made : heap
      let back = decoded.texts.map { Array(from[Int($0 >> 24)..<(Int($0 >> 24) + Int($0 & 0xFF_FFFF))]) }
      return (Form(rawValue: blob[0]), blob.count, back)
    }
  }

  @Test("come back whatever they look like", arguments: names)
  func comeBack(name: String) throws {
    for count in [1, 2, 5, 300] {
      let texts = Self.texts(name, count: count)
      #expect(try roundTrip(texts).decoded == texts, "\(name) \(count)")
    }
  }

  @Test("take the form made for them")
  func forms() throws {
    #expect(try roundTrip(Self.texts("uuid", count: 300)).form == .shape)
    #expect(try roundTrip(Self.texts("digits", count: 300)).form == .shape)
    #expect(try roundTrip(Self.texts("few", count: 300)).form == .dictionary)
    #expect(try roundTrip(Self.texts("words", count: 300)).form == .plain)
  }

  @Test("take four bits per hexadecimal digit and 3.4 per decimal one")
  func sizes() throws {
    let uuids = try roundTrip(Self.texts("uuid", count: 1000))
    #expect(uuids.bytes <= 1000 * 32 / 2 + 100)
    let digits = try roundTrip(Self.texts("digits", count: 1000))
    #expect(digits.bytes <= 1000 * 33 * 34 / 80 + 100)
    #expect(try roundTrip(Self.texts("same", count: 1000)).bytes < 32)
  }
}

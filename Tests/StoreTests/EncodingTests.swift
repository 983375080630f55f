import Testing
import Traffic

@testable import Store

/// Shapes of columns that stress one encoding or another.
enum ColumnShape: String, CaseIterable, Sendable {
  case empty, one, constant, absent, extremes, random, smallRange, skewed, runs, rising, nearlyRising, accelerating
  case milliseconds, sparse, fewWide, manyWide, signed, twoValues, absentsOnly1, wideRange, alternating

  func values(_ count: Int, seed: UInt64) -> [Int64] {
    var random = TestRandom(seed: seed)
    func many(_ value: (inout TestRandom, Int) -> Int64) -> [Int64] { (0..<count).map { value(&random, $0) } }
    var sum: Int64 = 1_700_000_000_000_000
    switch self {
    case .empty: return []
    case .one: return [random.signed()]
    case .constant: return many { _, _ in 42 }
    case .absent: return many { _, _ in .absent }
    case .extremes: return many { random, _ in [.max, .min + 1, 0, -1, 1, .absent][random.below(6)] }
    case .random: return many { random, _ in random.signed() }
    case .smallRange: return many { random, _ in Int64(random.below(100)) - 50 }
    case .skewed: return many { random, _ in Int64(random.next() >> UInt64(20 + random.below(44))) & (1 << 40 - 1) }
    case .runs: return many { random, row in Int64(row / 97) * 7 }
    case .rising: return many { _, row in Int64(row + 1) }
    case .nearlyRising:
      return many { random, _ in
        sum += Int64(random.below(20)) * 1000 - 2000
        return sum
      }
    case .accelerating: return many { _, row in Int64(row) * Int64(row) }
    case .milliseconds:
      return many { random, _ in random.below(9) == 0 ? .absent : Int64(1 << random.below(12)) * 1000 }
    case .sparse: return many { random, _ in random.below(100) == 0 ? Int64(random.below(9)) : .absent }
    case .fewWide: return many { random, _ in [200, 404, 503, 1 << 50, -7, .absent][random.below(6)] }
    case .manyWide: return many { random, _ in (Int64(random.below(count / 8 + 1)) &* 0x1E37_79B9_7F4A_7C15) >> 20 }
    case .signed: return many { random, _ in Int64(random.below(1 << random.below(20))) * (random.below(2) == 0 ? 1 : -1) }
    case .twoValues: return many { random, _ in random.below(50) == 0 ? 1 : 0 }
    case .absentsOnly1: return many { _, row in row == 3 ? 5 : .absent }
    case .wideRange: return many { random, _ in Int64(random.next() >> 8) }
    case .alternating: return many { _, row in row % 2 == 0 ? .min + 1 : .max }
    }
  }
}

/// A small seeded generator (SplitMix64).
struct TestRandom {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
  mutating func signed() -> Int64 { Int64(bitPattern: next()) }
}

/// Encoded by the chooser, or by one encoding whatever its estimate.
func encoded(_ values: [Int64], as encoding: (any ColumnEncoding.Type)? = nil, level: Int = 0) -> [UInt8] {
  var sink = ByteSink(capacity: 16)
  var scratch = EncodingScratch()
  values.withUnsafeBufferPointer { buffer in
    let profiled = ProfiledValues(buffer, level: level)
    if let encoding {
      IntegerCodec.encode(profiled, as: encoding, into: &sink, &scratch)
    } else {
      IntegerCodec.encode(profiled, into: &sink, &scratch)
    }
  }
  return sink.bytes()
}

func decoded(_ blob: [UInt8], count: Int) throws -> [Int64] {
  var values = [Int64](repeating: 7, count: count)
  try blob.withUnsafeBytes { blob in
    try values.withUnsafeMutableBufferPointer { buffer in
      try SegmentCodec.decodeUnchecked(blob, reference: nil, into: buffer)
    }
  }
  return values
}

@Suite("Every column encoding") struct EncodingTests {
  static let counts = [1, 2, 7, 48, 63, 64, 257, 1023, 1024, 1025, 4099]

  @Test("gives back what the chooser wrote", arguments: ColumnShape.allCases)
  func chosenRoundTrip(shape: ColumnShape) throws {
    for count in Self.counts {
      for seed in UInt64(1)...3 {
        let values = shape.values(count, seed: seed)
        let blob = encoded(values)
        #expect(try decoded(blob, count: values.count) == values, "\(shape) \(count) seed \(seed) encoding \(blob[0])")
      }
    }
  }

  @Test("gives back what it was forced to write", arguments: ColumnShape.allCases)
  func forcedRoundTrip(shape: ColumnShape) throws {
    for encoding in columnEncodings {
      for count in Self.counts {
        let values = shape.values(count, seed: 5)
        guard Self.canHold(encoding, values) else { continue }
        let blob = encoded(values, as: encoding)
        #expect(try decoded(blob, count: values.count) == values, "\(encoding.name) \(shape) \(count)")
      }
    }
  }

  /// What an estimate turns down because encoding would be wrong and not only large.
  static func canHold(_ encoding: any ColumnEncoding.Type, _ values: [Int64]) -> Bool {
    let present = values.filter { $0 != .absent }
    let range = present.isEmpty ? 0 : UInt64(bitPattern: present.max()! &- present.min()!)
    switch encoding.name {
    case "constant": return Set(values).count <= 1
    case "packed": return range < 1 << 50
    case "prefix": return range < 1 << 40 && !present.isEmpty
    case "delta": return present.count == values.count && !values.isEmpty && range < 1 << 60
    default: return true
    }
  }

  @Test("has a number and a name of its own")
  func distinctNumbers() {
    #expect(Set(columnEncodings.map { $0.number }).count == columnEncodings.count)
    #expect(Set(columnEncodings.map { $0.name }).count == columnEncodings.count)
    #expect(columnEncodings.allSatisfy { $0.number < 16 }, "16 and up say that a column is relative")
  }

  @Test("turns every truncation into an error", arguments: ColumnShape.allCases)
  func truncations(shape: ColumnShape) throws {
    for encoding in columnEncodings {
      let values = shape.values(1100, seed: 11)
      guard Self.canHold(encoding, values) else { continue }
      let blob = encoded(values, as: encoding)
      for length in stride(from: 0, to: blob.count, by: max(1, blob.count / 200)) {
        #expect(throws: CorruptSegment.self, "\(encoding.name) \(shape) cut at \(length)") {
          try decoded(Array(blob.prefix(length)), count: values.count)
        }
      }
    }
  }

  @Test("never traps on flipped bytes, even without the checksum", arguments: ColumnShape.allCases)
  func flippedBytes(shape: ColumnShape) throws {
    var random = TestRandom(seed: 3)
    for encoding in columnEncodings {
      let values = shape.values(1030, seed: 12)
      guard Self.canHold(encoding, values) else { continue }
      let blob = encoded(values, as: encoding)
      for position in stride(from: 0, to: blob.count, by: max(1, blob.count / 300)) {
        var damaged = blob
        damaged[position] ^= UInt8(1 + random.below(255))
        _ = try? decoded(damaged, count: values.count)
      }
    }
  }

  @Test("never traps on noise")
  func noise() throws {
    var random = TestRandom(seed: 4)
    for _ in 0..<20_000 {
      var blob = (0..<(1 + random.below(60))).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      blob[0] = UInt8(random.below(8))
      _ = try? decoded(blob, count: [0, 1, 50, 1500][random.below(4)])
    }
  }

  @Test("takes the expected encoding for shapes made for it")
  func choices() {
    func name(_ shape: ColumnShape) -> String? {
      let blob = encoded(shape.values(4096, seed: 1))
      return columnEncodings.first { $0.number == blob[0] }?.name
    }
    #expect(name(.constant) == "constant")
    #expect(name(.absent) == "constant")
    #expect(name(.rising) == "delta")
    #expect(name(.nearlyRising) == "delta")
    #expect(name(.accelerating) == "delta")
    #expect(name(.random) == "raw")
    #expect(name(.smallRange) == "packed")
    #expect(name(.skewed) == "prefix")
    #expect(name(.runs) == "runs")
    #expect(name(.manyWide) == "dictionary")
    #expect(name(.fewWide) == "dictionary")
    #expect(name(.twoValues) == "prefix")
  }

  @Test("spends nothing on line numbers and little on milliseconds written as microseconds")
  func sizes() {
    #expect(encoded(ColumnShape.rising.values(65_536, seed: 1)).count < 16)
    let milliseconds = (0..<65_536).map { Int64($0 * 7919 % 1000) * 1000 }
    #expect(encoded(milliseconds).count <= 65_536 * 10 / 8 + 64)
    #expect(encoded(ColumnShape.twoValues.values(65_536, seed: 1)).count < 65_536 / 32)
  }

  @Test("checksums see every flipped byte")
  func checksum() {
    let bytes = (0..<259).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let sum = bytes.withUnsafeBytes { Checksum.of($0, seed: 9) }
    for position in bytes.indices {
      for flip in [UInt8(1), 0x80, 0xFF] {
        var damaged = bytes
        damaged[position] ^= flip
        #expect(damaged.withUnsafeBytes { Checksum.of($0, seed: 9) } != sum)
      }
    }
    #expect(bytes.dropLast().withUnsafeBytes { Checksum.of($0, seed: 9) } != sum)
    #expect(bytes.withUnsafeBytes { Checksum.of($0, seed: 8) } != sum)
  }
}

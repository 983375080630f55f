/// Texts of one length as digits of mixed radix: a position that never changes costs nothing, a hexadecimal one 4 bits,
/// a decimal one 3.3. UUIDs, hashes, padded numbers and dates.
///
///     | length: UInt8 | per position: class: UInt8 (and the byte, for a constant) | rows × words, bit-packed |
///
/// Positions are taken into a word as long as their combinations fit 56 bits; a word takes the bits of its largest one.
struct TextShape {
  static let longest = 64

  /// The kind of bytes at a position, narrowest first; numbers are stored.
  enum Class: UInt8, CaseIterable {
    case constant = 0, digit, lowerHex, upperHex, lowerAlphanumeric, alphanumeric, token, any

    static let members: [[UInt8]] = allCases.map { kind in
      let digits = Array("0123456789".utf8)
      let lower = Array("abcdefghijklmnopqrstuvwxyz".utf8)
      let upper = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
      switch kind {
      case .constant: return []
      case .digit: return digits
      case .lowerHex: return digits + lower.prefix(6)
      case .upperHex: return digits + upper.prefix(6)
      case .lowerAlphanumeric: return digits + lower
      case .alphanumeric: return digits + lower + upper
      case .token: return digits + lower + upper + Array("-_".utf8)
      case .any: return (0...255).map { UInt8($0) }
      }
    }

    /// Position of every byte among the members of each class, 256 entries per class; 255 for other bytes.
    static let indexes: [UInt8] = members.flatMap { members in
      var table = [UInt8](repeating: 255, count: 256)
      for (index, byte) in members.enumerated() { table[Int(byte)] = UInt8(index) }
      return table
    }

    static let radixes: [UInt64] = members.map { UInt64(max(1, $0.count)) }

    /// Which classes a byte belongs to, one bit each.
    static let classesOf: [UInt8] = (0..<256).map { byte in
      allCases.reduce(0) { members[Int($1.rawValue)].contains(UInt8(byte)) ? $0 | 1 << $1.rawValue : $0 }
    }

    var radix: UInt64 { Self.radixes[Int(rawValue)] }
  }

  /// Positions of one word and its width.
  struct Word {
    var positions: Range<Int>
    var bits: Int
  }

  let classes: [Class]
  let constants: [UInt8]
  let words: [Word]
  var bitsPerRow: Int { words.reduce(0) { $0 + $1.bits } }
  var headerBits: Int { 8 + classes.reduce(0) { $0 + ($1 == .constant ? 16 : 8) } }

  /// The shape of texts (`offset << 24 | length`); nil when lengths differ, are 0, or are too long.
  init?(_ texts: UnsafeBufferPointer<Int64>, bytes: UnsafePointer<UInt8>) {
    guard let first = texts.first else { return nil }
    let length = Int(first & 0xFF_FFFF)
    guard length > 0, length <= Self.longest, texts.allSatisfy({ $0 & 0xFF_FFFF == Int64(length) }) else { return nil }
    var common = [UInt8](repeating: 0xFF, count: length)
    var changes = [UInt8](repeating: 0, count: length)
    let start = bytes + Int(first >> 24)
    Class.classesOf.withUnsafeBufferPointer { classesOf in
      for text in texts {
        let row = bytes + Int(text >> 24)
        for position in 0..<length {
          common[position] &= classesOf[Int(row[position])]
          changes[position] |= row[position] ^ start[position]
        }
      }
    }
    var classes: [Class] = []
    for position in 0..<length {
      let narrowest = Class(rawValue: UInt8(common[position].trailingZeroBitCount)) ?? .any
      classes.append(changes[position] == 0 ? .constant : narrowest)
    }
    self.classes = classes
    constants = (0..<length).map { start[$0] }
    words = Self.words(of: classes)
  }

  private static func words(of classes: [Class]) -> [Word] {
    var words: [Word] = []
    var product: UInt64 = 1
    for (position, kind) in classes.enumerated() where kind != .constant {
      if words.isEmpty || product > 1 << 56 / kind.radix {
        words.append(Word(positions: position..<position, bits: 0))
        product = 1
      }
      product *= kind.radix
      let last = words.count - 1
      words[last].positions = words[last].positions.lowerBound..<(position + 1)
      words[last].bits = PackedEncoding.bitWidth(product - 1)
    }
    return words
  }

  // MARK: Encoding

  func encode(_ texts: UnsafeBufferPointer<Int64>, bytes: UnsafePointer<UInt8>, into sink: inout ByteSink) {
    sink.append(UInt8(classes.count))
    for (position, kind) in classes.enumerated() {
      sink.append(kind.rawValue)
      if kind == .constant { sink.append(constants[position]) }
    }
    let total = (texts.count * bitsPerRow + 7) / 8
    sink.reserve(total)
    var writer = BitWriter(at: sink.base + sink.count)
    let kinds = classes.map { Int($0.rawValue) }
    Class.indexes.withUnsafeBufferPointer { indexes in
      Class.radixes.withUnsafeBufferPointer { radixes in
        for text in texts {
          let row = bytes + Int(text >> 24)
          for word in words {
            var number: UInt64 = 0
            for position in word.positions where kinds[position] != 0 {
              let index = indexes[kinds[position] &<< 8 | Int(row[position])]
              number = number &* radixes[kinds[position]] &+ UInt64(index)
            }
            writer.write(number, word.bits)
          }
        }
      }
    }
    writer.finish()
    sink.advance(total)
  }

  // MARK: Decoding

  init(from source: inout ByteSource) throws(CorruptSegment) {
    let length = Int(try source.byte())
    guard length > 0, length <= Self.longest else { throw CorruptSegment(.header("text length")) }
    var classes: [Class] = []
    var constants: [UInt8] = []
    for _ in 0..<length {
      guard let kind = Class(rawValue: try source.byte()) else { throw CorruptSegment(.header("text class")) }
      classes.append(kind)
      constants.append(kind == .constant ? try source.byte() : 0)
    }
    self.classes = classes
    self.constants = constants
    words = Self.words(of: classes)
  }

  /// Appends `rows` texts to `arena` and their places (`offset << 24 | length`) to `texts`.
  func decode(
    _ source: inout ByteSource, rows: Int, into texts: inout [Int64], arena: inout [UInt8]
  ) throws(CorruptSegment) {
    let start = try source.skip((rows * bitsPerRow + 7) / 8)
    var bit = start * 8
    for _ in 0..<rows {
      var row = constants
      for word in words {
        try write(Self.bits(source, bit, word.bits), word, into: &row)
        bit += word.bits
      }
      texts.append(Int64(arena.count) << 24 | Int64(row.count))
      arena.append(contentsOf: row)
    }
  }

  private func write(_ number: UInt64, _ word: Word, into row: inout [UInt8]) throws(CorruptSegment) {
    var rest = number
    for position in word.positions.reversed() where classes[position] != .constant {
      let members = Class.members[Int(classes[position].rawValue)]
      row[position] = members[Int(rest % UInt64(members.count))]
      rest /= UInt64(members.count)
    }
    guard rest == 0 else { throw CorruptSegment(.header("text digits")) }
  }

  private static func bits(_ source: ByteSource, _ bit: Int, _ width: Int) -> UInt64 {
    var value: UInt64 = 0
    var taken = -(bit & 7)
    var byte = bit >> 3
    while taken < width, byte < source.count {
      let next = UInt64(source.base[byte])
      value |= taken < 0 ? next >> UInt64(-taken) : next << UInt64(taken)
      taken += 8
      byte += 1
    }
    return value & (1 << UInt64(width) - 1)
  }
}

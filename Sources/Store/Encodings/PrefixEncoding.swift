/// Entropy coding: a Huffman code for the logarithmic class of each number, then the bits below the class.
///
///     | frame | precision: UInt8 | alphabet: UInt8 | tokens: varint | lengths: nibbles | sizes: varints | 1 or 4 streams |
///
/// Numbers that are often small (differences, ranks by frequency, skewed codes) take close to their entropy. An alphabet
/// of 2…16 numbers is coded several rows at a time (as many as make 256 combinations), so that a column that is
/// nearly always the same takes far less than a bit per row. From 1,024 tokens on the rows are cut into four equal
/// parts with a stream each, which a decoder advances side by side. Lengths: 0…11, or 15 and a byte for 2…257 zeros.
///
/// - Complexity: O(count); decoding takes about a nanosecond and a half per token.
/// - Source: classes as in RFC 1951 §3.2.5, finer; side-by-side streams as in RFC 8878 §4.2.2.
enum PrefixEncoding: ColumnEncoding {
  static let number: UInt8 = 3
  static let name = "prefix"

  static func estimate(_ values: ProfiledValues, _ scratch: inout EncodingScratch) -> Int? {
    // Few values do not pay for a table.
    guard values.count >= 48, !values.isAllAbsent else { return nil }
    guard let plan = PrefixPlan(values, &scratch) else { return nil }
    scratch.plan = plan
    // One part in 16 in favour of what decodes faster.
    return plan.bits + plan.bits / 16
  }

  static func encode(_ values: ProfiledValues, into sink: inout ByteSink, _ scratch: inout EncodingScratch) {
    guard let plan = scratch.takePlan() ?? PrefixPlan(values, &scratch) else {
      preconditionFailure("values beyond the token range are turned down by the estimate")
    }
    plan.frame.write(into: &sink)
    sink.append(UInt8(plan.scale.precision))
    sink.append(UInt8(plan.grouping.map(\.alphabet) ?? 0))
    sink.append(varint: UInt64(plan.tokens))
    PrefixHeader.write(scratch.prefix.lengths, plan.tokens, into: &sink)
    scratch.prefix.buildCodes(plan.tokens)
    let codes = plan.codes
    let parts = partition(plan.symbols)
    // Sizes stand before the streams and are known after them.
    var sizes: [Int] = []
    let start = sink.count
    let isExact = plan.scale.isExact(tokens: plan.tokens)
    for part in parts {
      sizes.append(
        isExact
          ? writeExact(codes, part, scratch.prefix.codes, into: &sink)
          : write(codes, part, plan.scale, scratch.prefix.codes, into: &sink))
    }
    let body = sink.bytes(from: start)
    sink.truncate(to: start)
    for size in sizes { sink.append(varint: UInt64(size)) }
    body.withUnsafeBufferPointer { sink.append($0) }
  }

  /// The stretches of symbols that have a stream of their own.
  static func partition(_ count: Int) -> [Range<Int>] {
    guard count >= 1024 else { return [0..<count] }
    let quarter = (count + 3) / 4
    return (0..<4).map { $0 * quarter..<min(count, ($0 + 1) * quarter) }
  }

  private static func write(
    _ codes: UnsafePointer<UInt64>, _ part: Range<Int>, _ scale: TokenScale, _ table: UnsafePointer<UInt32>,
    into sink: inout ByteSink
  ) -> Int {
    sink.reserve(part.count * 7)
    let start = sink.base + sink.count
    var writer = BitWriter(at: start)
    for index in part {
      let code = codes[index]
      let (token, extra) = scale.token(code)
      let entry = UInt64(table[token])
      let length = entry & 0xFF
      let low = code & ((1 &<< UInt64(truncatingIfNeeded: extra)) &- 1)
      writer.write(entry &>> 8 | low &<< length, Int(truncatingIfNeeded: length) &+ extra)
    }
    writer.finish()
    sink.advance(writer.end - start)
    return writer.end - start
  }

  /// Numbers that are their own tokens: at most 11 bits each, so four go into the word before it is stored.
  private static func writeExact(
    _ codes: UnsafePointer<UInt64>, _ part: Range<Int>, _ table: UnsafePointer<UInt32>, into sink: inout ByteSink
  ) -> Int {
    sink.reserve(part.count * 2)
    let start = sink.base + sink.count
    var writer = BitWriter(at: start)
    var index = part.lowerBound
    while index &+ 4 <= part.upperBound {
      var bits: UInt64 = 0
      var length: UInt64 = 0
      for next in index..<(index &+ 4) {
        let entry = UInt64(table[Int(truncatingIfNeeded: codes[next])])
        bits |= (entry &>> 8) &<< length
        length &+= entry & 0xFF
      }
      writer.write(bits, Int(truncatingIfNeeded: length))
      index &+= 4
    }
    while index < part.upperBound {
      let entry = UInt64(table[Int(truncatingIfNeeded: codes[index])])
      writer.write(entry &>> 8, Int(truncatingIfNeeded: entry & 0xFF))
      index &+= 1
    }
    writer.finish()
    sink.advance(writer.end - start)
    return writer.end - start
  }

  static func decode(
    _ source: inout ByteSource, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    let frame = try Frame(from: &source)
    let precision = Int(try source.byte())
    guard (1...8).contains(precision) else { throw CorruptSegment(.header("precision")) }
    let alphabet = Int(try source.byte())
    guard alphabet != 1, alphabet <= Grouping.largestAlphabet else { throw CorruptSegment(.header("alphabet")) }
    let grouping = alphabet == 0 ? nil : Grouping(alphabet: alphabet)
    let tokens = try source.count(upTo: PrefixCode.maximumTokens, "tokens")
    let lengths = try PrefixHeader.lengths(&source, tokens)
    let table = try PrefixTable(lengths: lengths, precision: precision)
    let symbols = grouping.map { ($0.size - 1 + values.count) / $0.size } ?? values.count
    // Grouped symbols are read into the end of the output and spread from its start.
    let target = UnsafeMutableBufferPointer(rebasing: values[(values.count - symbols)...])
    try PrefixStreams.decode(&source, table, into: target)
    if let grouping { grouping.spread(values, symbols: symbols, frame) } else { frame.restore(values) }
  }
}

/// What encoding some values takes: made by the estimate, used by the encoding right after it.
struct PrefixPlan {
  let frame: Frame
  let scale: TokenScale
  let grouping: Grouping?
  /// Numbers to code: rows, or groups of rows.
  let symbols: Int
  let tokens: Int
  let bits: Int

  /// The numbers to code: in the encoder's scratch, or the values themselves.
  let codes: UnsafePointer<UInt64>

  /// Leaves the symbols where `codes` points and the code lengths in `scratch.prefix`; nil beyond the token range.
  init?(_ values: ProfiledValues, _ scratch: inout EncodingScratch) {
    frame = Frame(centering: values) ?? Frame(offsetting: values)
    guard values.span < TokenScale.limit / 4, values.count > 0 else { return nil }
    let work = scratch.codes(count: values.count)
    var largest = values.span
    var codes = UnsafePointer(work)
    if frame.isIdentity {
      codes = UnsafeRawPointer(values.values.baseAddress!).assumingMemoryBound(to: UInt64.self)
    } else {
      largest = frame.codes(of: values, into: work)
    }
    guard largest < TokenScale.limit else { return nil }
    let grouping = largest >= 1 && largest < UInt64(Grouping.largestAlphabet) && values.count >= 256
      ? Grouping(alphabet: Int(largest) + 1) : nil
    if let grouping {
      symbols = grouping.gather(codes, values.count, into: work)
      codes = UnsafePointer(work)
      largest = 255
    } else {
      symbols = values.count
    }
    self.grouping = grouping
    self.codes = codes
    scale = grouping == nil ? TokenScale(largest: largest, count: values.count) : TokenScale(precision: 8)
    tokens = scale.token(largest).token + 1
    scratch.prefix.clear(tokens)
    Self.countTokens(codes, symbols, scale, isExact: scale.isExact(tokens: tokens), scratch.prefix.histograms)
    scratch.prefix.buildLengths(tokens)
    var total = 96 + PrefixHeader.bits(scratch.prefix.lengths, tokens)
    for token in 0..<tokens where scratch.prefix.lengths[token] > 0 {
      let width = Int(scratch.prefix.lengths[token]) + scale.range(of: token).extra
      total += Int(scratch.prefix.frequency(token)) * width
    }
    bits = total
  }

  private static func countTokens(
    _ codes: UnsafePointer<UInt64>, _ count: Int, _ scale: TokenScale, isExact: Bool,
    _ histograms: UnsafeMutablePointer<UInt32>
  ) {
    let lane = PrefixCode.maximumTokens
    var index = 0
    if isExact {
      while index &+ 4 <= count {
        histograms[Int(truncatingIfNeeded: codes[index])] &+= 1
        histograms[Int(truncatingIfNeeded: codes[index &+ 1]) &+ lane] &+= 1
        histograms[Int(truncatingIfNeeded: codes[index &+ 2]) &+ 2 &* lane] &+= 1
        histograms[Int(truncatingIfNeeded: codes[index &+ 3]) &+ 3 &* lane] &+= 1
        index &+= 4
      }
    }
    while index &+ 4 <= count {
      histograms[scale.token(codes[index]).token] &+= 1
      histograms[scale.token(codes[index &+ 1]).token &+ lane] &+= 1
      histograms[scale.token(codes[index &+ 2]).token &+ 2 &* lane] &+= 1
      histograms[scale.token(codes[index &+ 3]).token &+ 3 &* lane] &+= 1
      index &+= 4
    }
    while index < count {
      histograms[scale.token(codes[index]).token] &+= 1
      index &+= 1
    }
  }
}

/// Code lengths as nibbles: 0…11 is a length, 15 and a byte (low nibble first) stand for 2…257 zeros.
enum PrefixHeader {
  static func write(_ lengths: UnsafePointer<UInt8>, _ tokens: Int, into sink: inout ByteSink) {
    var nibbles: [UInt8] = []
    forEachNibble(lengths, tokens) { nibbles.append($0) }
    for index in stride(from: 0, to: nibbles.count, by: 2) {
      sink.append(nibbles[index] | (index + 1 < nibbles.count ? nibbles[index + 1] << 4 : 0))
    }
  }

  static func bits(_ lengths: UnsafePointer<UInt8>, _ tokens: Int) -> Int {
    var count = 0
    forEachNibble(lengths, tokens) { _ in count += 1 }
    return count * 4
  }

  private static func forEachNibble(_ lengths: UnsafePointer<UInt8>, _ tokens: Int, _ body: (UInt8) -> Void) {
    var token = 0
    while token < tokens {
      var zeros = 0
      while token + zeros < tokens, zeros < 257, lengths[token + zeros] == 0 { zeros += 1 }
      if zeros >= 2 {
        body(15)
        body(UInt8((zeros - 2) & 15))
        body(UInt8((zeros - 2) >> 4))
        token += zeros
      } else {
        body(lengths[token])
        token += 1
      }
    }
  }

  static func lengths(_ source: inout ByteSource, _ tokens: Int) throws(CorruptSegment) -> [UInt8] {
    var lengths: [UInt8] = []
    var pending: UInt8?
    func nibble() throws(CorruptSegment) -> UInt8 {
      if let high = pending {
        pending = nil
        return high
      }
      let byte = try source.byte()
      pending = byte >> 4
      return byte & 15
    }
    while lengths.count < tokens {
      let value = try nibble()
      if value == 15 {
        let low = try nibble()
        let zeros = Int(low | (try nibble()) << 4) + 2
        guard lengths.count + zeros <= tokens else { throw CorruptSegment(.header("code lengths")) }
        lengths.append(contentsOf: repeatElement(0, count: zeros))
      } else {
        lengths.append(value)
      }
    }
    return lengths
  }
}

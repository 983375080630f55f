/// A length-limited Huffman code over at most `PrefixCode.maximumTokens` tokens.
///
/// Canonical: lengths say everything. Codes are stored reversed, so that the first bit to read is the lowest.
/// - Source: Huffman 1952; canonical form as in RFC 1951 §3.2.2; lengths cut to the limit by the usual Kraft repair.
enum PrefixCode {
  static let maximumTokens = 512
  /// Longest code: the decoder's table then has 2,048 entries of eight bytes and stays in the first-level cache.
  static let longest = 11
}

/// Working memory to count tokens and build a code for them.
@safe
struct PrefixCodeBuilder: ~Copyable {
  /// Four interleaved histograms: repeated tokens do not wait for each other's store.
  let histograms: UnsafeMutablePointer<UInt32>
  let lengths: UnsafeMutablePointer<UInt8>
  /// `code << 8 | length`.
  let codes: UnsafeMutablePointer<UInt32>
  private var order: [UInt64] = []
  private var weights: [UInt64] = []
  private var parents: [Int32] = []

  init() {
    histograms = .allocate(capacity: 4 * PrefixCode.maximumTokens)
    lengths = .allocate(capacity: PrefixCode.maximumTokens)
    codes = .allocate(capacity: PrefixCode.maximumTokens)
    histograms.initialize(repeating: 0, count: 4 * PrefixCode.maximumTokens)
    lengths.initialize(repeating: 0, count: PrefixCode.maximumTokens)
    codes.initialize(repeating: 0, count: PrefixCode.maximumTokens)
  }

  deinit {
    histograms.deallocate()
    lengths.deallocate()
    codes.deallocate()
  }

  /// Forgets the counts of the first `tokens` tokens.
  func clear(_ tokens: Int) {
    for lane in 0..<4 { (histograms + lane * PrefixCode.maximumTokens).update(repeating: 0, count: tokens) }
  }

  /// How often a token was counted.
  @inline(__always)
  func frequency(_ token: Int) -> UInt64 {
    let lanes = PrefixCode.maximumTokens
    return UInt64(histograms[token]) + UInt64(histograms[token + lanes]) + UInt64(histograms[token + 2 * lanes])
      + UInt64(histograms[token + 3 * lanes])
  }

  /// Gives every counted token a code length of 1…`longest`, others 0.
  mutating func buildLengths(_ tokens: Int) {
    order.removeAll(keepingCapacity: true)
    for token in 0..<tokens {
      lengths[token] = 0
      let frequency = frequency(token)
      if frequency > 0 { order.append(frequency << 16 | UInt64(token)) }
    }
    guard order.count > 1 else {
      if let only = order.first { lengths[Int(only & 0xFFFF)] = 1 }
      return
    }
    order.sort()
    mergeLightest()
    limitLengths()
  }

  /// Huffman's algorithm with two queues: the sorted leaves, and the inner nodes in order of creation.
  private mutating func mergeLightest() {
    let leaves = order.count
    weights.removeAll(keepingCapacity: true)
    parents.removeAll(keepingCapacity: true)
    for leaf in order { weights.append(leaf >> 16) }
    parents.append(contentsOf: repeatElement(0, count: 2 * leaves - 1))
    var nextLeaf = 0
    var nextInner = leaves
    while weights.count < 2 * leaves - 1 {
      var weight: UInt64 = 0
      for _ in 0..<2 {
        let takesLeaf = nextLeaf < leaves && (nextInner >= weights.count || weights[nextLeaf] <= weights[nextInner])
        let node = takesLeaf ? nextLeaf : nextInner
        if takesLeaf { nextLeaf += 1 } else { nextInner += 1 }
        weight += weights[node]
        parents[node] = Int32(weights.count)
      }
      weights.append(weight)
    }
    // Depth of each node from its parent's, root last; the depth replaces the weight.
    weights[2 * leaves - 2] = 0
    for node in stride(from: 2 * leaves - 3, through: 0, by: -1) { weights[node] = weights[Int(parents[node])] + 1 }
    for (leaf, entry) in order.enumerated() {
      lengths[Int(entry & 0xFFFF)] = UInt8(min(weights[leaf], UInt64(PrefixCode.longest)))
    }
  }

  /// Repairs the Kraft sum after lengths were cut: rare tokens grow until it fits, frequent ones then take the rest.
  private func limitLengths() {
    let longest = PrefixCode.longest
    let full = 1 << longest
    var sum = order.reduce(0) { $0 + (1 << (longest - Int(lengths[Int($1 & 0xFFFF)]))) }
    while sum > full {
      for entry in order where sum > full {
        let token = Int(entry & 0xFFFF)
        let length = Int(lengths[token])
        guard length < longest else { continue }
        lengths[token] += 1
        sum -= 1 << (longest - length - 1)
      }
    }
    for entry in order.reversed() where sum < full {
      let token = Int(entry & 0xFFFF)
      while lengths[token] > 1, sum + (1 << (longest - Int(lengths[token]))) <= full {
        sum += 1 << (longest - Int(lengths[token]))
        lengths[token] -= 1
      }
    }
  }

  /// Fills `codes` from `lengths`.
  func buildCodes(_ tokens: Int) {
    var next = PrefixTable.firstCodes(lengths, tokens)
    for token in 0..<tokens {
      let length = Int(lengths[token])
      guard length > 0 else { continue }
      codes[token] = PrefixTable.reversed(next[length], length) << 8 | UInt32(length)
      next[length] += 1
    }
  }
}

/// The decoder's table: for every `longest` next bits, the token's first value, its code length and its extra bits.
///
///     entry:  | base value: 46 bits | code length: 6 | extra bits: 6 | both: 6 |
@safe
struct PrefixTable: ~Copyable {
  let entries: UnsafeMutablePointer<UInt64>
  let bits: Int
  /// Most bits that one value takes.
  private(set) var widest = 0

  deinit { entries.deallocate() }

  init(lengths: [UInt8], precision: Int) throws(CorruptSegment) {
    let longest = Int(lengths.max() ?? 0)
    guard longest > 0, longest <= PrefixCode.longest else { throw CorruptSegment(.header("code length")) }
    let sum = lengths.reduce(0) { $1 == 0 ? $0 : $0 + 1 << (longest - Int($1)) }
    guard sum <= 1 << longest else { throw CorruptSegment(.header("code lengths")) }
    bits = longest
    entries = .allocate(capacity: 1 << longest)
    entries.initialize(repeating: 0, count: 1 << longest)
    var next = lengths.withUnsafeBufferPointer { Self.firstCodes($0.baseAddress!, $0.count) }
    for token in lengths.indices where lengths[token] > 0 {
      let length = Int(lengths[token])
      let (base, extra) = TokenScale(precision: precision).range(of: token)
      widest = max(widest, length + extra)
      let entry = base << 18 | UInt64(length) << 12 | UInt64(extra) << 6 | UInt64(length + extra)
      var slot = Int(Self.reversed(next[length], length))
      next[length] += 1
      while slot < 1 << longest {
        entries[slot] = entry
        slot += 1 << length
      }
    }
  }

  /// The smallest code of each length.
  static func firstCodes(_ lengths: UnsafePointer<UInt8>, _ tokens: Int) -> [UInt32] {
    var counts = [UInt32](repeating: 0, count: PrefixCode.longest + 1)
    for token in 0..<tokens where lengths[token] > 0 { counts[Int(lengths[token])] += 1 }
    var first = [UInt32](repeating: 0, count: PrefixCode.longest + 2)
    for length in 1...PrefixCode.longest { first[length + 1] = (first[length] + counts[length]) << 1 }
    return first
  }

  static func reversed(_ code: UInt32, _ length: Int) -> UInt32 {
    var result: UInt32 = 0
    for bit in 0..<length { result |= (code >> UInt32(bit) & 1) << UInt32(length - 1 - bit) }
    return result
  }
}

/// Log-linear classes of numbers: exact below 2^(precision + 1), then 2^precision classes per power of two.
struct TokenScale {
  let precision: Int
  /// Numbers from here on have no class: base value and extra bits must fit a table entry and one 64-bit load.
  static let limit: UInt64 = 1 << 44

  @inline(__always)
  func token(_ code: UInt64) -> (token: Int, extra: Int) {
    let extra = max(0, 63 &- precision &- (code | 1).leadingZeroBitCount)
    return ((extra &<< precision) &+ Int(truncatingIfNeeded: code &>> UInt64(truncatingIfNeeded: extra)), extra)
  }

  /// First number of a token's class and the bits that tell its members apart.
  func range(of token: Int) -> (base: UInt64, extra: Int) {
    guard token >= 2 << precision else { return (UInt64(token), 0) }
    let extra = token >> precision - 1
    guard extra <= 44 - precision else { return (0, 0) }
    return (UInt64(token & ((1 << precision) - 1) + 1 << precision) << UInt64(extra), extra)
  }

  /// The finest scale with few enough tokens for so many values.
  init(largest: UInt64, count: Int) {
    let limit = max(16, min(PrefixCode.maximumTokens, count / 16))
    var finest = 8
    while finest > 1, TokenScale(precision: finest).token(largest).token >= limit { finest -= 1 }
    precision = finest
  }

  init(precision: Int) { self.precision = precision }

  /// Whether every number is its own token.
  func isExact(tokens: Int) -> Bool { tokens <= 2 << precision }
}

/// One way to write a run of integers, absents included. Members do not know each other: what they hand on
/// (deltas, codes, run lengths) goes through `IntegerCodec`, which chooses again.
///
/// A blob starts with the number of its encoding; the rest is the member's. Numbers are stored on disk and never
/// reused. Adding a member: its file, one line in `columnEncodings`, a shape in `EncodingTests`.
protocol ColumnEncoding: Sendable {
  static var number: UInt8 { get }
  static var name: String { get }

  /// About how many bits the values would take; nil when this encoding cannot or should not hold them.
  static func estimate(_ values: ProfiledValues, _ scratch: inout EncodingScratch) -> Int?

  /// Appends everything after the number.
  static func encode(_ values: ProfiledValues, into sink: inout ByteSink, _ scratch: inout EncodingScratch)

  /// Reads what `encode` wrote into all of `values`.
  /// - Throws: `CorruptSegment` for bytes that no encoder writes; never traps.
  static func decode(
    _ source: inout ByteSource, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment)
}

/// All encodings; the first of equal estimates wins.
let columnEncodings: [any ColumnEncoding.Type] = [
  ConstantEncoding.self, PackedEncoding.self, PrefixEncoding.self, RunLengthEncoding.self, DictionaryEncoding.self,
  DeltaEncoding.self, RawEncoding.self,
]

/// Writes and reads runs of integers in whatever encoding is smallest.
///
/// Encodings nest (a dictionary's codes are again integers), at most `deepest` levels; the innermost level uses the
/// flat encodings only.
enum IntegerCodec {
  static let deepest = 3

  /// Appends the values in the encoding with the smallest estimate; ties go to the earlier one of the registry.
  static func encode(
    _ values: UnsafeBufferPointer<Int64>, level: Int = 0, hint: ValueHint = .none, into sink: inout ByteSink,
    _ scratch: inout EncodingScratch
  ) {
    let profiled = ProfiledValues(values, level: level, hint: hint)
    encode(profiled, into: &sink, &scratch)
  }

  static func encode(_ values: ProfiledValues, into sink: inout ByteSink, _ scratch: inout EncodingScratch) {
    scratch.beginValues()
    var best: any ColumnEncoding.Type = RawEncoding.self
    for encoding in columnEncodings {
      guard let bits = encoding.estimate(values, &scratch), bits < scratch.bestBits else { continue }
      best = encoding
      scratch.bestBits = bits
      if bits == 0 { break }
    }
    sink.append(best.number)
    best.encode(values, into: &sink, &scratch)
  }

  /// Appends the values in a given encoding, whatever its size.
  static func encode(
    _ values: ProfiledValues, as encoding: any ColumnEncoding.Type, into sink: inout ByteSink,
    _ scratch: inout EncodingScratch
  ) {
    scratch.beginValues()
    sink.append(encoding.number)
    encoding.encode(values, into: &sink, &scratch)
  }

  static func decode(
    _ source: inout ByteSource, into values: UnsafeMutableBufferPointer<Int64>
  ) throws(CorruptSegment) {
    let number = try source.byte()
    guard let encoding = columnEncodings.first(where: { $0.number == number }) else {
      throw CorruptSegment(.unknownEncoding(number))
    }
    try source.enter()
    try encoding.decode(&source, into: values)
    source.leave()
  }
}

/// What the caller knows about values that a sample cannot tell.
enum ValueHint {
  case none
  /// Numbers of a dictionary, most frequent first: another dictionary cannot help.
  case ranks
}

internal import Traffic

/// Stored bytes that are no sketch.
public struct MalformedSketch: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    case truncated, trailingBytes
    case version(UInt8)
    case precision(UInt8)
    /// A number that is not the shortest LEB128, or beyond 64 bits.
    case number
    /// Bucket numbers do not rise, or lie beyond the last.
    case buckets
    /// Counts are zero, do not add up to the total, or are 2⁴⁸ and more.
    case counts
    /// The extremes do not lie in the first and the last bucket.
    case extremes
  }
  public let problem: Problem
}

/// Form 1, canonical: independent of how the sketch came about.
///
///     | version 1 | precision 7 | count | sum | min | max | pairs | pairs × (bucket − bucket before, count) |
///
/// The first two are bytes, the others LEB128. Bucket 4352 counts the overflow. Without values all numbers are 0.
extension LatencySketch {
  private static let version: UInt8 = 1
  private static let precision: UInt8 = 7

  public var serialized: [UInt8] {
    let buckets = buckets
    var bytes = [Self.version, Self.precision]
    bytes.reserveCapacity(16 + buckets.count * 3)
    Self.append(count, to: &bytes)
    Self.append(sum, to: &bytes)
    Self.append(UInt64(minimum ?? 0), to: &bytes)
    Self.append(UInt64(maximum ?? 0), to: &bytes)
    Self.append(UInt64(buckets.count), to: &bytes)
    var previous = 0
    for bucket in buckets {
      Self.append(UInt64(bucket.index - previous), to: &bytes)
      Self.append(bucket.count, to: &bytes)
      previous = bucket.index
    }
    return bytes
  }

  private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Reads form 1.
  /// - Throws: `MalformedSketch` for anything that `serialized` does not write.
  public init(serialized bytes: some RandomAccessCollection<UInt8>) throws(MalformedSketch) {
    var reader = SketchReader(bytes)
    let version = try reader.byte()
    guard version == Self.version else { throw MalformedSketch(problem: .version(version)) }
    let precision = try reader.byte()
    guard precision == Self.precision else { throw MalformedSketch(problem: .precision(precision)) }
    let count = try reader.number()
    guard count < 1 << 48 else { throw MalformedSketch(problem: .counts) }
    let sum = try reader.number()
    let lowest = try reader.value()
    let highest = try reader.value()
    let buckets = try reader.buckets(total: count)
    guard reader.isAtEnd else { throw MalformedSketch(problem: .trailingBytes) }
    guard let first = buckets.first, let last = buckets.last else {
      guard sum == 0, lowest == 0, highest == 0 else { throw MalformedSketch(problem: .extremes) }
      self.init()
      return
    }
    guard lowest <= highest, min(LatencyBuckets.index(of: lowest), LatencyBuckets.count) == first.index,
      min(LatencyBuckets.index(of: highest), LatencyBuckets.count) == last.index
    else { throw MalformedSketch(problem: .extremes) }
    self.init(count: count, sum: sum, extremes: lowest...highest, buckets: buckets)
  }
}

private struct SketchReader<Bytes: RandomAccessCollection<UInt8>> {
  private let bytes: Bytes
  private var position: Bytes.Index

  init(_ bytes: Bytes) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var isAtEnd: Bool { position == bytes.endIndex }

  mutating func byte() throws(MalformedSketch) -> UInt8 {
    guard position < bytes.endIndex else { throw MalformedSketch(problem: .truncated) }
    defer { position = bytes.index(after: position) }
    return bytes[position]
  }

  mutating func number() throws(MalformedSketch) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let next = try byte()
      guard shift < 63 || next <= 1, shift == 0 || next != 0 else { throw MalformedSketch(problem: .number) }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
    }
    throw MalformedSketch(problem: .number)
  }

  mutating func value() throws(MalformedSketch) -> Int64 {
    guard let value = Int64(exactly: try number()) else { throw MalformedSketch(problem: .extremes) }
    return value
  }

  mutating func buckets(total: UInt64) throws(MalformedSketch) -> [(index: Int, count: UInt64)] {
    let pairs = try number()
    guard pairs <= UInt64(LatencyBuckets.count + 1) else { throw MalformedSketch(problem: .buckets) }
    var buckets: [(index: Int, count: UInt64)] = []
    var rest = total
    var previous = -1
    for _ in 0..<pairs {
      let delta = try number()
      guard delta <= UInt64(LatencyBuckets.count), delta > 0 || previous < 0 else {
        throw MalformedSketch(problem: .buckets)
      }
      previous = max(0, previous) + Int(delta)
      guard previous <= LatencyBuckets.count else { throw MalformedSketch(problem: .buckets) }
      let count = try number()
      guard count > 0, count <= rest else { throw MalformedSketch(problem: .counts) }
      rest -= count
      buckets.append((previous, count))
    }
    guard rest == 0 else { throw MalformedSketch(problem: .counts) }
    return buckets
  }
}

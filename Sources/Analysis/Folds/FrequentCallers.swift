import Traffic

/// Eight counters that follow the most frequent callers among many rows: see `HeavyCallers`.
struct FrequentCallers: Sendable {
  private static let places = 8

  private(set) var requests: Int64 = 0
  private var keys = InlineArray<8, Int64>(repeating: 0)
  /// 0 is a free place.
  private var counts = InlineArray<8, Int64>(repeating: 0)
  /// A byte of every key's hash, the first place's lowest: one comparison says where a caller may be.
  private var tags: UInt64 = 0
  /// A bit per free place.
  private var free: UInt8 = .max

  /// Callers and how often they were met at least.
  var counters: [(caller: Int64, held: Int64)] {
    (0..<Self.places).filter { counts[$0] > 0 }.map { (keys[$0], counts[$0]) }
  }

  @inline(__always)
  mutating func add(_ key: Int64) {
    requests &+= 1
    let tag = Self.tag(of: key)
    var candidates = Self.places(of: tag, in: tags)
    while candidates != 0 {
      let place = candidates.trailingZeroBitCount >> 3
      if keys[place] == key, counts[place] > 0 {
        counts[place] &+= 1
        return
      }
      candidates &= candidates &- 1
    }
    if free == 0 { takeOneOff() } else { hold(key, 1, at: free.trailingZeroBitCount) }
  }

  @inline(__always)
  private static func tag(of key: Int64) -> UInt64 { (UInt64(bitPattern: key) &* 0x9E37_79B9_7F4A_7C15) &>> 56 }

  /// The highest bit of each byte that equals the tag, and perhaps of others after it.
  @inline(__always)
  private static func places(of tag: UInt64, in tags: UInt64) -> UInt64 {
    let difference = tags ^ (tag &* 0x0101_0101_0101_0101)
    return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
  }

  @inline(__always)
  private mutating func hold(_ key: Int64, _ count: Int64, at place: Int) {
    keys[place] = key
    counts[place] = count
    free &= ~(1 << UInt8(place))
    let shift = UInt64(8 * place)
    tags = tags & ~(0xFF << shift) | Self.tag(of: key) << shift
  }

  @inline(__always)
  private mutating func takeOneOff() {
    for place in 0..<Self.places {
      counts[place] &-= 1
      free |= (counts[place] == 0 ? 1 : 0) << UInt8(place)
    }
  }

  /// Adds equal keys up, then takes the ninth largest count off all.
  mutating func merge(_ later: Self) {
    var sums: [Int64: Int64] = [:]
    for (key, count) in counters + later.counters { sums[key, default: 0] += count }
    let largest = sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let off = largest.count > Self.places ? largest[Self.places].value : 0
    var merged = Self()
    merged.requests = requests + later.requests
    for (place, entry) in largest.prefix(Self.places).enumerated() where entry.value > off {
      merged.hold(entry.key, entry.value - off, at: place)
    }
    self = merged
  }
}

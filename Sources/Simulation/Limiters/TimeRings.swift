/// Rings of times, one per key, in one array that grows; a key's ring doubles with what it holds.
///
/// A copy of a `Ring` that is thrown away leaves the original as it was: one cell of each ring is always free, pushing
/// writes to it alone, and a ring that grows moves to new cells without giving back the old ones. Those, and the cells
/// of forgotten keys, stay unused: at most as many again as there were pushes, and four per forgotten key.
struct TimeRings: Sendable {
  /// Where the times of one key are.
  struct Ring: BitwiseCopyable, Sendable {
    /// Its first cell.
    var cells = 0
    /// Cells less one, and so how many times fit; the number of cells is a power of two, 0 before the first push.
    var mask = -1
    /// Place of the oldest time in the ring.
    var first = 0
    var count = 0

    @inline(__always) var hasRoom: Bool { count < mask }

    /// Forgets the oldest time.
    @inline(__always)
    mutating func drop() {
      first = (first &+ 1) & mask
      count &-= 1
    }
  }

  private var times: [Int64] = []

  /// The time pushed `back` pushes before the last; fewer than `count`.
  @inline(__always)
  func time(_ back: Int, from ring: Ring) -> Int64 {
    times[ring.cells &+ ((ring.first &+ ring.count &- 1 &- back) & ring.mask)]
  }

  @inline(__always)
  func oldest(of ring: Ring) -> Int64 { times[ring.cells &+ ring.first] }

  /// - Complexity: O(1) amortised; allocates only when the ring grows.
  @inline(__always)
  mutating func push(_ time: Int64, to ring: inout Ring) {
    if !ring.hasRoom { grow(&ring) }
    times[ring.cells &+ ((ring.first &+ ring.count) & ring.mask)] = time
    ring.count &+= 1
  }

  private mutating func grow(_ ring: inout Ring) {
    let capacity = max(4, 2 * (ring.mask + 1))
    let cells = times.count
    for index in 0..<ring.count { times.append(times[ring.cells + ((ring.first + index) & ring.mask)]) }
    for _ in ring.count..<capacity { times.append(0) }
    ring = Ring(cells: cells, mask: capacity - 1, first: 0, count: ring.count)
  }
}

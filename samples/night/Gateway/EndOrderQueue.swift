/// Requests in flight, handed out in the order in which they end, as nginx writes them.
///
/// A binary heap of small keys beside the requests themselves. Requests that end in the same microsecond
/// leave in the order in which they came.
struct EndOrderQueue: ~Copyable {
  private struct Entry {
    /// End in µs (44 bits, 203 days), then the order of arrival.
    var key: UInt64
    var slot: Int
  }

  private var heap: [Entry] = []
  private var requests: [Request] = []
  private var freeSlots: [Int] = []
  private var pushed: UInt64 = 0

  /// The end of the request that leaves next; `Int.max` when none is in flight.
  @inline(__always)
  var nextEnd: Int { heap.isEmpty ? .max : Int(heap[0].key >> 20) }

  mutating func push(_ request: Request) {
    var slot = requests.count
    if let free = freeSlots.popLast() {
      slot = free
      requests[slot] = request
    } else {
      requests.append(request)
    }
    pushed &+= 1
    heap.append(Entry(key: UInt64(request.end) << 20 | pushed & 0xF_FFFF, slot: slot))
    siftUp(from: heap.count - 1)
  }

  /// Takes the request that ends first; the caller has seen that there is one.
  mutating func pop() -> Request {
    let slot = heap[0].slot
    let moved = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = moved
      siftDown()
    }
    freeSlots.append(slot)
    return requests[slot]
  }

  private mutating func siftUp(from start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard heap[index].key < heap[parent].key else { return }
      heap.swapAt(index, parent)
      index = parent
    }
  }

  private mutating func siftDown() {
    var index = 0
    while true {
      var child = 2 * index + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, heap[child + 1].key < heap[child].key { child += 1 }
      guard heap[child].key < heap[index].key else { return }
      heap.swapAt(index, child)
      index = child
    }
  }
}

/// What is still to happen, earliest first; of one instant in the order in which it was put in.
///
/// A binary heap in one flat buffer.
/// - Complexity: O(log n) to put in and to take out.
struct EventCalendar: Sendable {
  struct Event: BitwiseCopyable, Sendable {
    var time: Int64
    var order: UInt64
    var pending: Pending

    static func isBefore(_ a: Event, _ b: Event) -> Bool { (a.time, a.order) < (b.time, b.order) }
  }

  private var heap: [Event] = []
  private var inserted: UInt64 = 0

  var isEmpty: Bool { heap.isEmpty }
  var count: Int { heap.count }
  /// When the next event is due; `.max` when there is none.
  var nextTime: Int64 { heap.isEmpty ? .max : heap[0].time }

  mutating func insert(_ pending: Pending, at time: Int64) {
    heap.append(Event(time: time, order: inserted, pending: pending))
    inserted += 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Event.isBefore(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func removeFirst() -> Event? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    sink()
    return first
  }

  private mutating func sink() {
    var parent = 0
    while true {
      let left = parent * 2 + 1
      guard left < heap.count else { return }
      let right = left + 1
      let child = right < heap.count && Event.isBefore(heap[right], heap[left]) ? right : left
      guard Event.isBefore(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}

/// Something that is still to happen in a replay.
struct Pending: BitwiseCopyable, Sendable {
  enum Step: UInt8, BitwiseCopyable {
    /// An attempt meets its next stage.
    case resume
    /// A request gives its place back.
    case leave
    /// A waiting request's time is over.
    case giveUp
  }

  var step: Step
  var stage: Int32 = 0
  /// Place of the request in the slab; −1 where there is none.
  var place: Int32 = -1
  var rule: Int32 = -1
  var key: Int32 = -1
  /// When the request that leaves was admitted, and how many were in progress then.
  var started: Int64 = 0
  var inProgress: Int64 = 0
  var wasDropped = false
}

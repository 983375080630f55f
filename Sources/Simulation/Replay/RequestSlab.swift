/// One pointer per column of a batch, or of the slab; a row is an index into each.
typealias ColumnPointers = UnsafePointer<UnsafePointer<Int64>>

/// Columns of requests that wait for something, copied out of their batch.
///
/// Laid out like a batch (one buffer per column), so that a waiting request is read as a recorded one is.
@safe
struct RequestSlab: ~Copyable {
  /// One pointer per column, as `RecordedRequest` reads them. Valid until the next `store`.
  private(set) var columns: UnsafeMutablePointer<UnsafePointer<Int64>>
  private var buffers: [UnsafeMutablePointer<Int64>]
  private var attempts: [AttemptProgress] = []
  private var free: [Int32] = []
  private var capacity = 256
  private let width: Int

  init(width: Int) {
    self.width = width
    columns = .allocate(capacity: max(1, width))
    buffers = (0..<width).map { _ in .allocate(capacity: 256) }
    for (index, buffer) in buffers.enumerated() {
      buffer.initialize(repeating: 0, count: capacity)
      columns[index] = UnsafePointer(buffer)
    }
  }

  deinit {
    for buffer in buffers { buffer.deallocate() }
    columns.deallocate()
  }

  /// Requests that wait now.
  var count: Int { attempts.count - free.count }

  /// The place that the next stored request gets.
  var nextPlace: Int32 { free.last ?? Int32(attempts.count) }

  /// Copies a row in; gives its place.
  mutating func store(_ source: ColumnPointers, row: Int, _ attempt: AttemptProgress) -> Int32 {
    let place: Int
    if let reused = free.popLast() {
      place = Int(reused)
      attempts[place] = attempt
    } else {
      place = attempts.count
      attempts.append(attempt)
      if place == capacity { grow() }
    }
    for column in 0..<width { buffers[column][place] = source[column][row] }
    return Int32(place)
  }

  subscript(place: Int32) -> AttemptProgress {
    get { attempts[Int(place)] }
    set { attempts[Int(place)] = newValue }
  }

  mutating func release(_ place: Int32) { free.append(place) }

  private mutating func grow() {
    for column in 0..<width {
      let next = UnsafeMutablePointer<Int64>.allocate(capacity: capacity * 2)
      next.initialize(repeating: 0, count: capacity * 2)
      next.update(from: buffers[column], count: capacity)
      buffers[column].deallocate()
      buffers[column] = next
      columns[column] = UnsafePointer(next)
    }
    capacity *= 2
  }
}

/// How far one attempt is on its way through the gateway.
struct AttemptProgress: BitwiseCopyable, Sendable {
  /// When this attempt arrived, µs.
  var arrival: Int64
  /// When the first attempt of this request arrived.
  var firstArrival: Int64
  /// The wait before this attempt, for back-offs that depend on it.
  var previousWait: Int64 = 0
  /// Delays so far.
  var delay: Int64 = 0
  var longestDelay: Int64 = 0
  /// The rule that delayed longest, −1 for none.
  var delayingRule: Int32 = -1
  var dryRunRule: Int32 = -1
  /// 0 is the recorded request.
  var number: Int32 = 0
  /// Stages, by bit, in which it holds a place.
  var held: UInt64 = 0
  /// Since when it waits for a place.
  var waitingSince: Int64 = 0

  init(arrival: Int64) {
    self.arrival = arrival
    firstArrival = arrival
  }

  mutating func notes(delay: Int64, rule: Int32) {
    guard delay > longestDelay else { return }
    longestDelay = delay
    delayingRule = rule
  }

  mutating func notes(dryRun rule: Int32) {
    if dryRunRule < 0 { dryRunRule = rule }
  }
}

import Traffic

/// Requests of a few callers in each second of the clock: pages of 256 seconds, with a count per second and caller.
///
/// Arrivals spread over too many pages (hostile time stamps) stop the count; then there are no counts rather than wrong
/// ones.
struct CallerSeconds: TrafficFold {
  private static let pageSeconds = 256
  /// 200 MB.
  private static let mostCounts = 50_000_000

  let numbers: CallerNumbers
  /// By number of the page; those of one second lie together, one for each caller and one for all others.
  private var pages: [Int64: [UInt32]] = [:]
  private var isComplete = true
  /// Counts of one second.
  private var width: Int { numbers.count + 1 }

  init(_ callers: [Int64]) { numbers = CallerNumbers(callers) }

  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (caller, arrival) = (batch[0], batch[1])
    var row = 0
    while row < batch.rows {
      let page = Self.page(ofSecond: Self.second(arrival[row]))
      guard makeRoom(for: page) else { return }
      row = count(caller, arrival, from: row, page: page)
    }
  }

  /// Counts rows as long as they stay on one page; returns the first that does not.
  private mutating func count(
    _ caller: UnsafeBufferPointer<Int64>, _ arrival: UnsafeBufferPointer<Int64>, from start: Int, page: Int64
  ) -> Int {
    let width = width
    return numbers.withLookup { number in
      pages[page, default: []].withUnsafeMutableBufferPointer { counts in
        for row in start..<arrival.count {
          let second = Self.second(arrival[row])
          guard Self.page(ofSecond: second) == page else { return row }
          counts[Self.place(ofSecond: second) &* width &+ number(caller[row])] &+= 1
        }
        return arrival.count
      }
    }
  }

  private mutating func makeRoom(for page: Int64) -> Bool {
    guard isComplete else { return false }
    if pages[page] != nil { return true }
    let counts = width * Self.pageSeconds
    isComplete = (pages.count + 1) * counts <= Self.mostCounts
    if isComplete { pages[page] = [UInt32](repeating: 0, count: counts) }
    return isComplete
  }

  @inline(__always)
  private static func second(_ arrival: Int64) -> Int64 { arrival.flooredQuotient(by: Microseconds.second.count) }

  @inline(__always)
  private static func page(ofSecond second: Int64) -> Int64 { second.flooredQuotient(by: Int64(pageSeconds)) }

  @inline(__always)
  private static func place(ofSecond second: Int64) -> Int { Int(second.flooredRemainder(by: Int64(pageSeconds))) }

  mutating func merge(_ later: Self) {
    isComplete = isComplete && later.isComplete
    for (page, counts) in later.pages {
      guard pages[page] != nil else {
        if makeRoom(for: page) { pages[page] = counts }
        continue
      }
      for place in counts.indices { pages[page]?[place] &+= counts[place] }
    }
  }

  /// Every second with a request, ascending, of each caller by its number; nil where the time stamps are too far apart.
  func busySeconds() -> [[(second: Int64, requests: UInt32)]]? {
    guard isComplete else { return nil }
    var busy = [[(second: Int64, requests: UInt32)]](repeating: [], count: numbers.count)
    for (page, counts) in pages.sorted(by: { $0.key < $1.key }) {
      for place in counts.indices where counts[place] > 0 {
        let (second, number) = place.quotientAndRemainder(dividingBy: width)
        guard number < busy.count else { continue }
        busy[number].append((page &* Int64(Self.pageSeconds) &+ Int64(second), counts[place]))
      }
    }
    return busy
  }
}

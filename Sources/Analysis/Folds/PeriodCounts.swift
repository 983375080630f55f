import Traffic

/// Requests per second (or minute) over any span: dense pages of 256 periods, so a day of seconds is 340 pages.
///
/// Merging is exact in any order. Arrivals spread over more than `maximumPages` pages (hostile time stamps) stop the
/// count; then there is no peak rather than a wrong one.
struct PeriodCounts: Sendable {
  static let pagePeriods: Int64 = 256
  /// 200,000 pages hold 592 days of seconds in 205 MB; ordinary nights need hundreds.
  static let maximumPages = 200_000

  let period: Int64
  private var pages: [[UInt32]] = []
  private var pageOf: [Int64: Int] = [:]
  private(set) var isComplete = true
  private(set) var first = Int64.max
  private(set) var last = Int64.min

  init(period: Microseconds) {
    precondition(period.count > 0, "a period has a length")
    self.period = period.count
  }

  /// Neighbours mostly fall into the same period: each run of them is counted at once, with one division.
  mutating func record(_ arrivals: UnsafeBufferPointer<Int64>) {
    var index = 0
    var known: (page: Int64, slot: Int)?
    while index < arrivals.count {
      let arrival = arrivals[index]
      let number = arrival.flooredQuotient(by: period)
      let passed = arrival &- number &* period
      // The first and the last period reach beyond Int64: their bounds are cut.
      let bounds = arrival.clampedSum(-passed)...arrival.clampedSum(period - 1 - passed)
      let end = follow(arrivals, from: index, in: bounds)
      let page = number.flooredQuotient(by: Self.pagePeriods)
      if known?.page != page { known = slot(ofPage: page).map { (page, $0) } }
      if let known {
        pages[known.slot][Int(number.flooredRemainder(by: Self.pagePeriods))] &+= UInt32(truncatingIfNeeded: end - index)
      }
      index = end
    }
  }

  /// Takes in arrivals as long as they stay within bounds; the first does.
  /// - Returns: the index of the first that does not.
  private mutating func follow(
    _ arrivals: UnsafeBufferPointer<Int64>, from start: Int, in bounds: ClosedRange<Int64>
  ) -> Int {
    var (first, last) = (first, last)
    var index = start
    repeat {
      first = min(first, arrivals[index])
      last = max(last, arrivals[index])
      index += 1
    } while index < arrivals.count && arrivals[index] >= bounds.lowerBound && arrivals[index] <= bounds.upperBound
    (self.first, self.last) = (first, last)
    return index
  }

  private mutating func slot(ofPage page: Int64) -> Int? {
    if let slot = pageOf[page] { return slot }
    guard pages.count < Self.maximumPages else {
      isComplete = false
      return nil
    }
    pageOf[page] = pages.count
    pages.append([UInt32](repeating: 0, count: Int(Self.pagePeriods)))
    return pages.count - 1
  }

  mutating func merge(_ later: Self) {
    first = min(first, later.first)
    last = max(last, later.last)
    isComplete = isComplete && later.isComplete
    for (page, index) in later.pageOf {
      guard let slot = slot(ofPage: page) else { return }
      for period in 0..<Int(Self.pagePeriods) { pages[slot][period] &+= later.pages[index][period] }
    }
  }

  /// The largest count of one period; nil when nothing (or not everything) was counted.
  var peak: Int64? {
    guard isComplete else { return nil }
    return pages.lazy.compactMap { $0.max() }.max().map(Int64.init)
  }

  /// Start and arrivals of every period with at least one arrival, ascending.
  var busyPeriods: [(start: Int64, count: UInt32)] {
    pageOf.sorted { $0.key < $1.key }.flatMap { page, slot in
      pages[slot].indices.filter { pages[slot][$0] > 0 }.map {
        ((page &* Self.pagePeriods &+ Int64($0)) &* period, pages[slot][$0])
      }
    }
  }
}

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

  mutating func record(_ arrivals: UnsafeBufferPointer<Int64>) {
    var index = 0
    while index < arrivals.count, isComplete {
      let pageLength = period &* Self.pagePeriods
      let page = arrivals[index].flooredQuotient(by: pageLength)
      guard let slot = slot(ofPage: page) else { return }
      index = pages[slot].withUnsafeMutableBufferPointer { counts in
        Self.count(arrivals, from: index, page: page, period: period, into: counts)
      }
    }
    for arrival in arrivals {
      first = min(first, arrival)
      last = max(last, arrival)
    }
  }

  /// Counts arrivals as long as they stay on one page; returns the index of the first that does not.
  private static func count(
    _ arrivals: UnsafeBufferPointer<Int64>, from start: Int, page: Int64, period: Int64,
    into counts: UnsafeMutableBufferPointer<UInt32>
  ) -> Int {
    let length = period * pagePeriods
    // The first and the last page reach beyond Int64: their bounds are cut, their origin wraps, offsets stay right.
    let origin = page &* length
    let low = origin > 0 && page < 0 ? Int64.min : origin
    let (end, overflow) = origin.addingReportingOverflow(length - 1)
    let high = overflow && page >= 0 ? Int64.max : end
    // Neighbours mostly fall into the same period: a division only where they do not.
    var slot = -1
    var slotStart = origin
    let width = UInt64(period)
    var index = start
    while index < arrivals.count {
      let arrival = arrivals[index]
      if arrival < low || arrival > high { break }
      if slot < 0 || UInt64(bitPattern: arrival &- slotStart) >= width {
        slot = Int(UInt64(bitPattern: arrival &- origin) / width)
        slotStart = origin &+ Int64(slot) &* period
      }
      counts[slot] &+= 1
      index += 1
    }
    return max(index, start + 1)
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

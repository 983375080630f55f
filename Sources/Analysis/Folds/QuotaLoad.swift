import Statistics
import Traffic

/// What every key offers to one or several limits of the same key and conditions. Needs order of arrival.
///
/// Memory: per key and meter one open window; per distinct number of requests in a window one count; for sliding
/// meters the arrivals of the last window; for long windows one count per key and day.
struct QuotaLoad: TrafficFold {
  /// What is measured of every key.
  struct Meter: Sendable {
    var window: QuotaWindow
    /// Of the keys that `limits` does not name; nil where no limit is known.
    var limit: Int64?
    /// By the first part of the key.
    var limits: [Int64: Int64] = [:]
    /// Also the most requests in any stretch of one window.
    var slides = false
    /// Also the level of a bucket: tokens, per µs, capacity.
    var bucket: BucketLevel?
  }

  /// One meter of one key.
  struct Reading: Sendable {
    var attempts: Int64 = 0
    var rejected: Int64 = 0
    var start = Int64.max
    var end = Int64.min
    var offered: Int64 = 0
    var limit: Int64?
    var peak: Int64 = 0
    var peakStart: Int64 = 0
    /// Consecutive windows above four fifths of the limit: where they began, and where they end so far.
    var runStart = Int64.min
    var runEnd = Int64.min
    /// µs.
    var longestRun: Int64 = 0
    var slidingPeak: Int64 = 0
  }

  let keys: QuotaKeys
  let meters: [Meter]
  private(set) var table = KeyTable()
  /// Meters of the first key, then those of the second …
  private(set) var readings: [Reading] = []
  /// By reading, where any meter has a bucket or slides; else empty.
  private(set) var buckets: [BucketLevel?] = []
  private var recent: [RecentArrivals] = []
  private var levels = KeyTable()
  private var levelWindows: [Int64] = []
  private var days = KeyTable()
  private var dayRequests: [Int64] = []
  private var selection: QuotaSelection?
  private let isLong: [Bool]

  /// - Parameter selection: by position in `meters`; nil: every meter is of every request.
  init(_ keys: QuotaKeys, _ meters: [Meter], _ selection: QuotaSelection? = nil) {
    self.keys = keys
    self.meters = meters
    self.selection = selection
    isLong = meters.map(\.window.isLong)
  }

  /// Columns are those of the keys, then those of the selector.
  mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (arrival, status, limit, outcome) = (batch[0], batch[1], batch[2], batch[3])
    let every = Array(meters.indices)
    for row in 0..<batch.rows {
      let combination = selection?.combination(row, batch, first: keys.columns.count)
      let applying = combination.map { selection?.positions($0) ?? [] } ?? every
      guard !applying.isEmpty, let group = keys.key(row, batch) else { continue }
      let key = table.index(of: group)
      if key * meters.count == readings.count { begin(group) }
      let answer = RecordedAttempt.answer(status: status[row], limit: limit[row], outcome: outcome[row])
      for meter in applying { offer(arrival[row], isRejected: answer == .rejected, to: meter, of: key) }
    }
  }

  private mutating func begin(_ group: GroupKey) {
    for meter in meters {
      var reading = Reading()
      reading.limit = meter.limits[group.first] ?? meter.limit
      readings.append(reading)
    }
    if meters.contains(where: { $0.bucket != nil }) { buckets += meters.map(\.bucket) }
    if meters.contains(where: \.slides) { recent += meters.map { _ in RecentArrivals() } }
  }

  @inline(__always)
  private mutating func offer(_ arrival: Int64, isRejected: Bool, to meter: Int, of key: Int) {
    let index = key &* meters.count &+ meter
    readings[index].attempts &+= 1
    if isRejected { readings[index].rejected &+= 1 }
    if isLong[meter] { countDay(arrival, index) }
    if arrival < readings[index].start || arrival >= readings[index].end { turn(index, meter, to: arrival) }
    readings[index].offered &+= 1
    if meters[meter].slides {
      let within = recent[index].add(arrival, window: meters[meter].window.length.count)
      readings[index].slidingPeak = max(readings[index].slidingPeak, within)
    }
    if meters[meter].bucket != nil { buckets[index]?.take(at: arrival) }
  }

  /// Closes the open window of a reading and opens the one around an arrival.
  private mutating func turn(_ index: Int, _ meter: Int, to arrival: Int64) {
    close(index)
    let (start, end) = meters[meter].window.bounds(around: arrival)
    readings[index].start = start
    readings[index].end = end
    readings[index].offered = 0
  }

  private mutating func close(_ index: Int) {
    let offered = readings[index].offered
    guard offered > 0 else { return }
    let level = levels.index(of: GroupKey(first: Int64(index), second: offered))
    if level == levelWindows.count { levelWindows.append(0) }
    levelWindows[level] += 1
    let (start, end) = (readings[index].start, readings[index].end)
    if offered > readings[index].peak { (readings[index].peak, readings[index].peakStart) = (offered, start) }
    guard let limit = readings[index].limit, Int128(offered) * 5 > Int128(limit) * 4 else { return }
    if readings[index].runEnd != start { readings[index].runStart = start }
    readings[index].runEnd = end
    readings[index].longestRun = max(readings[index].longestRun, end &- readings[index].runStart)
  }

  private mutating func countDay(_ arrival: Int64, _ reading: Int) {
    let day = QuotaWindow.fixed(length: Microseconds.day.count, origin: 0).bounds(around: arrival).start
    let index = days.index(of: GroupKey(first: Int64(reading), second: day))
    if index == dayRequests.count { dayRequests.append(0) }
    dayRequests[index] += 1
  }

  /// Order by arrival uses one fold for everything.
  mutating func merge(_ later: Self) { precondition(later.readings.isEmpty, "a scan in arrival order has one fold") }

  /// Closes all windows. Ask once, at the end, before anything else.
  mutating func finish(at last: Int64) {
    for index in readings.indices { close(index) }
    for index in buckets.indices { buckets[index]?.advance(to: last) }
  }

  /// Loads of every reading, by its index.
  func loads(first: Int64, last: Int64) -> [WindowLoads] {
    var byReading = [[WindowLoads.Level]](repeating: [], count: readings.count)
    for (key, windows) in zip(levels.keys, levelWindows) {
      byReading[Int(key.first)].append(WindowLoads.Level(offered: key.second, windows: windows))
    }
    let windows = meters.map { $0.window.count(from: first, to: last) }
    return byReading.enumerated().map { WindowLoads(levels: $1, windows: windows[$0 % meters.count]) }
  }

  /// Requests by reading with a long window and first instant of the UTC day.
  var requestsByDay: [Int: [Int64: Int64]] {
    var result: [Int: [Int64: Int64]] = [:]
    for (key, requests) in zip(days.keys, dayRequests) { result[Int(key.first), default: [:]][key.second] = requests }
    return result
  }
}

/// Arrivals of the last window, oldest first.
struct RecentArrivals: Sendable {
  private var times: [Int64] = []
  private var head = 0

  /// Adds an arrival and gives how many lie in (arrival − window, arrival].
  mutating func add(_ arrival: Int64, window: Int64) -> Int64 {
    times.append(arrival)
    while arrival &- times[head] >= window { head += 1 }
    if head > 32, head * 2 > times.count {
      times.removeFirst(head)
      head = 0
    }
    return Int64(times.count - head)
  }
}

public import Traffic

/// One side of a comparison: whose traffic, which rows, from when to when.
public struct ComparedWindow: Sendable {
  public var traffic: any TrafficSource
  public var scope: Scope
  /// The window as asked for.
  public var span: TimeSpan
  /// The part of it that the data reaches: rates are over this.
  public var covered: TimeSpan

  public init(traffic: any TrafficSource, scope: Scope, span: TimeSpan, covered: TimeSpan? = nil) {
    self.traffic = traffic
    self.scope = scope
    self.span = span
    self.covered = covered ?? span
  }

  /// The window of a night: as far as the ledger reaches, cut to what was asked for.
  /// - Returns: nil where there is no traffic, or less than two instants.
  public init?(_ night: Night) async throws {
    guard let reach = try await Self.reach(of: night) else { return nil }
    let filter = night.scope.filter
    guard
      let span = TimeSpan(filter.since?.microseconds ?? reach.start, filter.until?.microseconds ?? reach.end),
      let covered = TimeSpan(max(span.start, reach.start), min(span.end, reach.end))
    else { return nil }
    self.init(traffic: night.traffic, scope: night.scope, span: span, covered: covered)
  }

  /// First to last arrival by the ledger; without one, by the rows.
  private static func reach(of night: Night) async throws -> TimeSpan? {
    if let first = night.ledger.compactMap(\.firstArrival).min(), let last = night.ledger.compactMap(\.lastArrival).max() {
      return TimeSpan(first.microseconds, last.microseconds &+ 1)
    }
    let window = try await night.answer(BusySeconds(scope: night.scope)).window
    guard let first = window.first, let last = window.last else { return nil }
    return TimeSpan(first.microseconds, last.microseconds &+ 1)
  }
}

/// [start, end) in µs since 1970 UTC.
public struct TimeSpan: Hashable, Sendable {
  public let start: Int64
  public let end: Int64

  /// nil where nothing lies between, or more than 292,000 years.
  public init?(_ start: Int64, _ end: Int64) {
    let (length, overflow) = end.subtractingReportingOverflow(start)
    guard !overflow, length > 0 else { return nil }
    self.start = start
    self.end = end
  }

  public var length: Microseconds { Microseconds(end - start) }
}

/// How a window is cut into blocks of time: on the clock, so that half past nine is the same block every day.
struct BlockGrid: Hashable, Sendable {
  /// Enough blocks to tell how they differ, few enough that each holds a stretch of the day.
  static let mostBlocks: Int64 = 48

  /// Lengths in µs that divide a day, from 5 s on, and whole days.
  private static let lengths: [Int64] = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200]
    .map { $0 * 1_000_000 } + [1, 7, 28].map { $0 * Microseconds.day.count }

  let length: Int64
  /// Start of the first block.
  let origin: Int64
  let count: Int
  /// Part of each block that the window covers, in seconds.
  let exposure: [Double]

  init(_ window: ComparedWindow, length: Int64) {
    let origin = window.span.start.flooredMultiple(of: length)
    let last = (window.span.end - 1).flooredMultiple(of: length)
    self.length = length
    self.origin = origin
    // The first block of a window at the edge of 64 bits begins beyond it; the sums wrap, and cover nothing.
    let count = Int(min(Self.mostBlocks * 2, max(1, (last &- origin) / length + 1)))
    let covered = window.covered
    exposure = (0..<count).map { block in
      let start = origin &+ Int64(block) &* length
      let (part, overflow) = min(covered.end, start &+ length)
        .subtractingReportingOverflow(max(covered.start, start))
      return overflow || part < 0 ? 0 : Double(part) / 1e6
    }
    self.count = count
  }

  func block(of start: Int64) -> Int? {
    let (offset, overflow) = start.subtractingReportingOverflow(origin)
    guard !overflow, offset >= 0, offset / length < Int64(count) else { return nil }
    return Int(offset / length)
  }

  /// The shortest fitting length for a window so long.
  static func length(for span: Microseconds) -> Int64 {
    let wanted = (span.count - 1) / mostBlocks + 1
    if let length = lengths.first(where: { $0 >= wanted }) { return length }
    let longest = lengths[lengths.count - 1]
    return min((wanted - 1) / longest + 1, Int64.max / longest) * longest
  }
}

public import Traffic

/// How many requests were there, from when to when, and how many in the busiest second and in the p99.9 second?
///
/// One reading of the arrivals. Requests that live on in rollups have no second and are not seen.
public struct BusySeconds: Question, Hashable {
  public struct Peaks: Hashable, Sendable {
    public var requests: Int64
    public var first: Timestamp
    public var last: Timestamp
    /// Seconds of the clock from the first arrival's to the last one's, those without a request too.
    public var seconds: Int64
    /// The busiest second, the earliest where several are.
    public var peak: Timestamp
    public var peakRequests: Int64
    /// Requests in the second of nearest rank among all seconds.
    public var p999: Int64
  }

  public struct Answer: Hashable, Sendable {
    public var window: TrafficWindow
    /// nil without requests, or where they are spread too far to be counted.
    public var peaks: Peaks?
  }

  public var scope: Scope
  public init(scope: Scope = Scope()) { self.scope = scope }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    let fold = try await traffic.scan(
      ScanRequest(columns: ArrivalCounts.columns, filter: scope.filter, threads: scope.threads), ArrivalCounts())
    return Answer(window: TrafficWindow(requests: fold.requests, seconds: fold.seconds), peaks: Self.peaks(fold))
  }

  private static func peaks(_ fold: ArrivalCounts) -> Peaks? {
    let busy = fold.seconds.busyPeriods
    guard fold.requests > 0, fold.seconds.isComplete, let first = busy.first, let last = busy.last,
      var peak = busy.first
    else { return nil }
    let (span, overflow) = last.start.subtractingReportingOverflow(first.start)
    guard !overflow else { return nil }
    for second in busy where second.count > peak.count { peak = second }
    let seconds = span / Microseconds.second.count + 1
    return Peaks(
      requests: fold.requests, first: Timestamp(microseconds: fold.seconds.first),
      last: Timestamp(microseconds: fold.seconds.last), seconds: seconds, peak: Timestamp(microseconds: peak.start),
      peakRequests: Int64(peak.count), p999: p999(busy.map(\.count), of: seconds))
  }

  /// The count of rank ⌈0.999 n⌉ among n seconds, of which those not listed counted nothing.
  private static func p999(_ counts: [UInt32], of seconds: Int64) -> Int64 {
    let above = Int(clamping: seconds / 1_000)  // n − ⌈0.999 n⌉
    guard above < counts.count else { return 0 }
    return Int64(counts.sorted(by: >)[above])
  }
}

public import Traffic

/// How much traffic there was, and over which time.
public struct TrafficWindow: Hashable, Sendable {
  public var requests: Int64
  public var first: Timestamp?
  public var last: Timestamp?
  /// Most requests that arrived in one second of the clock; nil when it was not counted.
  public var peakPerSecond: Int64?

  public init(requests: Int64 = 0, first: Timestamp? = nil, last: Timestamp? = nil, peakPerSecond: Int64? = nil) {
    self.requests = requests
    self.first = first
    self.last = last
    self.peakPerSecond = peakPerSecond
  }

  /// First to last arrival; 0 for fewer than two instants.
  public var span: Microseconds {
    guard let first, let last else { return Microseconds(0) }
    return last - first
  }

  init(requests: Int64, seconds: PeriodCounts) {
    self.requests = requests
    guard requests > 0 else { return }
    first = Timestamp(microseconds: seconds.first)
    last = Timestamp(microseconds: seconds.last)
    peakPerSecond = seconds.peak
  }
}

public import Statistics
public import Traffic

/// What "smallest safe limit" means.
///
/// Of rates: the smallest round rate at which no more burst is needed than some seconds of it (`burstWithin`), or a
/// few requests (`fewestBurst`), whichever is more. At that rate the burst is the smallest that is needed. Of windows:
/// the smallest limit for the window. Needed is what keeps rejections within the tolerance.
public struct LimitRules: Hashable, Sendable {
  public var dialect: LimitDialect
  /// Share of requests that may be rejected.
  public var tolerance: Quantile
  /// What comes at the rate in this time may be needed as burst …
  public var burstWithin: Microseconds
  /// … or so many requests, where that is more.
  public var fewestBurst: Int64
  /// For dialects of windows.
  public var window: Microseconds

  public init(
    _ dialect: LimitDialect, tolerance: Quantile = .minimum, burstWithin: Microseconds = Microseconds(2_000_000),
    fewestBurst: Int64 = 5, window: Microseconds? = nil
  ) {
    self.dialect = dialect
    self.tolerance = tolerance
    self.burstWithin = burstWithin
    self.fewestBurst = fewestBurst
    self.window = window ?? dialect.usualWindow
  }

  /// Rejections that are within the tolerance, rounded down.
  public func allowed(of requests: Int64) -> Int64 {
    let (high, low) = requests.multipliedFullWidth(by: Int64(tolerance.millionths))
    return Int64(1_000_000).dividingFullWidth((high, low)).quotient
  }
}

/// A limit that was found: where, and how large.
public struct FoundLimit: Hashable, Sendable {
  public var point: LimitPoint
  /// One less breaks the tolerance.
  public var smallest: Int64
  /// The smallest, rounded up to what people write.
  public var size: Int64

  public init(point: LimitPoint, smallest: Int64, size: Int64) {
    self.point = point
    self.smallest = smallest
    self.size = size
  }
}

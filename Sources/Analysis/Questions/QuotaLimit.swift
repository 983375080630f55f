public import Traffic

/// A limit on the requests of a key, as far as pressure on it can be read from a log.
public struct QuotaLimit: Hashable, Sendable {
  /// How requests are held against the limit.
  public enum Meter: Hashable, Sendable {
    /// `limit` requests in each window.
    case window(limit: Int64, QuotaWindow)
    /// `limit` requests in any stretch of `length` µs.
    case sliding(limit: Int64, length: Int64)
    /// `count` tokens every `period` µs, `capacity` of them saved at most; starts full.
    case bucket(count: Int64, period: Int64, capacity: Int64)
  }

  /// Who says that there is a limit.
  public enum Origin: Hashable, Sendable {
    /// A line of a configuration, such as `nginx.conf:12`.
    case configured(String)
    case given
  }

  /// What becomes of requests that lack a part of the key.
  public enum Missing: Hashable, Sendable {
    /// They are not counted.
    case passes
    /// They share one key.
    case counts
    /// They are counted by client address instead.
    case clientAddress
  }

  public var name: String
  public var meter: Meter
  /// At most two columns; none: all requests together.
  public var key: [ScanColumn]
  public var missing: Missing
  /// Every gateway node counts for itself.
  public var isPerNode: Bool
  public var origin: Origin

  public init(
    name: String, meter: Meter, key: [ScanColumn] = [.stored(.consumer)], missing: Missing = .clientAddress,
    isPerNode: Bool = false, origin: Origin = .given
  ) {
    precondition(key.count <= Self.longestKey, "a key has at most two parts")
    self.name = name
    self.meter = meter
    self.key = key
    self.missing = missing
    self.isPerNode = isPerNode
    self.origin = origin
  }

  public static let longestKey = 2

  /// The windows in which pressure is told, and the requests that one of them admits. A bucket is told in seconds,
  /// minutes or hours, the shortest of which refills all of it: there bursts no longer decide.
  public var window: (limit: Int64, window: QuotaWindow) {
    switch meter {
    case .window(let limit, let window): return (limit, window)
    case .sliding(let limit, let length): return (limit, .fixed(length: length, origin: 0))
    case .bucket(let count, let period, let capacity):
      func refill(_ length: Int64) -> Int128 { Int128(count) * Int128(length) / Int128(period) }
      let lengths = [Microseconds.second, .minute, .hour].map(\.count)
      let length = lengths.first { refill($0) >= Int128(max(1, capacity)) } ?? Microseconds.hour.count
      guard refill(length) >= 1 else { return (count, .fixed(length: period, origin: 0)) }
      return (Int64(clamping: refill(length)), .fixed(length: length, origin: 0))
    }
  }
}

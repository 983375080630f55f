/// An instant: microseconds since 1970-01-01T00:00:00 UTC.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Since 1970 UTC.
  public var microseconds: Int64
  @inlinable public init(microseconds: Int64) { self.microseconds = microseconds }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.microseconds < b.microseconds }
  @inlinable public static func - (a: Self, b: Self) -> Microseconds {
    Microseconds(a.microseconds &- b.microseconds)
  }
  @inlinable public static func + (a: Self, b: Microseconds) -> Timestamp {
    Timestamp(microseconds: a.microseconds &+ b.count)
  }
}

/// A length of time in microseconds.
public struct Microseconds: Hashable, Comparable, Sendable {
  public var count: Int64
  @inlinable public init(_ count: Int64) { self.count = count }
  @inlinable public static func < (a: Self, b: Self) -> Bool { a.count < b.count }
  @inlinable public static func + (a: Self, b: Self) -> Self { Self(a.count &+ b.count) }

  public static let second = Microseconds(1_000_000)
  public static let minute = Microseconds(60_000_000)
  public static let hour = Microseconds(3_600_000_000)
  public static let day = Microseconds(86_400_000_000)
}

/// Which instant of a request its log line carries.
public enum StampBasis: UInt8, Sendable, Hashable {
  /// The request's first byte: the arrival itself.
  case start = 0
  /// The end of the request: arrival = stamp − duration.
  case end = 1
}

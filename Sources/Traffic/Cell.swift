/// One value with its unit, or the reason why there is none.
public enum Cell: Hashable, Sendable {
  case text(String)
  case integer(Int64)
  /// A number without a unit that is no count, as SQL computes them.
  case real(Double)
  case duration(Microseconds)
  /// A share with its denominator; a denominator of 0 reads as absent.
  case ratio(Int64, of: Int64)
  /// `count` events over a length of time; a length of 0 reads as absent.
  case rate(Int64, over: Microseconds)
  case bytes(Int64)
  case timestamp(Timestamp)
  case flag(Bool)
  /// A percentile whose tail would hold fewer than ten samples.
  case tooFew(samples: Int64, needed: Int64)
  /// A count per equal step of time, first to last: a trend.
  case series([Int64])
  /// Durations at p50, p90, p95, p99, p99.9 and the maximum, nil where there are too few samples: one distribution.
  case spread([Microseconds?])
  /// The source did not say. Never 0.
  case absent

  /// `value`, or absent where it is nil or `Int64.absent`.
  public static func count(_ value: Int64?) -> Cell {
    value.map { $0 == .absent ? .absent : .integer($0) } ?? .absent
  }
  public static func time(_ value: Timestamp?) -> Cell { value.map(Cell.timestamp) ?? .absent }
  public static func length(_ value: Microseconds?) -> Cell { value.map(Cell.duration) ?? .absent }
  public static func words(_ value: String?) -> Cell { value.map(Cell.text) ?? .absent }
}

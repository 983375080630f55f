internal import CSQLite

/// The aggregates that `headroom sql` adds to SQLite's own.
///
///     p50(x) p90(x) p95(x) p99(x) p999(x)    exact percentiles by nearest rank
///     percentile(x, p)                       the same for any p of 0…100
///     rate(arrival)                          rows per second between the first and the last arrival in µs
///
/// What they count with is in `SketchFunctions`.
enum SQLFunctions {
  /// Percentiles with a name of their own, in parts per million.
  private static let named: [(name: String, millionths: Int64)] = [
    ("p50", 500_000), ("p90", 900_000), ("p95", 950_000), ("p99", 990_000), ("p999", 999_000),
  ]

  static func register(in connection: borrowing Connection) throws(StoreError) {
    for (name, millionths) in named {
      // The percentile travels as the function's user data: a number, not an address.
      let data = UnsafeMutableRawPointer(bitPattern: Int(millionths))
      try register(name, arguments: 1, data, in: connection, step: addValue, final: finishPercentile)
    }
    try register("percentile", arguments: 2, nil, in: connection, step: addValue, final: finishPercentile)
    try register("rate", arguments: 1, nil, in: connection, step: addValue, final: finishRate)
    try SketchFunctions.register(in: connection)
  }

  typealias Step = @convention(c) (
    OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?
  ) -> Void

  static func register(
    _ name: String, arguments: Int32, _ data: UnsafeMutableRawPointer?, in connection: borrowing Connection,
    step: @escaping Step, final: @escaping @convention(c) (OpaquePointer?) -> Void
  ) throws(StoreError) {
    let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC
    let code = sqlite3_create_function_v2(
      connection.handle, name, arguments, flags, data, nil, step, final, nil)
    guard code == SQLITE_OK else { throw connection.error(code) }
  }

  // MARK: Callbacks

  private static let addValue: Step = { context, count, values in
    guard let state = AggregateState.current(context, create: true), let values else { return }
    switch sqlite3_value_type(values[0]) {
    case SQLITE_INTEGER: state.add(sqlite3_value_int64(values[0]))
    case SQLITE_FLOAT: state.add(sqlite3_value_double(values[0]))
    default: break
    }
    if count > 1 { state.percentile = sqlite3_value_double(values[1]) }
  }

  private static let finishPercentile: @convention(c) (OpaquePointer?) -> Void = { context in
    guard let state = AggregateState.take(context) else { return sqlite3_result_null(context) }
    var millionths = Int64(Int(bitPattern: sqlite3_user_data(context)))
    if millionths == 0 {
      guard let percentile = state.percentile, percentile >= 0, percentile <= 100 else {
        return sqlite3_result_error(context, "percentile(x, p): p is a number of 0 to 100", -1)
      }
      millionths = Int64((percentile * 10_000).rounded())
    }
    state.giveQuantile(millionths, to: context)
  }

  private static let finishRate: @convention(c) (OpaquePointer?) -> Void = { context in
    guard let rate = AggregateState.take(context)?.rate else { return sqlite3_result_null(context) }
    sqlite3_result_double(context, rate)
  }
}

/// The numbers one aggregate has seen.
private final class AggregateState {
  private var integers: [Int64] = []
  private var reals: [Double] = []
  var percentile: Double?

  func add(_ value: Int64) {
    if reals.isEmpty { integers.append(value) } else { reals.append(Double(value)) }
  }

  func add(_ value: Double) {
    if reals.isEmpty {
      reals = integers.map { Double($0) }
      integers = []
    }
    reals.append(value)
  }

  /// The state of an aggregate, made on first use; SQLite keeps one pointer for us.
  static func current(_ context: OpaquePointer?, create: Bool) -> AggregateState? {
    let size = Int32(MemoryLayout<UnsafeRawPointer?>.size)
    guard let slot = sqlite3_aggregate_context(context, create ? size : 0)?
      .assumingMemoryBound(to: UnsafeRawPointer?.self)
    else { return nil }
    if let known = slot.pointee { return Unmanaged<AggregateState>.fromOpaque(known).takeUnretainedValue() }
    guard create else { return nil }
    let state = AggregateState()
    slot.pointee = UnsafeRawPointer(Unmanaged.passRetained(state).toOpaque())
    return state
  }

  /// The state of an aggregate that ends, nil when it saw no row. SQLite calls the last step exactly once.
  static func take(_ context: OpaquePointer?) -> AggregateState? {
    guard let slot = sqlite3_aggregate_context(context, 0)?.assumingMemoryBound(to: UnsafeRawPointer?.self),
      let known = slot.pointee
    else { return nil }
    slot.pointee = nil
    return Unmanaged<AggregateState>.fromOpaque(known).takeRetainedValue()
  }

  /// The value of nearest rank: the k-th smallest with k = ⌈q·n⌉, at least 1, in integer arithmetic.
  func giveQuantile(_ millionths: Int64, to context: OpaquePointer?) {
    let count = max(integers.count, reals.count)
    guard count > 0 else { return sqlite3_result_null(context) }
    let rank = max(1, (Int(millionths) * count + 999_999) / 1_000_000)
    if reals.isEmpty {
      integers.sort()
      sqlite3_result_int64(context, integers[rank - 1])
    } else {
      reals.sort()
      sqlite3_result_double(context, reals[rank - 1])
    }
  }

  /// (n − 1) over the seconds between the smallest and the largest value; nil for fewer than two instants.
  var rate: Double? {
    let values = reals.isEmpty ? integers.map { Double($0) } : reals
    guard let first = values.min(), let last = values.max(), last > first else { return nil }
    return Double(values.count - 1) / ((last - first) / 1_000_000)
  }
}

internal import CSQLite
internal import Statistics
internal import Traffic

/// What `headroom sql` knows about LL7 buckets: percentiles as reports give them for cubes, and the buckets' bounds.
///
///     approximate_percentile(x, p)    nearest rank, as the middle of the value's bucket, kept within the extremes;
///                                     0 and 100 are the extremes themselves
///     sample_count(x)                 how many values these are
///     sample_sum(x)                   their sum
///     bucket_from(x[, n])             lowest value of the bucket of x, where a power of two has n of them: 128 unless
///                                     told, or a smaller power of two
///     bucket_until(x[, n])            the lowest value behind it
///
/// An aggregate's x is a number, or the sketch that a rollup keeps of many.
enum SketchFunctions {
  static func register(in connection: borrowing Connection) throws(StoreError) {
    try SQLFunctions.register(
      "approximate_percentile", arguments: 2, nil, in: connection, step: add, final: finishPercentile)
    try SQLFunctions.register("sample_count", arguments: 1, nil, in: connection, step: add, final: finishCount)
    try SQLFunctions.register("sample_sum", arguments: 1, nil, in: connection, step: add, final: finishSum)
    for count in [1, 2] as [Int32] {
      try register("bucket_from", count, bucketFrom, in: connection)
      try register("bucket_until", count, bucketUntil, in: connection)
    }
  }

  private static func register(
    _ name: String, _ arguments: Int32, _ body: @escaping SQLFunctions.Step, in connection: borrowing Connection
  ) throws(StoreError) {
    let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC
    let code = sqlite3_create_function_v2(connection.handle, name, arguments, flags, nil, body, nil, nil, nil)
    guard code == SQLITE_OK else { throw connection.error(code) }
  }

  // MARK: Aggregates

  private static let add: SQLFunctions.Step = { context, count, values in
    guard let state = SketchState.current(context), let values else { return }
    switch sqlite3_value_type(values[0]) {
    case SQLITE_INTEGER: state.add(sqlite3_value_int64(values[0]))
    case SQLITE_FLOAT: state.add(Int64(max(0, min(sqlite3_value_double(values[0]), 9e18)).rounded()))
    case SQLITE_BLOB: state.add(values[0])
    default: break
    }
    if count > 1 { state.percentile = sqlite3_value_double(values[1]) }
  }

  private static let finishPercentile: @convention(c) (OpaquePointer?) -> Void = { context in
    guard let state = SketchState.take(context) else { return sqlite3_result_null(context) }
    guard !state.isDamaged else { return sqlite3_result_error(context, notASketch, -1) }
    guard let percentile = state.percentile, percentile >= 0, percentile <= 100 else {
      return sqlite3_result_error(context, "approximate_percentile(x, p): p is a number of 0 to 100", -1)
    }
    let quantile = Quantile(millionths: Int((percentile * 10_000).rounded()))
    guard let value = state.sketch.quantile(quantile) else { return sqlite3_result_null(context) }
    sqlite3_result_int64(context, value)
  }

  private static let finishCount: @convention(c) (OpaquePointer?) -> Void = { context in
    let state = SketchState.take(context)
    guard state?.isDamaged != true else { return sqlite3_result_error(context, notASketch, -1) }
    sqlite3_result_int64(context, Int64(clamping: state?.sketch.count ?? 0))
  }

  private static let finishSum: @convention(c) (OpaquePointer?) -> Void = { context in
    let state = SketchState.take(context)
    guard state?.isDamaged != true else { return sqlite3_result_error(context, notASketch, -1) }
    sqlite3_result_int64(context, Int64(clamping: state?.sketch.sum ?? 0))
  }

  private static let notASketch = "the blob is not the sketch of a rollup"

  // MARK: Buckets

  private static let bucketFrom: SQLFunctions.Step = { context, count, values in
    giveBound(context, count, values) { low, _ in low }
  }

  private static let bucketUntil: SQLFunctions.Step = { context, count, values in
    giveBound(context, count, values) { low, width in
      let (end, overflow) = low.addingReportingOverflow(width)
      return overflow ? .max : end
    }
  }

  private static func giveBound(
    _ context: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?,
    _ bound: (Int64, Int64) -> Int64
  ) {
    guard let values, sqlite3_value_type(values[0]) != SQLITE_NULL else { return sqlite3_result_null(context) }
    let divisions = count > 1 ? sqlite3_value_int64(values[1]) : 128
    guard divisions > 0, divisions <= 128, divisions.nonzeroBitCount == 1 else {
      return sqlite3_result_error(context, "buckets per power of two: 1, 2, 4 … 128", -1)
    }
    let (low, width) = LatencyBuckets.bounds(around: sqlite3_value_int64(values[0]), divisions: Int(divisions))
    sqlite3_result_int64(context, bound(low, width))
  }
}

/// The values one aggregate has seen.
private final class SketchState {
  private(set) var sketch = LatencySketch()
  private(set) var isDamaged = false
  var percentile: Double?

  func add(_ value: Int64) { sketch.add(value) }

  func add(_ blob: OpaquePointer?) {
    let bytes = UnsafeRawBufferPointer(start: sqlite3_value_blob(blob), count: Int(sqlite3_value_bytes(blob)))
    guard let histogram = SketchBytes.decode(bytes) else { return isDamaged = true }
    sketch.merge(LatencySketch(histogram))
  }

  /// The state of an aggregate, made on first use; SQLite keeps one pointer for us.
  static func current(_ context: OpaquePointer?) -> SketchState? {
    let size = Int32(MemoryLayout<UnsafeRawPointer?>.size)
    guard let slot = sqlite3_aggregate_context(context, size)?.assumingMemoryBound(to: UnsafeRawPointer?.self)
    else { return nil }
    if let known = slot.pointee { return Unmanaged<SketchState>.fromOpaque(known).takeUnretainedValue() }
    let state = SketchState()
    slot.pointee = UnsafeRawPointer(Unmanaged.passRetained(state).toOpaque())
    return state
  }

  /// The state of an aggregate that ends, nil when it saw no row. SQLite calls the last step exactly once.
  static func take(_ context: OpaquePointer?) -> SketchState? {
    guard let slot = sqlite3_aggregate_context(context, 0)?.assumingMemoryBound(to: UnsafeRawPointer?.self),
      let known = slot.pointee
    else { return nil }
    slot.pointee = nil
    return Unmanaged<SketchState>.fromOpaque(known).takeRetainedValue()
  }
}

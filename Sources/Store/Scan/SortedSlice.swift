internal import Traffic

/// Rows of one stretch of time by arrival, those of one microsecond in stored order.
struct SortedSlice: Sendable {
  let rows: Int
  /// Column after column, `rows` values each.
  private let values: [Int64]

  /// - Parameters:
  ///   - columns: values of each column in stored order.
  ///   - arrivals: of the same rows, none below `start`.
  init(columns: [[Int64]], arrivals: [Int64], start: Int64) {
    rows = arrivals.count
    let order = StableOrder.ascending(arrivals, from: start)
    let rows = rows
    values = [Int64](unsafeUninitializedCapacity: max(1, rows * columns.count)) { target, count in
      for (number, column) in columns.enumerated() {
        column.withUnsafeBufferPointer { Self.copy($0, order, to: target.baseAddress! + number * rows) }
      }
      count = rows * columns.count
    }
  }

  private static func copy(
    _ column: UnsafeBufferPointer<Int64>, _ order: [UInt32]?, to target: UnsafeMutablePointer<Int64>
  ) {
    guard let order else {
      if let base = column.baseAddress { target.initialize(from: base, count: column.count) }
      return
    }
    order.withUnsafeBufferPointer { order in
      for place in 0..<order.count { target[place] = column[Int(order[place])] }
    }
  }

  /// Hands the rows to `body` in batches of at most `Limits.batchRows`.
  func forEachBatch(_ columns: Int, _ body: (borrowing ColumnBatch) -> Void) {
    values.withUnsafeBufferPointer { values in
      var start = 0
      while start < rows {
        let count = min(Limits.batchRows, rows - start)
        let pointers = (0..<columns).map { values.baseAddress! + $0 * rows + start }
        body(ColumnBatch(rows: count, columns: pointers))
        start += count
      }
    }
  }
}

/// Stable sorting of row indexes by a column.
enum StableOrder {
  private static let digitBits = 11

  /// The indexes of `keys` in ascending order, equal keys in their own order; nil when they are in order already.
  ///
  /// Least significant digit radix sort over the bits that the range needs.
  /// - Precondition: no key is below `start`.
  static func ascending(_ keys: [Int64], from start: Int64) -> [UInt32]? {
    var highest: UInt64 = 0
    var descents = 0
    var last = Int64.min
    keys.withUnsafeBufferPointer { keys in
      for key in keys {
        highest |= UInt64(bitPattern: key &- start)
        descents &+= key < last ? 1 : 0
        last = key
      }
    }
    if descents == 0 { return nil }
    var order = Array(0..<UInt32(keys.count))
    var other = order
    var shift = 0
    while shift < 64, highest >> UInt64(shift) != 0 {
      pass(keys, start, shift, order, &other)
      swap(&order, &other)
      shift += digitBits
    }
    return order
  }

  private static func pass(
    _ keys: [Int64], _ start: Int64, _ shift: Int, _ input: [UInt32], _ output: inout [UInt32]
  ) {
    let mask = UInt64(1 << digitBits) - 1
    var places = [Int](repeating: 0, count: 1 << digitBits)
    keys.withUnsafeBufferPointer { keys in
      output.withUnsafeMutableBufferPointer { output in
        places.withUnsafeMutableBufferPointer { places in
          for key in keys { places[Int((UInt64(bitPattern: key &- start) >> UInt64(shift)) & mask)] += 1 }
          var sum = 0
          for digit in places.indices { (places[digit], sum) = (sum, sum + places[digit]) }
          for index in input {
            let digit = Int((UInt64(bitPattern: keys[Int(index)] &- start) >> UInt64(shift)) & mask)
            output[places[digit]] = index
            places[digit] += 1
          }
        }
      }
    }
  }
}

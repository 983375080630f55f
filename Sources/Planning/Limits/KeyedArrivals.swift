public import Traffic

/// Arrivals of many keys in one flat buffer, in time order inside each key.
///
///     offsets   0        3     4           8          keys.count + 1 numbers
///     arrivals  a0 a1 a2 b0    c0 c1 c2 c3            µs since 1970, 8 bytes a request
public struct KeyedArrivals: Sendable {
  /// Each once; an index into it stands for the key.
  public let keys: [GroupKey]
  let offsets: [Int]
  let arrivals: [Int64]

  /// Distributes rows that come in time order to their keys; what was equal stays in the order it came.
  /// - Parameter keyOfRow: for each row, an index into `keys`.
  init(keys: [GroupKey], keyOfRow: [Int32], arrivals rows: [Int64]) {
    self.keys = keys
    var offsets = [Int](repeating: 0, count: keys.count + 1)
    for key in keyOfRow { offsets[Int(key) + 1] += 1 }
    for key in keys.indices { offsets[key + 1] += offsets[key] }
    self.offsets = offsets
    arrivals = [Int64](unsafeUninitializedCapacity: rows.count) { buffer, count in
      // Every slot is written once: the offsets are the running sum of the rows of each key.
      offsets.withUnsafeMutableBufferPointer { next in
        keyOfRow.withUnsafeBufferPointer { keyOfRow in
          for row in 0..<keyOfRow.count {
            let key = Int(keyOfRow[row])
            (buffer.baseAddress! + next[key]).initialize(to: rows[row])
            next[key] &+= 1
          }
        }
      }
      count = rows.count
    }
  }

  /// - Precondition: the arrivals of each key rise.
  public init(_ arrivalsByKey: [(key: GroupKey, arrivals: [Int64])]) {
    keys = arrivalsByKey.map(\.key)
    offsets = arrivalsByKey.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.arrivals.count) }
    arrivals = arrivalsByKey.flatMap(\.arrivals)
  }

  init(keys: [GroupKey], offsets: [Int], arrivals: [Int64]) {
    self.keys = keys
    self.offsets = offsets
    self.arrivals = arrivals
  }

  /// Of all keys.
  public var requests: Int { arrivals.count }

  /// - Parameter key: an index into `keys`.
  public func requests(of key: Int) -> Int { offsets[key + 1] - offsets[key] }

  /// Lends the arrivals of one key.
  @inline(__always)
  public func withArrivals<Result>(of key: Int, _ body: (UnsafeBufferPointer<Int64>) throws -> Result) rethrows -> Result {
    try arrivals.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[offsets[key]..<offsets[key + 1]]))
    }
  }

  /// The requests as a layout of the ticks has them.
  func laidOut(_ layout: TickLayout) -> KeyedArrivals {
    if case .spread(let tick) = layout { spread(over: tick) } else { self }
  }

  /// The same requests, those of one key in one tick of a coarse clock spread evenly over the tick.
  func spread(over tick: Microseconds) -> KeyedArrivals {
    var spread = arrivals
    for key in keys.indices {
      var start = offsets[key]
      while start < offsets[key + 1] {
        let begin = arrivals[start].flooredMultiple(of: tick.count)
        var end = start
        while end < offsets[key + 1], arrivals[end] &- begin < tick.count { end += 1 }
        for index in start..<end {
          spread[index] = begin &+ tick.count / Int64(end - start) &* Int64(index - start)
        }
        start = end
      }
    }
    return KeyedArrivals(keys: keys, offsets: offsets, arrivals: spread)
  }
}

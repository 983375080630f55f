internal import Traffic

/// Numbers a column's texts by falling frequency and leaves out those that no row uses.
///
/// Frequent texts get small numbers, which the prefix code turns into short codes. Texts of rejected lines, which a
/// batch's tables still hold, never reach the store.
struct SymbolRenumbering {
  private var counts: [UInt32] = []
  private var ranks: [Int64] = []

  /// Writes each row's new number and returns the texts in their new order.
  mutating func renumber(
    _ column: RequestColumn, _ values: UnsafeBufferPointer<Int64>, of batch: borrowing RequestBatch,
    into output: UnsafeMutablePointer<Int64>
  ) -> SegmentDictionary {
    count(values, base: 0, symbols: batch.symbolCount(column))
    let order = rank()
    ranks.withUnsafeBufferPointer { ranks in
      for row in 0..<values.count { output[row] = values[row] == .absent ? .absent : ranks[Int(values[row])] }
    }
    return dictionary(column, order, of: batch)
  }

  /// The same for a column of `ClientAddress` codes: numbers of IPv4 addresses stay.
  mutating func renumberAddresses(
    _ values: UnsafeBufferPointer<Int64>, of batch: borrowing RequestBatch, into output: UnsafeMutablePointer<Int64>
  ) -> SegmentDictionary {
    let base = ClientAddress.symbolBase
    count(values, base: base, symbols: batch.symbolCount(.client))
    let order = rank()
    for row in 0..<values.count {
      let value = values[row]
      output[row] = value < base ? value : base + ranks[Int(value - base)]
    }
    return dictionary(.client, order, of: batch)
  }

  private mutating func count(_ values: UnsafeBufferPointer<Int64>, base: Int64, symbols: Int) {
    counts.removeAll(keepingCapacity: true)
    counts.append(contentsOf: repeatElement(0, count: symbols))
    counts.withUnsafeMutableBufferPointer { counts in
      for value in values where value >= base { counts[Int(value &- base)] &+= 1 }
    }
  }

  /// Used symbols, most frequent first, equally frequent ones by first appearance; fills `ranks`.
  private mutating func rank() -> [UInt64] {
    let counts = counts
    var used: [UInt64] = []
    for symbol in counts.indices where counts[symbol] > 0 { used.append(UInt64(symbol)) }
    RadixSort.sort(&used) { UInt64(UInt32.max - counts[Int($0)]) }
    ranks.removeAll(keepingCapacity: true)
    ranks.append(contentsOf: repeatElement(0, count: counts.count))
    for (rank, symbol) in used.enumerated() { ranks[Int(symbol)] = Int64(rank) }
    return used
  }

  private func dictionary(
    _ column: RequestColumn, _ order: [UInt64], of batch: borrowing RequestBatch
  ) -> SegmentDictionary {
    var bytes: [UInt8] = []
    var offsets: [UInt32] = [0]
    offsets.reserveCapacity(order.count + 1)
    for symbol in order {
      batch.withSymbol(column, Int(symbol)) { bytes.append(contentsOf: $0) }
      offsets.append(UInt32(bytes.count))
    }
    return SegmentDictionary(column: column, bytes: bytes, offsets: offsets)
  }
}

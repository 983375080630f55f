internal import Traffic

/// Numbers a column's texts by falling frequency and leaves out those that no row uses.
///
/// Frequent texts get small numbers, which the prefix code turns into short codes. Texts of rejected lines, which a
/// batch's tables still hold, never reach the store.
struct SymbolRenumbering {
  /// Uses by symbol plus one; the first counts absents, so that no loop has to branch on them.
  private var counts: [UInt32] = []
  /// New number by symbol plus one; the first is absent.
  private var ranks: [Int64] = []

  /// Writes each row's new number and returns the texts in their new order.
  mutating func renumber(
    _ column: RequestColumn, _ values: UnsafeBufferPointer<Int64>, of batch: borrowing RequestBatch,
    into output: UnsafeMutablePointer<Int64>
  ) -> (dictionary: SegmentDictionary, profile: ProfiledValues) {
    count(values, base: 0, symbols: batch.symbolCount(column))
    let order = rank(base: 0)
    var changes: UInt64 = 0
    ranks.withUnsafeBufferPointer { ranks in
      var previous: Int64 = values.isEmpty ? 0 : ranks[Int(max(values[0], -1) &+ 1)]
      for row in 0..<values.count {
        let rank = ranks[Int(max(values[row], -1) &+ 1)]
        changes &+= isNonzero(UInt64(bitPattern: rank ^ previous))
        previous = rank
        output[row] = rank
      }
    }
    let profile = ProfiledValues(
      ranks: UnsafeBufferPointer(start: output, count: values.count), distinct: order.count,
      absentCount: Int(counts[0]), changes: Int(changes))
    return (dictionary(column, order, of: batch), profile)
  }

  /// The same for a column of `ClientAddress` codes: numbers of IPv4 addresses stay.
  mutating func renumberAddresses(
    _ values: UnsafeBufferPointer<Int64>, of batch: borrowing RequestBatch, into output: UnsafeMutablePointer<Int64>
  ) -> SegmentDictionary {
    let base = ClientAddress.symbolBase
    count(values, base: base, symbols: batch.symbolCount(.client))
    let order = rank(base: base)
    for row in 0..<values.count {
      let value = values[row]
      output[row] = value < base ? value : ranks[Int(value &- base) &+ 1]
    }
    return dictionary(.client, order, of: batch)
  }

  private mutating func count(_ values: UnsafeBufferPointer<Int64>, base: Int64, symbols: Int) {
    counts.removeAll(keepingCapacity: true)
    counts.append(contentsOf: repeatElement(0, count: symbols + 1))
    counts.withUnsafeMutableBufferPointer { counts in
      for value in values { counts[Int(max(value, base &- 1) &- base &+ 1)] &+= 1 }
    }
  }

  /// Used symbols, most frequent first, equally frequent ones by first appearance; fills `ranks`.
  private mutating func rank(base: Int64) -> [UInt64] {
    let counts = counts
    var used: [UInt64] = []
    for symbol in counts.indices.dropFirst() where counts[symbol] > 0 { used.append(UInt64(symbol) - 1) }
    RadixSort.sort(&used) { UInt64(UInt32.max - counts[Int($0) + 1]) }
    ranks.removeAll(keepingCapacity: true)
    ranks.append(contentsOf: repeatElement(.absent, count: counts.count))
    for (rank, symbol) in used.enumerated() { ranks[Int(symbol) + 1] = base + Int64(rank) }
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

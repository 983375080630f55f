/// Several numbers of a small alphabet as one number below 256, first row lowest.
struct Grouping {
  static let largestAlphabet = 16
  let alphabet: Int
  /// Rows per group: the most that keep combinations within 256.
  let size: Int

  /// - Precondition: 2 ≤ `alphabet` ≤ `largestAlphabet`.
  init(alphabet: Int) {
    self.alphabet = alphabet
    var size = 1
    var combinations = alphabet
    while combinations * alphabet <= 256 {
      combinations *= alphabet
      size += 1
    }
    self.size = size
  }

  /// Writes groups of codes, in place if need be, and returns how many there are.
  func gather(_ codes: UnsafePointer<UInt64>, _ count: Int, into output: UnsafeMutablePointer<UInt64>) -> Int {
    let base = UInt64(alphabet)
    let size = size
    let groups = (count + size - 1) / size
    let whole = count / size
    for group in 0..<whole {
      let first = codes + group &* size
      var combined: UInt64 = first[size &- 1]
      var index = size &- 2
      while index >= 0 {
        combined = combined &* base &+ first[index]
        index &-= 1
      }
      output[group] = combined
    }
    if whole < groups {
      var combined: UInt64 = 0
      for index in (whole * size..<count).reversed() { combined = combined &* base &+ codes[index] }
      output[whole] = combined
    }
    return groups
  }

  /// Spreads the groups at the end of `values` over all of it, as the values of their codes. Each group is read before its
  /// place is written.
  func spread(_ values: UnsafeMutableBufferPointer<Int64>, symbols: Int, _ frame: Frame) {
    guard let cells = values.baseAddress else { return }
    let count = values.count
    var combinations = combinationTable()
    combinations.withUnsafeMutableBufferPointer { table in
      frame.restore(table)
      let members = table.baseAddress!
      let size = size
      var row = 0
      for symbol in (count - symbols)..<count {
        let start = members + Int(cells[symbol] & 255) &* size
        let rows = min(size, count &- row)
        for member in 0..<rows { cells[row &+ member] = start[member] }
        row &+= rows
      }
    }
  }

  private func combinationTable() -> [Int64] {
    var table: [Int64] = []
    table.reserveCapacity(256 * size)
    for combination in 0..<256 {
      var rest = combination
      for _ in 0..<size {
        table.append(Int64(rest % alphabet))
        rest /= alphabet
      }
    }
    return table
  }
}

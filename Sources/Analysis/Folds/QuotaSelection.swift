public import Traffic

/// Which limits of a question apply to a request, by the values of some of its columns.
public struct QuotaSelector: Sendable {
  /// What the answer depends on: names and codes, few distinct values.
  public var columns: [ScanColumn]
  /// The numbers of the limits that apply to a request with these values, one per column. A pure function; asked once
  /// per combination of values.
  public var numbers: @Sendable (_ values: [Int64]) -> [Int]

  public init(columns: [ScanColumn], numbers: @escaping @Sendable (_ values: [Int64]) -> [Int]) {
    self.columns = columns
    self.numbers = numbers
  }
}

/// Remembers what a selector said about every combination of values.
struct QuotaSelection: Sendable {
  private let selector: QuotaSelector
  /// Numbers of the limits that are asked for.
  private let limits: [Int]
  private var table = KeyTable()
  /// Numbers of longer combinations, two values at a time.
  private var longer: [KeyTable]
  /// By combination: which of `limits` apply, by position.
  private var known: [[Int]] = []

  init(_ selector: QuotaSelector, among limits: [Int]) {
    self.selector = selector
    self.limits = limits
    longer = Array(repeating: KeyTable(), count: max(0, (selector.columns.count - 2) / 2))
  }

  /// Number of the combination of a row whose selector columns begin at `first`.
  @inline(__always)
  mutating func combination(_ row: Int, _ batch: borrowing ColumnBatch, first: Int) -> Int {
    let count = selector.columns.count
    let second = count > 1 ? batch[first + 1][row] : 0
    let third = count > 2 ? batch[first + 2][row] : 0
    var key = table.index(of: GroupKey(first: count > 0 ? batch[first][row] : 0, second: second, third: third))
    for level in longer.indices {
      let place = level * 2 + 3
      let next = place + 1 < count ? batch[first + place + 1][row] : 0
      key = longer[level].index(of: GroupKey(first: Int64(key), second: batch[first + place][row], third: next))
    }
    if key == known.count { learn(row, batch, first: first) }
    return key
  }

  private mutating func learn(_ row: Int, _ batch: borrowing ColumnBatch, first: Int) {
    var values: [Int64] = []
    for index in selector.columns.indices { values.append(batch[first + index][row]) }
    let numbers = Set(selector.numbers(values))
    known.append(limits.indices.filter { numbers.contains(limits[$0]) })
  }

  func positions(_ combination: Int) -> [Int] { known[combination] }
}

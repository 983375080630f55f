import Traffic

extension Table {
  /// Orders the rows by a column; rows of equal cells keep their order, cells without a value come last.
  public mutating func sort(by column: Int, rises: Bool) {
    precondition(columns.indices.contains(column), "a table is ordered by one of its columns")
    rows = rows.enumerated().sorted { a, b in
      let (x, y) = (a.element[column], b.element[column])
      if x.hasValue != y.hasValue { return x.hasValue }
      if x.isLess(than: y) { return rises }
      if y.isLess(than: x) { return !rises }
      return a.offset < b.offset
    }.map(\.element)
  }
}

extension Cell {
  fileprivate var hasValue: Bool {
    switch self {
    case .absent, .tooFew: false
    case .ratio(_, let whole): whole > 0
    case .rate(_, let length): length.count > 0
    default: true
    }
  }

  fileprivate func isLess(than other: Cell) -> Bool {
    switch (self, other) {
    case (.text(let a), .text(let b)): a < b
    case (.flag(let a), .flag(let b)): !a && b
    case (.integer(let a), .integer(let b)), (.bytes(let a), .bytes(let b)): a < b
    case (.real(let a), .real(let b)): a < b
    case (.integer(let a), .real(let b)): Double(a) < b
    case (.real(let a), .integer(let b)): a < Double(b)
    case (.duration(let a), .duration(let b)): a < b
    case (.timestamp(let a), .timestamp(let b)): a < b
    case (.ratio(let a, let m), .ratio(let b, let n)): Self.isLess(a, m, b, n)
    case (.rate(let a, let m), .rate(let b, let n)): Self.isLess(a, m.count, b, n.count)
    default: false
    }
  }

  /// a/m < b/n without rounding, for positive m and n.
  private static func isLess(_ a: Int64, _ m: Int64, _ b: Int64, _ n: Int64) -> Bool {
    let left = a.multipliedFullWidth(by: n)
    let right = b.multipliedFullWidth(by: m)
    return (left.high, left.low) < (right.high, right.low)
  }
}

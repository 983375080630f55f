import Traffic

/// The columns of a figure's table, by key.
struct FigureColumns {
  let table: Table

  /// Where a column stands; nil for a key that the table does not have.
  func index(_ key: String) -> Int? { table.columns.firstIndex { $0.key == key } }

  func label(_ key: String) -> String { index(key).map { table.columns[$0].label } ?? key }

  /// One cell per row; absent for a key that the table does not have.
  func cells(_ key: String) -> [Cell] {
    guard let index = index(key) else { return table.rows.map { _ in .absent } }
    return table.rows.map { $0[index] }
  }

  /// One number per row, nil where the cell has none.
  func numbers(_ key: String) -> [Double?] { cells(key).map(AxisUnit.value) }

  /// The unit of the first of these columns that has one.
  func unit(_ keys: [String]) -> AxisUnit { AxisUnit(keys.flatMap(cells)) }

  /// Where columns stand in the table, as `ChartScript` reads it: `v="2 3"`.
  func places(_ name: String, _ keys: [String]) -> (String, String) {
    (name, keys.compactMap { index($0).map { String($0) } }.joined(separator: " "))
  }
}

import Traffic

/// The rows of a table as places of a grid: categories in order of appearance.
struct HeatGrid {
  struct Place: Hashable, Sendable {
    /// Of the table's row.
    var index: Int
    var column: Int
    var row: Int
    /// Nil where the cell says nothing.
    var value: Double?
  }

  /// Most categories that are drawn; thinner cells could not be seen.
  static let mostColumns = 800
  static let mostRows = 60
  static let mostCells = 12_000

  let table: Table
  let unit: AxisUnit
  private(set) var columns: [Cell] = []
  private(set) var rows: [Cell] = []
  private(set) var columnsInAll = 0
  private(set) var rowsInAll = 0
  /// One per drawn row of the table; the last of several at the same place wins.
  private(set) var cells: [Place] = []

  /// Places without a row.
  var holes: [(column: Int, row: Int)] {
    let taken = Set(cells.map { $0.row * columns.count + $0.column })
    return (0..<rows.count * columns.count).filter { !taken.contains($0) }
      .map { (column: $0 % columns.count, row: $0 / columns.count) }
  }

  var hasGaps: Bool { cells.count < columns.count * rows.count || cells.contains { $0.value == nil } }

  var isCut: Bool { columns.count < columnsInAll || rows.count < rowsInAll }

  init(_ figure: Figure, x: String, y: String, value: String) {
    table = figure.table
    let source = FigureColumns(table: figure.table)
    unit = AxisUnit(source.cells(value))
    let (columnOf, columnNames) = Self.numbered(source.cells(x))
    let (rowOf, rowNames) = Self.numbered(source.cells(y))
    (columnsInAll, rowsInAll) = (columnNames.count, rowNames.count)
    columns = Array(columnNames.prefix(Self.mostColumns))
    rows = Array(rowNames.prefix(min(Self.mostRows, max(1, Self.mostCells / max(1, columns.count)))))
    var taken: [Int: Int] = [:]
    for (index, number) in source.numbers(value).enumerated() {
      let (column, row) = (columnOf[index], rowOf[index])
      guard column < columns.count, row < rows.count else { continue }
      let place = Place(index: index, column: column, row: row, value: number)
      if let earlier = taken[row * columns.count + column] {
        cells[earlier] = place
      } else {
        taken[row * columns.count + column] = cells.count
        cells.append(place)
      }
    }
  }

  /// Each cell's number among the different ones, by first appearance.
  private static func numbered(_ cells: [Cell]) -> (numbers: [Int], names: [Cell]) {
    var known: [Cell: Int] = [:]
    var names: [Cell] = []
    let numbers = cells.map { cell in
      if let number = known[cell] { return number }
      known[cell] = names.count
      names.append(cell)
      return names.count - 1
    }
    return (numbers, names)
  }
}

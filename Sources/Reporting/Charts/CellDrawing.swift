import Traffic

/// A trend or a distribution in one table cell.
enum CellDrawing {
  static func svg(_ cell: Cell, in column: [Cell]) -> String { "" }
}

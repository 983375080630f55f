import Traffic

/// Draws what fits into a cell of a table: a trend, or a distribution.
enum CellDrawing {
  /// - Parameter column: all cells of the column, so that its distributions share one axis.
  static func svg(_ cell: Cell, in column: [Cell]) -> String {
    switch cell {
    case .series(let counts): Sparkline.svg(counts)
    case .spread(let lengths): SpreadStrip.svg(lengths, domain: SpreadStrip.domain(column))
    default: ""
    }
  }
}

import Traffic

/// A figure in lines of text.
enum FigureText {
  static func text(_ figure: Figure) -> String? { nil }

  /// A trend or a distribution in one line.
  static func cell(_ cell: Cell) -> String {
    switch cell {
    case .series(let counts): counts.map(String.init).joined(separator: " ")
    case .spread(let lengths): lengths.map { $0.map(UnitText.duration) ?? "–" }.joined(separator: " ")
    default: ""
    }
  }
}

import Traffic

/// Figures where only text can be drawn: terminals and Markdown.
enum FigureText {
  static func text(_ figure: Figure) -> String? { nil }
  static func cell(_ cell: Cell) -> String { "" }
}

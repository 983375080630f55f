/// A figure in lines of text.
enum FigureText {
  static func text(_ figure: Figure) -> String? { nil }
}

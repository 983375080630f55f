/// A figure as SVG.
enum FigureDrawing {
  static func svg(_ figure: Figure, clock: DisplayClock) -> String { "" }
}

/// A limit explorer as HTML.
enum LimitExplorerDrawing {
  static func html(_ explorer: LimitExplorer) -> String { "" }
}

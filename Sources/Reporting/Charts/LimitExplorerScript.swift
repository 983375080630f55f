/// What moves the sliders of a limit explorer.
enum ExplorerScript {
  static let source = ""
}

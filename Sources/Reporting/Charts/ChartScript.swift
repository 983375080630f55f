/// What makes charts answer to pointer and keyboard.
enum ChartScript {
  static let source = ""
}

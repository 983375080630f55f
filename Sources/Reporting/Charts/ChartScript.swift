/// What happens when a chart is touched.
enum ChartScript {
  static let source = ""
}

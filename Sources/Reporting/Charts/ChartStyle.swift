/// How charts look.
enum ChartStyle {
  static let source = ""
}

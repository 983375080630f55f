/// The one script of a page: its parts, each in a scope of its own.
enum Scripts {
  static let source = "'use strict';\n" + [TableScript.source, CopyScript.source, PrintScript.source, ChartScript.source, ExplorerScript.source]
    .filter { !$0.isEmpty }.map { "{\n" + $0 + "\n}\n" }.joined()
}

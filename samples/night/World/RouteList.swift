/// The routes as text for scripts: `METHOD <tab> template <tab> regular expression of the path without
/// its query`.
///
/// Templates are spelled as Headroom spells them, so that an independent script can group the same way.
enum RouteList {
  static var text: String {
    Route.all.map { route in
      let path = "\(route.pattern)".prefix { $0 != "?" }
      return "\(route.method)\t\(template(path))\t^\(expression(path))$\n"
    }.joined()
  }

  private static func template(_ path: Substring) -> String {
    replaceVariables(path, literal: String.init) { variable in
      switch variable.kind {
      case .integer: "{int}"
      case .uuid: "{uuid}"
      case .hash: "{hash}"
      case .date: "{date}"
      case .word, .words: "{text}"
      case .probe: "{probe}"
      case .literal: ""
      }
    }
  }

  private static func expression(_ path: Substring) -> String {
    replaceVariables(path, literal: escaped) { variable in
      switch variable.kind {
      case .integer: "[0-9]+"
      case .uuid: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
      case .hash: "[0-9a-f]{12}"
      case .date: "[0-9]{4}-[0-9]{2}-[0-9]{2}"
      case .word, .words: "[a-z+]+"
      case .probe: ".+"
      case .literal: ""
      }
    }
  }

  private static func escaped(_ text: Substring) -> String {
    text.split(separator: ".", omittingEmptySubsequences: false).joined(separator: "\\.")
  }

  private static func replaceVariables(
    _ path: Substring, literal: (Substring) -> String, with name: (Variable) -> String
  ) -> String {
    path.split(separator: "{", omittingEmptySubsequences: false).map { part in
      guard let close = part.firstIndex(of: "}") else { return literal(part) }
      let variable = Variable(rawValue: String(part[..<close]))
      return (variable.map(name) ?? "") + literal(part[part.index(after: close)...])
    }.joined()
  }
}

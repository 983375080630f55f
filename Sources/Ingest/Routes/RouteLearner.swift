public import Store

/// Merges templates into routes by looking at how sibling segments are used.
///
/// Templates already have lexical variables (`/users/{int}`); what is left are words that vary: user names, product
/// codes, what scanners try. The result depends on the set of templates and their counts alone, not on their order.
public struct RouteLearner: Sendable {
  /// A template and what its requests were.
  public struct Evidence: Sendable, Hashable {
    public var template: String
    public var requests: Int64
    /// Requests that no route took: status 400, 403 without upstream, 404, 405 or 414.
    public var unmatched: Int64

    public init(template: String, requests: Int64, unmatched: Int64) {
      self.template = template
      self.requests = requests
      self.unmatched = unmatched
    }
  }

  /// The route of paths that never reached anything.
  public static let unmatchedRoute = "{unmatched}"

  /// Siblings from this many on may be values of one variable.
  private static let collapseFrom = 40

  public init() {}

  /// The route of every template.
  public func learn(_ evidence: [Evidence]) -> [String: RouteAssignment] {
    var root = RouteNode()
    var routed: [(template: String, segments: [String])] = []
    var assignments: [String: RouteAssignment] = [:]
    for item in evidence.sorted(by: { $0.template < $1.template }) {
      guard item.unmatched < item.requests || item.requests == 0 else {
        assignments[item.template] = RouteAssignment(
          route: Self.unmatchedRoute, reason: "none of \(item.requests) requests reached a route")
        continue
      }
      let segments = Self.segments(of: item.template)
      root.insert(segments[...], requests: item.requests)
      routed.append((item.template, segments))
    }
    root.collapse(from: Self.collapseFrom)
    for (template, segments) in routed {
      let (path, merged) = root.path(of: segments[...])
      let route = Self.numbered(path)
      let reason =
        merged.isEmpty
        ? "the template's own path" : "values of one variable: \(merged.joined(separator: ", "))"
      assignments[template] = RouteAssignment(route: route, reason: reason)
    }
    return assignments
  }

  /// Path segments of a template with variables named as routes name them: `/users/{int}?x=1` is `users`, `{id}`.
  static func segments(of template: String) -> [String] {
    let path = template.prefix { $0 != "?" }
    guard path.first == "/" else { return [String(path)] }
    return path.split(separator: "/", omittingEmptySubsequences: true).map { segment in
      var name = String(segment).replacing("{matrix}", with: "").replacing("{int}", with: "{id}")
      // The joint word of an id is written in any case by clients: `SKU-00123` and `sku-00123` are one.
      if name.hasSuffix("{id}"), name.count > 4 { name = name.dropLast(4).lowercased() + "{id}" }
      return name
    }
  }

  /// Joins segments and tells repeated parameters apart: `/{id}/x/{id2}`.
  static func numbered(_ segments: [String]) -> String {
    guard !segments.isEmpty else { return "/" }
    guard segments.count > 1 || !isWholeTarget(segments[0]) else { return segments[0] }
    var seen: [String: Int] = [:]
    return segments.reduce(into: "") { path, segment in
      path += "/"
      guard segment.first == "{", segment.last == "}" else { return path += segment }
      let uses = (seen[segment] ?? 0) + 1
      seen[segment] = uses
      path += uses == 1 ? segment : "\(segment.dropLast())\(uses)}"
    }
  }

  /// `*` of OPTIONS and the authority of CONNECT are no paths.
  private static func isWholeTarget(_ text: String) -> Bool {
    text == "*" || text.contains("://")
  }
}

/// Requests and the settings that apply to them; the first in a list that matches counts.
struct NginxCase: Hashable, Sendable {
  var conditions: [RequestMatch.Condition]
  var level: NginxLevel
  /// `$server_name` of its server.
  var serverName: String?
}

/// Turns nginx's choice of a location into a list of which the first match counts.
///
/// nginx looks for an exact location, then for the longest prefix, and inside it for nested ones; then, unless that
/// prefix has `^~`, for the first regular expression, inner levels before outer ones; else the prefix stays. Inside of
/// a regular expression it finds regular expressions only: it builds no tree of the plain locations there (checked
/// against nginx 1.22 with 145,600 requests).
/// - Source: nginx `src/http/ngx_http_core_module.c`, `ngx_http_core_find_location`.
struct NginxLocationCases {
  /// Prefixes with locations inside, times regular expressions, can be many.
  static let most = 10_000

  private(set) var cases: [NginxCase] = []
  private let place: ConfigurationPlace

  /// - Parameter server: with the settings of `http` inherited.
  init(of server: NginxServer, level: NginxLevel) throws(ConfigurationError) {
    place = server.place
    // `return` in a server answers before a location is looked for.
    guard server.level.answersAtOnce == nil else {
      cases = [NginxCase(conditions: [], level: .none)]
      return
    }
    let locations = server.locations.filter { $0.kind != .named }.map { Self.resolved($0, within: level) }
    try append(locations, within: [], fallback: level.effective, outer: [])
    cases = MatchLogic.withoutNeedless(
      cases, otherwise: nil, conditions: { $0.conditions }, outcome: { $0.level })
  }

  /// The location with all that it inherits; without limits where nothing from outside gets as far as to be limited.
  private static func resolved(_ location: NginxLocation, within outer: NginxLevel) -> NginxLocation {
    var result = location
    let level = location.level.inheriting(outer)
    result.level = location.isInternal || location.level.answersAtOnce != nil ? .none : level.effective
    result.locations = location.locations.map { resolved($0, within: level) }
    return result
  }

  /// - Parameters:
  ///   - path: what requests that get here are known to meet.
  ///   - fallback: settings where no location of this level matches.
  ///   - outer: regular expressions of the levels around, tried after those of this level.
  private mutating func append(
    _ level: [NginxLocation], within path: [RequestMatch.Condition], fallback: NginxLevel,
    outer: [NginxLocation]
  ) throws(ConfigurationError) {
    let expressions = level.filter(\.isRegularExpression)
    let prefixes = level.filter(\.isPrefix).sorted { $0.text.utf8.count > $1.text.utf8.count }
    let held = Self.held(prefixes)
    for location in level where location.kind == .exact {
      try append(narrowed(path, location), location.level)
    }
    for location in prefixes where held.contains(location.text) {
      try append(
        location.locations, within: narrowed(path, location), fallback: location.level,
        outer: (location.beatsRegex ? [] : expressions) + outer)
    }
    for location in expressions + outer {
      let inner = location.locations.filter(\.isRegularExpression)
      try append(inner, within: narrowed(path, location), fallback: location.level, outer: [])
    }
    for location in prefixes where !held.contains(location.text) {
      try append(narrowed(path, location), location.level)
    }
    try append(path, fallback)
  }

  /// Prefixes that cannot be listed behind the regular expressions: with `^~` or locations inside, and those that begin
  /// with one of these.
  private static func held(_ prefixes: [NginxLocation]) -> Set<String> {
    var held: [String] = []
    for location in prefixes.reversed()
    where location.beatsRegex || !location.locations.isEmpty
      || held.contains(where: { location.text.utf8.starts(with: $0.utf8) })
    {
      held.append(location.text)
    }
    return Set(held)
  }

  private func narrowed(_ path: [RequestMatch.Condition], _ location: NginxLocation) -> [RequestMatch
    .Condition]
  {
    path.filter { !MatchLogic.implies(location.condition, $0) } + [location.condition]
  }

  private mutating func append(_ conditions: [RequestMatch.Condition], _ level: NginxLevel)
    throws(ConfigurationError)
  {
    guard cases.count < Self.most else {
      throw ConfigurationError(
        .unsupported(
          feature: "more than \(Self.most) combinations of locations", instead: "fewer nested ones"),
        at: place)
    }
    cases.append(NginxCase(conditions: conditions, level: level))
  }
}

import Analysis
import Gateways
import Reporting
import Scanning
import Statistics
import Traffic

/// One rule of a rules file.
struct GateSettings {
  /// What every rule may say.
  static let commonNames = ["name", "description", "where", "route", "per", "unknown"]
  /// What a rule is about: one of these.
  static let kinds = [
    "slo", "latency", "errors", "limited", "cacheHits", "headroom", "quota", "findings", "data", "change",
  ]
  /// Settings of each kind.
  static let names: [String: [String]] = [
    "slo": ["latency", "share"], "latency": ["percentile", "atMost"], "errors": ["atMost"], "limited": ["atMost"],
    "cacheHits": ["atLeast"], "headroom": ["capacity", "atMost"], "quota": ["limit", "key", "atMost"],
    "findings": ["severity", "only", "except", "atMost"],
    "data": ["missingHours", "rejectedLines", "incompleteSources"], "change": ["of", "atMost"],
  ]
  static let percentiles: [String: Quantile] = [
    "p50": .p50, "p90": .p90, "p95": .p95, "p99": .p99, "p99.9": .p999,
  ]
  static let measures = Change.Measure.allCases.map(\.name)
  static let quotaKeys = ["consumer", "client", "all"]

  private let rule: Settings
  private let clock: DisplayClock
  private let kind: String
  private let settings: Settings

  init(_ rule: Settings, clock: DisplayClock) throws {
    self.rule = rule
    self.clock = clock
    try rule.expectOnly(Self.commonNames + Self.kinds)
    let present = Self.kinds.filter { rule.value($0) != nil }
    guard let kind = present.first, let settings = try rule.settings(kind) else {
      throw ConfigurationError(
        .missing(setting: "one of " + Self.kinds.joined(separator: ", "), within: "a rule"), at: rule.place)
    }
    if present.count > 1 {
      throw ConfigurationError(
        .contradiction("a rule is about one thing, and this one about \(present.joined(separator: " and "))"),
        at: rule.place(of: present[1]))
    }
    try settings.expectOnly(Self.names[kind] ?? [])
    self.kind = kind
    self.settings = settings
  }

  /// One gate; of data rules one for each thing that is counted.
  var gates: [Gate] {
    get throws {
      guard let name = try rule.text("name"), !name.isEmpty else { throw rule.missing("name") }
      let conditions = try conditions
      let isPerRoute = try rule.choice("per", of: ["route"]) != nil
      let tests = try tests
      if isPerRoute, !["slo", "latency", "errors", "limited", "cacheHits"].contains(kind) {
        throw ConfigurationError(.contradiction("\(kind) has no routes to be held against one by one"), at: rule.place(of: "per"))
      }
      if !conditions.isEmpty, ["findings", "data"].contains(kind) {
        let key = rule.has("where") ? "where" : "route"
        throw ConfigurationError(.contradiction("\(kind) is about the whole night"), at: rule.place(of: key))
      }
      let passesUnknown = try rule.choice("unknown", of: ["pass", "fail"]) == "pass"
      return tests.map {
        Gate(name: name, $0, conditions: conditions, isPerRoute: isPerRoute, passesUnknown: passesUnknown)
      }
    }
  }

  /// `"route": "/api/*"` or a list, and `"where": "method=GET status<500"` as on the command line.
  private var conditions: [TrafficFilter.Condition] {
    get throws {
      let routes = try rule.texts("route")
      var conditions = routes.isEmpty ? [] : [TrafficFilter.Condition(.route, .matches(routes))]
      guard let text = try rule.text("where") else { return conditions }
      do {
        conditions += try FilterArgument.conditions(text, clock: clock)
      } catch {
        throw rule.bad("where", expected: "conditions such as 'method=GET consumer!=test'" + Self.why(error))
      }
      return conditions
    }
  }

  private static func why(_ error: UsageError) -> String {
    let meant = error.suggestion.map { "; did you mean '\($0)'?" } ?? ""
    return switch error.problem {
    case .badCondition(let text, let why): " ('\(text)': \(why)\(meant))"
    case .unknownColumn(let name): " (there is no column '\(name)'\(meant))"
    default: ""
    }
  }

  // MARK: Tests

  private var tests: [Gate.Test] {
    get throws {
      switch kind {
      case "slo": [.slo(try duration("latency"), atLeast: try share("share"))]
      case "latency": [.percentile(try percentile, atMost: try duration("atMost"))]
      case "errors": [.errors(atMost: try share("atMost"))]
      case "limited": [.limited(atMost: try share("atMost"))]
      case "cacheHits": [.cacheHits(atLeast: try share("atLeast"))]
      case "headroom": [try headroom]
      case "quota": [try quota]
      case "findings": [try findings]
      case "data": try data
      default: [try change]
      }
    }
  }

  private var percentile: Quantile {
    get throws {
      let name = try settings.choice("percentile", of: ["p50", "p90", "p95", "p99", "p99.9"])
      guard let name, let percentile = Self.percentiles[name] else { throw settings.missing("percentile") }
      return percentile
    }
  }

  private var headroom: Gate.Test {
    get throws {
      guard let text = try settings.text("capacity") else { throw settings.missing("capacity") }
      guard let rate = try? UnitText.parseRate(text), rate.count > 0 else {
        throw settings.bad("capacity", expected: "a rate such as 400r/s")
      }
      return .headroom(count: rate.count, period: rate.period, atMost: try share("atMost", mayExceedAll: true))
    }
  }

  private var quota: Gate.Test {
    get throws {
      guard let text = try settings.text("limit") else { throw settings.missing("limit") }
      guard let rate = try? QuotaArguments.rate(text), rate.count > 0 else {
        throw settings.bad("limit", expected: "a rate such as 600/m, 5000/d or 1000000/month")
      }
      let key: [ScanColumn] = switch try settings.choice("key", of: Self.quotaKeys) {
      case "all": []
      case "client": [.stored(.client)]
      default: [.stored(.consumer)]
      }
      let limit = QuotaLimit(
        name: text, meter: .window(limit: rate.count, rate.window), key: key,
        missing: key == [.stored(.consumer)] ? .clientAddress : .counts)
      return .quota(limit, atMost: try share("atMost", mayExceedAll: true))
    }
  }

  private var findings: Gate.Test {
    get throws {
      let names = Finding.Severity.allCases.map(\.name)
      let name = try settings.choice("severity", of: names)
      let severity = Finding.Severity.allCases.first { $0.name == name } ?? .notice
      let only = try kinds("only")
      return .findings(severity, only: only, except: try kinds("except"), atMost: try settings.integer("atMost") ?? 0)
    }
  }

  /// Names of finding rules; a misspelt one must not read as "no such finding".
  private func kinds(_ key: String) throws -> [String] {
    let kinds = try settings.texts(key)
    let known = FindingRules.all.map { $0.kind }.sorted()
    for kind in kinds where !known.contains(where: { Glob(kind).matches($0) }) {
      let meant = NearestWord.nearest(to: kind, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw settings.bad(key, expected: "kinds of findings ('\(kind)' is none\(meant))")
    }
    return kinds
  }

  private var data: [Gate.Test] {
    get throws {
      var tests: [Gate.Test] = []
      if let hours = try settings.integer("missingHours") { tests.append(.missingHours(atMost: hours)) }
      if settings.has("rejectedLines") { tests.append(.rejectedLines(atMost: try share("rejectedLines"))) }
      if let sources = try settings.integer("incompleteSources") { tests.append(.incompleteSources(atMost: sources)) }
      guard !tests.isEmpty else { throw settings.missing("missingHours, rejectedLines or incompleteSources") }
      return tests
    }
  }

  private var change: Gate.Test {
    get throws {
      guard let name = try settings.choice("of", of: Self.measures),
        let measure = Change.Measure.allCases.first(where: { $0.name == name })
      else { throw settings.missing("of") }
      return .change(measure, atMost: Double(try share("atMost", mayExceedAll: true)) / 1e6)
    }
  }

  // MARK: Values

  private func duration(_ key: String) throws -> Microseconds {
    guard let text = try settings.text(key) else { throw settings.missing(key) }
    guard let length = try? UnitText.parseDuration(text), length.count > 0 else {
      throw settings.bad(key, expected: "a duration with its unit, such as 250ms or 1.5s")
    }
    return length
  }

  /// A share in millionths, as percent with the sign.
  private func share(_ key: String, mayExceedAll: Bool = false) throws -> Int64 {
    guard let text = try settings.text(key) else { throw settings.missing(key) }
    guard let share = ShareArgument.millionths(text), mayExceedAll || share <= 1_000_000 else {
      throw settings.bad(key, expected: "a share with its sign, such as 99.9%")
    }
    return share
  }
}

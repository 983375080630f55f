public import Statistics
public import Traffic

/// One rule that a night must keep, as a rules file says it.
public struct Gate: Hashable, Sendable {
  public enum Test: Hashable, Sendable {
    /// A share of the requests, in millionths at least, takes no longer than this.
    case slo(Microseconds, atLeast: Int64)
    case percentile(Quantile, atMost: Microseconds)
    /// Shares in millionths: server errors of requests with a status, refusals of all, hits of lookups.
    case errors(atMost: Int64)
    case limited(atMost: Int64)
    case cacheHits(atLeast: Int64)
    /// The busiest second against a capacity of `count` requests per `period`; the share in millionths.
    case headroom(count: Int64, period: Microseconds, atMost: Int64)
    /// Every caller's busiest window against a limit; the share in millionths.
    case quota(QuotaLimit, atMost: Int64)
    /// Findings that are told, of this severity at least.
    case findings(Finding.Severity, only: [String], except: [String], atMost: Int64)
    case missingHours(atMost: Int64)
    /// Of all lines that are not blank, in millionths.
    case rejectedLines(atMost: Int64)
    case incompleteSources(atMost: Int64)
    /// Against the period before; relative, or for shares in points.
    case change(Change.Measure, atMost: Double)
  }

  public var name: String
  public var test: Test
  /// Which requests it is about, beside those of the night.
  public var conditions: [TrafficFilter.Condition]
  /// Every route must keep it, not only all together.
  public var isPerRoute: Bool
  /// Without data it passes.
  public var passesUnknown: Bool

  public init(
    name: String, _ test: Test, conditions: [TrafficFilter.Condition] = [], isPerRoute: Bool = false,
    passesUnknown: Bool = false
  ) {
    self.name = name
    self.test = test
    self.conditions = conditions
    self.isPerRoute = isPerRoute
    self.passesUnknown = passesUnknown
  }

  /// The word of the rules file: `slo`.
  public var kind: String {
    switch test {
    case .slo: "slo"
    case .percentile: "latency"
    case .errors: "errors"
    case .limited: "limited"
    case .cacheHits: "cacheHits"
    case .headroom: "headroom"
    case .quota: "quota"
    case .findings: "findings"
    case .missingHours, .rejectedLines, .incompleteSources: "data"
    case .change: "change"
    }
  }
}

/// How a night did by one rule.
public struct GateResult: Hashable, Sendable {
  public enum Status: String, Hashable, Sendable, CaseIterable { case pass, fail, unknown }

  public var gate: Gate
  /// The route, caller or source it is about; nil for all requests.
  public var subject: String?
  public var status: Status
  public var value: Cell
  public var allowed: Cell
  /// The value must not be below what is allowed; else not above it.
  public var isFloor: Bool
  /// Why it fails or is unknown, or what is left.
  public var reason: Sentence

  /// Whether the gate stays shut.
  public var fails: Bool { status == .fail || status == .unknown && !gate.passesUnknown }
}

internal import Gateways
import Traffic

/// A limit of a fixed window lets twice as much through across its edge, and a caller does that.
public struct WindowEdgeBurst: FindingRule {
  public static let kind = "window-edge-burst"
  public static let summary = "a caller gets far more than a window's limit through across the window's edge"

  /// The callers that were refused most are looked at, in their worst hour.
  static let callers = 3
  static let fewestRefusals: Int64 = 20
  /// Windows that are tried where no configuration names them, µs.
  static let guesses: [Int64] = [10_000_000, 60_000_000]
  /// Windows with a refusal, and the share of them that let through the same number, to a twentieth.
  static let fewestWindows = 3
  static let agreeing = 0.6
  static let smallestLimit: Int64 = 5
  /// What gets through in as long a time across an edge, over what a window lets through.
  static let excess = 1.5

  public init() {}

  public func findings(in night: Night, after earlier: Night?) async throws -> [Finding] {
    let refusals = try await night.answer(Refusals(scope: night.scope))
    var findings: [Finding] = []
    for (caller, scope) in await Self.worstHours(of: refusals.callers.prefix(Self.callers), in: night) {
      let answer = try await night.answer(CallerArrivals(scope: scope))
      guard answer.isComplete else { continue }
      let window = Self.windows(night.model).lazy.compactMap { Self.edge(answer.arrivals, window: $0) }.first
      if let window { findings.append(Self.finding(caller, scope, window, refusals)) }
    }
    return FindingLimits.strongest(findings)
  }

  /// The worst hours of those that were refused often enough, whose arrivals are asked for together.
  static func worstHours(
    of callers: ArraySlice<Refusals.Caller>, in night: Night
  ) async -> [(caller: Refusals.Caller, scope: Scope)] {
    let hours = callers.compactMap { caller in worstHour(of: caller, in: night).map { (caller: caller, scope: $0) } }
    for hour in hours { await night.expect(CallerArrivals(scope: hour.scope)) }
    return hours
  }

  /// The hour in which a caller was refused most; nil where it was refused too seldom.
  private static func worstHour(of caller: Refusals.Caller, in night: Night) -> Scope? {
    guard let hour = caller.worstHour, hour.rejected >= fewestRefusals else { return nil }
    return night.scope.of(caller: caller.caller)?.within(hour.start, hour.start + Microseconds.hour.count)
  }

  /// Lengths of fixed windows in force; guesses where no configuration is known.
  static func windows(_ model: GatewayModel?) -> [Int64] {
    guard let model else { return guesses }
    let lengths = model.rules.compactMap { rule -> Int64? in
      guard case .fixedWindow(_, let alignment, _) = rule.limiter else { return nil }
      switch alignment {
      case .aligned(let length, _): return length
      case .calendar(.second): return Microseconds.second.count
      case .calendar(.minute): return Microseconds.minute.count
      default: return nil
      }
    }
    return Set(lengths.filter { $0 > 0 && $0 * 4 <= Microseconds.hour.count }).sorted()
  }

  struct Edge: Hashable {
    var window: Int64
    /// Most that got through in a window of the clock, and in any stretch as long.
    var limit: Int64
    var through: Int64
    /// Start of that stretch.
    var start: Int64
    /// Windows with a refusal.
    var windows: Int64
  }

  /// - Parameter arrivals: in order of time.
  static func edge(_ arrivals: [CallerArrivals.Arrival], window: Int64) -> Edge? {
    var counts: [(accepted: Int64, refused: Int64)] = []
    var current = Int64.min
    for arrival in arrivals {
      let start = arrival.time &- arrival.time.flooredRemainder(by: window)
      if start != current { counts.append((0, 0)) }
      current = start
      if arrival.isRefused { counts[counts.count - 1].refused += 1 } else { counts[counts.count - 1].accepted += 1 }
    }
    let full = counts.filter { $0.refused > 0 }.map(\.accepted).sorted()
    guard full.count >= fewestWindows, let limit = counts.map(\.accepted).max(), limit >= smallestLimit,
      Double(full.count { abs($0 - limit) * 20 <= limit }) >= agreeing * Double(full.count)
    else { return nil }
    let passed = arrivals.filter { !$0.isRefused }.map(\.time)
    var (first, best, start) = (0, 0, Int64(0))
    for (last, time) in passed.enumerated() {
      while time &- passed[first] >= window { first += 1 }
      if last - first + 1 > best { (best, start) = (last - first + 1, passed[first]) }
    }
    guard Double(best) >= excess * Double(limit) else { return nil }
    return Edge(window: window, limit: limit, through: Int64(best), start: start, windows: Int64(full.count))
  }

  private static func finding(
    _ caller: Refusals.Caller, _ scope: Scope, _ edge: Edge, _ refusals: Refusals.Answer
  ) -> Finding {
    let passed = "NOT coalesce(\(RowSQL.isLimited), 0)"
    let sliding = scope.select(
      "count(*) OVER (ORDER BY arrival RANGE BETWEEN CURRENT ROW AND \(edge.window - 1) FOLLOWING) AS n", and: [passed])
    let through = "SELECT max(n) AS through FROM (\(sliding))"
    let aligned = scope.select("count(*) AS n", and: [passed]) + " GROUP BY arrival / \(edge.window)"
    let window: Cell = .duration(Microseconds(edge.window))
    return Finding(
      kind: kind, subject: caller.caller.name, severity: .warning,
      impact: 0.1 * Double(caller.rejected) / Double(max(1, refusals.rejected)), confidence: 0.8,
      headline: """
        \(.text(caller.caller.name)) got \(.integer(edge.through)) requests through within \(window) at \
        \(.timestamp(Timestamp(microseconds: edge.start))), where no window of \(window) lets more than \
        \(.integer(edge.limit)) through.
        """,
      evidence: [
        Finding.Evidence("through", "Most that got through in as long a time", .integer(edge.through), .query(through)),
        Finding.Evidence(
          "in_window", "Most that got through in a window of the clock", .integer(edge.limit),
          .query("SELECT max(n) AS in_window FROM (\(aligned))")),
        Finding.Evidence(
          "windows", "Windows with a refusal in its worst hour", .integer(edge.windows), .command("headroom show quotas")),
      ],
      cost: "What stands behind the gateway must bear up to twice the limit at once, at every edge of a window.",
      action: """
        Use a sliding window or a token bucket with the same rate: a what-if with it as candidate (headroom simulate) shows \
        who is refused then, and how high the edge still gets.
        """,
      command: ShellLine.sql(through))
  }
}

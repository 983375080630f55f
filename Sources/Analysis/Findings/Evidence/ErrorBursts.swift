internal import Statistics
import Traffic

/// Status 5xx that came in a stretch, on one route or on several at the same time.
struct ErrorBurst: Sendable {
  /// The one with most errors first.
  var routes: [String]
  var from: Int64
  var until: Int64
  /// Of these routes in this stretch, whatever the method.
  var errors: Int64 = 0
  var requests: Int64 = 0
  /// Of all requests of the night.
  var night: Int64 = 0
  var scope: Scope

  var part: Scope { scope.within(from, until) }
  var length: Int64 { until - from }
}

/// Finds the bursts of a night: by steps of ten minutes first, then by minutes.
enum ErrorBursts {
  /// A burst fails at least so often, and so many times as often as the route does in all.
  static let fewestShare = 0.02
  static let factor = 3.0
  /// A route that fails so often all night is one long burst.
  static let always = 0.2
  static let fewestErrors: Int64 = 10
  /// Standard errors: 27 routes by 144 steps are asked about.
  static let certainty = 3.3
  /// Longer stretches are told in steps of ten minutes.
  static let longestByMinute: Int64 = 6 * 3_600_000_000
  /// Routes of a night that are looked at more closely.
  static let mostRoutes = 12

  private struct Candidate {
    var route: RouteSteps.Route
    var from: Int64
    var until: Int64
    var errors: Int64
    var threshold: Double

    var isLookedAtByMinute: Bool { until - from <= longestByMinute }

    /// Of the stretch and a step before and after it.
    func minutes(_ night: Night) -> StatusSteps {
      StatusSteps(
        scope: night.scope.of(route: route.route, method: route.method)
          .within(from - RouteSteps.length, until + RouteSteps.length))
    }
  }

  /// By falling number of errors.
  static func all(in night: Night) async throws -> [ErrorBurst] {
    let answer = try await night.answer(RouteSteps(scope: night.scope))
    let candidates = answer.routes.compactMap(candidate).sorted { $0.errors > $1.errors }.prefix(mostRoutes)
    for candidate in candidates where candidate.isLookedAtByMinute { await night.expect(candidate.minutes(night)) }
    var bursts: [ErrorBurst] = []
    for candidate in candidates {
      let burst = try await byMinute(candidate, night)
      if let index = bursts.firstIndex(where: { overlap($0, burst) }) {
        if !bursts[index].routes.contains(candidate.route.route) { bursts[index].routes.append(candidate.route.route) }
      } else {
        bursts.append(burst)
      }
    }
    for index in bursts.indices {
      bursts[index].scope = night.scope.matching(.route, bursts[index].routes)
      await night.expect(StatusSteps(scope: bursts[index].part))
      if bursts[index].length <= longestByMinute { await night.expect(comebacks(bursts[index])) }
    }
    for index in bursts.indices {
      let steps = try await night.answer(StatusSteps(scope: bursts[index].part))
      bursts[index].errors = steps.reduce(0) { $0 + $1.errors }
      bursts[index].requests = steps.reduce(0) { $0 + $1.requests }
      bursts[index].night = answer.requests
    }
    return bursts.sorted { ($1.errors, $0.from, $0.routes[0]) < ($0.errors, $1.from, $1.routes[0]) }
  }

  private static func candidate(_ route: RouteSteps.Route) -> Candidate? {
    guard route.errors >= fewestErrors else { return nil }
    let usual = Double(route.errors) / Double(route.requests)
    let threshold = min(always, max(fewestShare, factor * usual))
    guard let worst = WorstStretch(route.steps.map { Double($0.step.errors) - threshold * Double($0.step.requests) })
    else { return nil }
    let errors = route.steps[worst.range].reduce(0) { $0 + $1.step.errors }
    let requests = route.steps[worst.range].reduce(0) { $0 + $1.step.requests }
    guard errors >= fewestErrors, let share = ShareInterval(Int(errors), of: Int(requests), z: certainty),
      share.lower >= threshold
    else { return nil }
    return Candidate(
      route: route, from: route.steps[worst.range.lowerBound].start,
      until: route.steps[worst.range.upperBound - 1].start + RouteSteps.length, errors: errors, threshold: threshold)
  }

  /// The stretch to the minute.
  private static func byMinute(_ candidate: Candidate, _ night: Night) async throws -> ErrorBurst {
    var burst = ErrorBurst(
      routes: [candidate.route.route], from: candidate.from, until: candidate.until, errors: candidate.errors,
      scope: night.scope)
    guard candidate.isLookedAtByMinute else { return burst }
    let steps = try await night.answer(candidate.minutes(night))
    if let worst = WorstStretch(steps.map { Double($0.errors) - candidate.threshold * Double($0.requests) }) {
      burst.from = steps[worst.range.lowerBound].start
      burst.until = steps[worst.range.upperBound - 1].start + Microseconds.minute.count
    }
    return burst
  }

  /// Half of the shorter one lies in the other.
  private static func overlap(_ a: ErrorBurst, _ b: ErrorBurst) -> Bool {
    let shared = min(a.until, b.until) - max(a.from, b.from)
    return shared > 0 && shared * 2 >= min(a.length, b.length)
  }

  // MARK: Storms

  /// Callers are expected back within this time, µs.
  static let horizon: Int64 = 30_000_000
  /// Least probability that a failure brings its caller back, for a storm.
  static let storm = 0.2

  static func comebacks(_ burst: ErrorBurst) -> Comebacks {
    Comebacks(scope: burst.scope, from: burst.from, until: burst.until, horizon: horizon, trouble: .failed)
  }

  /// The answer where callers came back for more; nil where the burst is no storm.
  static func storm(_ burst: ErrorBurst, in night: Night) async throws -> Comebacks.Answer? {
    guard burst.length <= longestByMinute else { return nil }
    let answer = try await night.answer(comebacks(burst))
    guard let least = ComebackShare.leastRetryProbability(answer), least >= storm else { return nil }
    return answer
  }
}

import Analysis
import Traffic

/// How much came, when, and how bursty it was.
struct TrafficPage: ReportPage {
  let id = "traffic"
  let title = "Traffic"

  static let mostSteps: Int64 = 150
  /// Seconds below which the p99.9 second has fewer than ten above it.
  static let secondsNeeded: Int64 = 10_000
  static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

  func blocks(of report: Report) async throws -> [Document.Block]? {
    let night = report.night
    let course = try await night.answer(night.course)
    guard course.totals.requests > 0 else { return nil }
    var blocks: [Document.Block] = []
    let peaks = try await night.answer(BusySeconds(scope: night.scope)).peaks
    if let peaks { blocks.append(.facts(facts(peaks, night))) }
    if let figure = stacked(course, night) { blocks.append(.figure(figure)) }
    let coverage = try await night.answer(Coverage(scope: night.scope, ledger: night.ledger))
    if let figure = week(coverage, night) { blocks.append(.figure(figure)) }
    if let earlier = report.earlier {
      let before = try await earlier.answer(earlier.course)
      let peaksBefore = try await earlier.answer(BusySeconds(scope: earlier.scope)).peaks
      blocks.append(.table(Self.counts(course, peaks, before, peaksBefore)))
      blocks.append(.table(Self.latencies(course, before)))
    }
    return blocks + [
      .note("Seconds, steps and hours are those of the UTC clock. A request counts when it arrived, not when it ended."),
      .note(
        "The mean and the p99.9 second are over all seconds from the first arrival's to the last one's, those without a"
          + " request too."),
    ]
  }

  // MARK: Seconds

  private func facts(_ peaks: BusySeconds.Peaks, _ night: Night) -> [Fact] {
    let seconds = "WITH s AS (SELECT arrival / 1000000 AS second, count(*) AS n FROM requests"
      + SQLWhere.clause(night.scope.filter) + " GROUP BY 1) SELECT "
    func fact(_ key: String, _ label: String, _ value: Cell, _ sql: String) -> Fact {
      Fact(key, label, value, .query(seconds + sql))
    }
    let length = Microseconds(peaks.seconds * Microseconds.second.count)
    let p999: Cell =
      peaks.seconds < Self.secondsNeeded
      ? .tooFew(samples: peaks.seconds, needed: Self.secondsNeeded) : .rate(peaks.p999, over: .second)
    return [
      fact("requests", "Requests kept singly", .integer(peaks.requests), "sum(n) AS requests FROM s"),
      fact(
        "peak", "Busiest second", .rate(peaks.peakRequests, over: .second),
        "max(n) AS peak_count, 1000000 AS peak_over_us FROM s"),
      fact(
        "peak_at", "It began at", .timestamp(peaks.peak),
        "second * 1000000 AS peak_at FROM s ORDER BY n DESC, second LIMIT 1"),
      fact(
        "p999_second", "p99.9 second", p999,
        "coalesce((SELECT n FROM s ORDER BY n DESC LIMIT 1 OFFSET (SELECT (max(second) - min(second) + 1) / 1000"
          + " FROM s)), 0) AS p999_second_count, 1000000 AS p999_second_over_us"),
      fact(
        "mean", "Mean", .rate(peaks.requests, over: length),
        "sum(n) AS mean_count, (max(second) - min(second) + 1) * 1000000 AS mean_over_us FROM s"),
      fact(
        "peak_to_mean", "Peak to mean",
        UpstreamsPage.hundredths(Double(peaks.peakRequests) * Double(peaks.seconds) / Double(peaks.requests)),
        "round(1.0 * max(n) * (max(second) - min(second) + 1) / sum(n) * 100) / 100 AS peak_to_mean FROM s"),
    ]
  }

  // MARK: Steps

  private func stacked(_ course: TrafficCourse.Answer, _ night: Night) -> Figure? {
    let step = night.course.step
    guard let first = course.steps.first?.start.microseconds, let last = course.steps.last?.start.microseconds,
      case let (span, overflow) = last.subtractingReportingOverflow(first), !overflow,
      span / step.count < 2 * Self.mostSteps
    else { return nil }
    let classes = course.classes.map(\.requestClass)
    let counts = Dictionary(uniqueKeysWithValues: course.steps.map { ($0.start.microseconds, $0.byClass) })
    let rows: [[Cell]] = stride(from: first, through: last, by: Int64.Stride(step.count)).map { start in
      [.timestamp(Timestamp(microseconds: start))]
        + classes.map { .integer(counts[start]?[Int($0.rawValue)] ?? 0) }
    }
    let query = ReportQuery(night)
    let columns = classes.map { ($0.key, query.count(where: "class = '\($0.name)'")) }
    let table = Table(
      key: "traffic_by_class",
      columns: [Column("from", "From", .timestamp)] + classes.map { Column($0.key, $0.name, .integer) }, rows: rows,
      noun: "steps", derivation: .query(query.steps(step, from: first, through: last, columns)))
    return Figure(
      id: "traffic-by-class", title: "Requests per \(step.stepName), by class of answer",
      chart: .stackedArea(x: "from", series: classes.map(\.key)), unit: "requests per \(step.stepName)",
      first: Timestamp(microseconds: first), last: Timestamp(microseconds: last) + step,
      samples: course.totals.requests, table: table)
  }

  // MARK: Week

  /// Weekdays with traffic × hours of the day; an hour without a request is absent.
  private func week(_ coverage: Coverage.Answer, _ night: Night) -> Figure? {
    var requests = [Int64](repeating: 0, count: 168)
    for (index, hour) in coverage.hours.enumerated() {
      // 1970-01-01 was a Thursday.
      let slot = Int((hour.microseconds.flooredQuotient(by: Microseconds.hour.count) + 72).flooredRemainder(by: 168))
      requests[slot] += coverage.nodes.reduce(0) { $0 + $1.requests[index] }
    }
    let days = (0..<7).filter { day in requests[day * 24..<day * 24 + 24].contains { $0 > 0 } }
    guard !days.isEmpty else { return nil }
    let rows: [[Cell]] = days.flatMap { day in
      (0..<24).map { hour in
        let count = requests[day * 24 + hour]
        return [.text(Self.weekdays[day]), .text(Self.twoDigits(hour)), count > 0 ? .integer(count) : .absent]
      }
    }
    let table = Table(
      key: "week",
      columns: [
        Column("weekday", "Weekday", .text), Column("hour", "Hour (UTC)", .text), Column("requests", "Requests", .integer),
      ], rows: rows, noun: "hours", derivation: .query(Self.weekSQL(ReportQuery(night), days)))
    return Figure(
      id: "week", title: "Requests by weekday and hour (UTC)",
      chart: .heatMap(x: "hour", y: "weekday", value: "requests"), unit: "requests", first: coverage.hours.first,
      last: coverage.hours.last.map { $0 + .hour }, samples: requests.reduce(0, +), table: table)
  }

  private static func twoDigits(_ hour: Int) -> String { hour < 10 ? "0\(hour)" : "\(hour)" }

  private static func weekSQL(_ query: ReportQuery, _ days: [Int]) -> String {
    let names = weekdays.enumerated().map { "WHEN \($0) THEN '\($1)'" }.joined(separator: " ")
    let counted = query.select(
      ["(arrival / 3600000000 + 72) % 168 AS slot", query.count + " AS requests"], where: [], "GROUP BY 1")
    return "WITH RECURSIVE slots(slot) AS (SELECT 0 UNION ALL SELECT slot + 1 FROM slots WHERE slot < 167), counted AS"
      + " (\(counted)) SELECT CASE slot / 24 \(names) END AS weekday, printf('%02d', slot % 24) AS hour, requests FROM"
      + " slots LEFT JOIN counted USING (slot) WHERE slot / 24 IN (\(days.map(String.init).joined(separator: ", ")))"
      + " ORDER BY slot"
  }

  // MARK: Change

  private static func counts(
    _ now: TrafficCourse.Answer, _ peaks: BusySeconds.Peaks?, _ before: TrafficCourse.Answer,
    _ peaksBefore: BusySeconds.Peaks?
  ) -> Table {
    let counts: [(String, Int64?, Int64?)] = [
      ("requests", now.totals.requests, before.totals.requests),
      ("busiest second", peaks?.peakRequests, peaksBefore?.peakRequests),
      ("server errors", now.totals.serverErrors, before.totals.serverErrors),
      ("limited", now.totals.limited, before.totals.limited),
    ]
    return comparison("change", "Against the period before: requests", .integer, counts.map {
      [.text($0.0), .count($0.1), .count($0.2)]
    })
  }

  private static func latencies(_ now: TrafficCourse.Answer, _ before: TrafficCourse.Answer) -> Table {
    comparison("change_of_latency", "Against the period before: latency", .duration, ReportedQuantile.all.map {
      [.text($0.label), now.latency.percentile($0.key), before.latency.percentile($0.key)]
    })
  }

  private static func comparison(_ key: String, _ title: String, _ kind: Column.Kind, _ rows: [[Cell]]) -> Table {
    Table(
      key: key, title: title,
      columns: [Column("measure", "Measure", .text), Column("now", "This period", kind), Column("before", "Before", kind)],
      rows: rows, noun: "measures", derivation: .command("headroom compare"))
  }
}

extension Night {
  /// The course of the night in steps that a chart can show; from an hour on where rollups hold a part.
  nonisolated var course: TrafficCourse {
    let step = TimeStep.fitting(span, most: TrafficPage.mostSteps)
    return TrafficCourse(scope: scope, step: rolledUp > 0 ? max(step, .hour) : step)
  }
}

extension Microseconds {
  /// A step of a chart in words: `10 min`.
  var stepName: String {
    let units = [(Microseconds.day, "d"), (.hour, "h"), (.minute, "min")]
    guard let unit = units.first(where: { count % $0.0.count == 0 }) else { return UnitText.duration(self) }
    return "\(count / unit.0.count) \(unit.1)"
  }
}

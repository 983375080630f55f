import Analysis
import Statistics
import Traffic

/// How long requests took, told by class of answer, by part and over time, and whether that was what was promised.
struct LatencyPage: ReportPage {
  let id = "latency"
  let title = "Latency"

  func blocks(of report: Report) async throws -> [Document.Block]? {
    let night = report.night
    let course = try await night.answer(night.course)
    guard course.latency.samples > 0 else { return nil }
    let kept = try await night.answer(
      PromiseKept(scope: night.scope, promise: report.objective.latency, step: night.course.step))
    let tables = LatencyTables(query: ReportQuery(night), course: course, step: night.course.step)
    let promise = PromiseTables(query: ReportQuery(night), objective: report.objective, kept: kept, step: night.course.step)
    var blocks: [Document.Block] = []
    if night.rolledUp == 0 { blocks.append(.facts(promise.facts)) }
    blocks += [.figure(tables.distribution), .figure(tables.curve), .table(tables.byClass)]
    if kept.whole.latency.samples > 0 { blocks.append(.table(promise.parts)) }
    if let figure = tables.overTime { blocks.append(.figure(figure)) }
    if night.rolledUp == 0, kept.steps.count > 1 { blocks.append(.figure(promise.overTime)) }
    return blocks + Self.notes.map(Document.Block.note)
  }

  private static let notes = [
    "Left out of latency: upgraded connections (101), requests that timed out at the client (408), were given up (499) or"
      + " got no answer, and broken requests. They are counted everywhere else.",
    "Percentiles here are within 0.4 % of a value of the data (nearest rank over log-linear buckets); the maximum is"
      + " exact. A percentile with fewer than ten samples beyond it is not shown.",
    "Apdex: requests within the objective count 1, up to four times of it one half, longer ones nothing. A budget is what"
      + " the objective allows to be late or to fail in this window; spending 100 % of it breaks the objective.",
    "The gateway's time is the request's duration less the upstream's, of requests whose log tells both. It holds the"
      + " client's upload and download.",
  ]
}

/// What bucket counts tell.
private struct LatencyTables {
  let query: ReportQuery
  let course: TrafficCourse.Answer
  let step: Microseconds

  private static let mostBars = 44
  private var classes: [TrafficCourse.Class] { course.classes.filter { $0.latency.samples > 0 } }
  private var first: Timestamp? { course.steps.first?.start }
  private var last: Timestamp? { course.steps.last.map { $0.start + step } }

  // MARK: Distribution

  var distribution: Figure {
    let divisions = [8, 4, 2].first { self.bars($0).count <= Self.mostBars } ?? 1
    let bars = self.bars(divisions)
    let columns = classes.map { Column($0.requestClass.key, $0.requestClass.name, .integer) }
    let rows: [[Cell]] = bars.map { bar in
      [.duration(Microseconds(bar.low)), .duration(Microseconds(bar.low + bar.width))] + bar.counts.map(Cell.integer)
    }
    let counts = classes.map { "\(query.count(where: "class = '\($0.requestClass.name)'")) AS \($0.requestClass.key)" }
    let bounds = ["from", "until"].map { "bucket_\($0)(latency, \(divisions)) AS \($0)_us" }
    let table = Table(
      key: "latency_distribution",
      columns: [Column("from", "From", .duration), Column("until", "Until", .duration)] + columns, rows: rows, noun: "bars",
      derivation: query.isHistory
        ? .command("headroom show hours")
        : .query(query.select(bounds + counts, where: ["latency IS NOT NULL"], "GROUP BY 1 ORDER BY 1")))
    return Figure(
      id: "latency-distribution", title: "Distribution of durations, by class of answer",
      chart: .logHistogram(from: "from", until: "until", series: columns.map(\.key)), unit: "requests", first: first,
      last: last, samples: course.latency.samples, table: table)
  }

  private struct Bar {
    var low: Int64
    var width: Int64
    var counts: [Int64]
  }

  /// Buckets with values, so many to a power of two, and their counts by class.
  private func bars(_ divisions: Int) -> [Bar] {
    var bars: [Int64: Bar] = [:]
    for (place, known) in classes.enumerated() {
      for bucket in known.durations.buckets {
        let value = LatencyBuckets.bounds(of: bucket.index).low
        let bounds = LatencyBuckets.bounds(around: value, divisions: divisions)
        bars[bounds.low, default: Bar(low: bounds.low, width: bounds.width, counts: classes.map { _ in 0 })]
          .counts[place] += Int64(clamping: bucket.count)
      }
    }
    return bars.values.sorted { $0.low < $1.low }
  }

  // MARK: Percentiles

  private static let quantiles: [(quantile: Int, percent: String)] = [
    (250_000, "25"), (500_000, "50"), (750_000, "75"), (900_000, "90"), (950_000, "95"), (980_000, "98"),
    (990_000, "99"), (995_000, "99.5"), (998_000, "99.8"), (999_000, "99.9"), (999_500, "99.95"), (999_900, "99.99"),
  ]

  var curve: Figure {
    let shown = Self.quantiles.filter {
      Quantile(millionths: $0.quantile).isSupported(by: Int(clamping: course.latency.samples))
    }
    let rows: [[Cell]] = shown.map { point in
      let quantile = Quantile(millionths: point.quantile)
      return [.real(Double(point.quantile) / 1_000_000), cell(course.durations, quantile)]
        + classes.map { cell($0.durations, quantile) }
    }
    let columns = [Column("all", "all", .duration)]
      + classes.map { Column($0.requestClass.key, $0.requestClass.name, .duration) }
    let percentiles = ["approximate_percentile(latency, percent) AS all_us"] + classes.map {
      "approximate_percentile(latency, percent) FILTER (WHERE class = '\($0.requestClass.name)')"
        + " AS \($0.requestClass.key)_us"
    }
    let values = shown.map { "(\(Double($0.quantile) / 1_000_000), \($0.percent))" }.joined(separator: ", ")
    let table = Table(
      key: "percentiles", columns: [Column("quantile", "Quantile", .integer)] + columns, rows: rows, noun: "quantiles",
      derivation: .query(
        "WITH q(quantile, percent) AS (VALUES \(values)) SELECT quantile, \(percentiles.joined(separator: ", ")) FROM q"
          + " CROSS JOIN (\(query.select(["latency", "class"]))) GROUP BY quantile ORDER BY quantile"))
    return Figure(
      id: "percentiles", title: "Percentiles, by class of answer",
      chart: .percentileCurve(quantile: "quantile", series: columns.map(\.key)), unit: "ms", first: first, last: last,
      samples: course.latency.samples, table: table)
  }

  private func cell(_ sketch: LatencySketch, _ quantile: Quantile) -> Cell {
    guard quantile.isSupported(by: Int(clamping: sketch.count)), let value = sketch.quantile(quantile) else {
      return .tooFew(samples: Int64(clamping: sketch.count), needed: Int64(quantile.fewestSamples))
    }
    return .duration(Microseconds(value))
  }

  // MARK: Classes

  var byClass: Table {
    let rows = course.classes.sorted { a, b in
      if a.totals.requests != b.totals.requests { return a.totals.requests > b.totals.requests }
      return a.requestClass.name < b.requestClass.name
    }
    let sql = [
      "class", query.count + " AS requests", query.count + " AS share_part", "sum(\(query.count)) OVER () AS share_of",
      query.samples("latency") + " AS samples",
    ] + query.latency("latency", isExact: false)
    return Table(
      key: "latency_by_class", title: "By class of answer",
      columns: [
        Column("class", "Class", .text), Column("requests", "Requests", .integer), Column("share", "Share", .ratio),
        Column("samples", "Samples", .integer),
      ] + LatencySummary.columns,
      rows: rows.map { row in
        [
          .text(row.requestClass.name), .integer(row.totals.requests),
          .ratio(row.totals.requests, of: course.totals.requests), .integer(row.latency.samples),
        ] + row.latency.cells
      }, noun: "classes",
      derivation: .query(query.select(sql, where: [], "GROUP BY class ORDER BY \(query.count) DESC, class")))
  }

  // MARK: Time

  /// p50 and p99 of every step with samples.
  var overTime: Figure? {
    let steps = course.steps.filter { $0.latency.samples > 0 }
    guard steps.count > 1 else { return nil }
    let sql = [
      "arrival / \(step.count) * \(step.count) AS \"from\"", query.samples("latency") + " AS samples",
      query.approximate("latency", "50") + " AS p50_us", query.approximate("latency", "99") + " AS p99_us",
    ]
    let table = Table(
      key: "latency_over_time",
      columns: [
        Column("from", "From", .timestamp), Column("samples", "Samples", .integer), Column("p50", "p50", .duration),
        Column("p99", "p99", .duration),
      ],
      rows: steps.map {
        [
          .timestamp($0.start), .integer($0.latency.samples), $0.latency.percentile("p50"), $0.latency.percentile("p99"),
        ]
      }, noun: "steps",
      derivation: .query(
        query.select(sql, where: ["latency IS NOT NULL"], "GROUP BY 1 HAVING \(query.samples("latency")) > 0 ORDER BY 1")))
    return Figure(
      id: "latency-over-time", title: "p50 and p99 per \(step.stepName)",
      chart: .line(x: "from", series: ["p50", "p99"], band: nil), unit: "ms", first: first, last: last,
      samples: course.latency.samples, table: table)
  }
}

import Analysis
import Reporting
import Statistics
import Traffic

/// Pressure on quotas as a document.
struct QuotaPage {
  let answer: QuotaPressure.Answer
  /// Limits were given; else what there is was inferred.
  let isAsked: Bool
  /// Limits that could not be asked about, and why.
  let left: [String]

  var document: Document {
    var blocks: [Document.Block] = [.facts(facts)]
    if isAsked || !answer.rows.isEmpty { blocks.append(.table(pressure)) }
    let buckets = answer.rows.filter { $0.bucket != nil }
    if !buckets.isEmpty { blocks.append(.table(Self.table(ofBuckets: buckets, answer))) }
    let long = answer.rows.filter { $0.forecast != nil }
    if !long.isEmpty { blocks.append(.table(Self.table(ofForecasts: long))) }
    if !isAsked { blocks.append(.table(peaks)) }
    if let retries = answer.retries { blocks.append(.table(Self.table(ofRetries: retries))) }
    return Document(name: "quotas", title: "Quotas", blocks: blocks + notes.map { .note($0) })
  }

  private var facts: [Fact] {
    [
      Fact("first", "First arrival", .time(answer.first)), Fact("last", "Last arrival", .time(answer.last)),
      Fact("rejected", "Rejected attempts", .integer(answer.rejected)),
      Fact("amplification", "Attempts per demand", told.map { Self.real($0.amplification) } ?? .absent),
      Fact(
        "unserved", "Demand never served",
        told.map { Self.share($0.unservedShare) } ?? .absent),
    ]
  }

  /// Retries of all callers, where they can be told from other traffic.
  private var told: RetryChains.Row? { answer.retries.flatMap { $0.total.tellsRetries ? $0.total : nil } }

  // MARK: Pressure

  private var pressure: Table {
    Table(
      key: "quotas",
      columns: [
        Column("limit", "Limit", .text), Column("key", "Key", .text), Column("attempts", "Attempts", .integer),
        Column("peak", "Peak", .integer), Column("admitted", "Admits", .integer), Column("window", "Per", .duration),
        Column("peak_use", "Peak use", .ratio), Column("p99_use", "p99 use", .ratio),
        Column("above_80", "Above 80 %", .ratio), Column("longest_run", "Longest run", .duration),
        Column("rejected", "Rejected", .ratio), Column("unserved", "Unserved", .ratio),
        Column("growth_to_hit", "Hit at growth", .integer), Column("excess_125", "Excess ×1.25", .ratio),
        Column("excess_150", "Excess ×1.5", .ratio), Column("busiest", "Busiest at", .timestamp),
        Column("basis", "Basis", .text),
      ], rows: answer.rows.map(Self.cells), noun: "limits and keys")
  }

  private static func cells(_ row: QuotaPressure.Row) -> [Cell] {
    let admitted = row.admitted ?? 0
    let isBucket = row.bucket != nil
    return [
      .text(row.limit?.name ?? inferredName(row)), .text(name(row)), .integer(row.attempts), .integer(row.peak),
      .count(row.admitted), per(row.window), .ratio(row.peak, of: admitted),
      row.loads.quantile(.p99).map { .ratio($0, of: admitted) } ?? .absent,
      .ratio(row.loads.windows(above: 80, of: admitted), of: row.loads.windows), .duration(row.longestRun),
      .ratio(row.rejected, of: row.attempts), row.unservedShare.map(share) ?? .absent,
      // A bucket absorbs bursts: windows do not tell when it is first empty.
      isBucket || row.peak == 0 ? .absent : real(Double(admitted) / Double(row.peak)),
      share(row.loads.excessShare(of: admitted, growth: .init(5, 4))),
      share(row.loads.excessShare(of: admitted, growth: .init(3, 2))), .timestamp(row.peakStart), .text(basis(row)),
    ]
  }

  /// Months and years differ in length; the limit's name says what they are.
  private static func per(_ window: QuotaWindow) -> Cell {
    switch window {
    case .fixed, .firstHit: .duration(window.length)
    case .month, .year: .absent
    }
  }

  private static func inferredName(_ row: QuotaPressure.Row) -> String {
    row.inferred.map { "inferred \($0.limit) per \(UnitText.duration($0.window))" } ?? "none"
  }

  private static func basis(_ row: QuotaPressure.Row) -> String {
    if let ceiling = row.inferred {
      let seen = ceiling.fewest == ceiling.most ? "all \(ceiling.most)" : "\(ceiling.fewest)–\(ceiling.most)"
      return "inferred: \(ceiling.agreeing) of \(ceiling.windows) windows with rejections, \(seen) let through"
    }
    switch row.limit?.origin {
    case .configured(let place): return place
    case .given: return "given"
    case nil: return "none"
    }
  }

  private static func name(_ row: QuotaPressure.Row) -> String {
    row.key.isEmpty ? "(all requests)" : row.key.joined(separator: " ")
  }

  // MARK: Buckets

  private static func table(ofBuckets rows: [QuotaPressure.Row], _ answer: QuotaPressure.Answer) -> Table {
    Table(
      key: "buckets", title: "Burst credit",
      columns: [
        Column("limit", "Limit", .text), Column("key", "Key", .text), Column("lowest", "Lowest level", .ratio),
        Column("low_time", "Time below 20 %", .ratio), Column("exhaustions", "Ran out", .integer),
        Column("would_reject", "Would reject", .integer), Column("empties_in", "Empties in", .duration),
        Column("refills_in", "Refills in", .duration),
      ], rows: rows.map { cells(ofBucket: $0, answer) }, noun: "buckets")
  }

  private static func cells(ofBucket row: QuotaPressure.Row, _ answer: QuotaPressure.Answer) -> [Cell] {
    guard let bucket = row.bucket, case .bucket(let count, let period, let capacity) = row.limit?.meter,
      let first = answer.first, let last = answer.last
    else { return [.text(row.limit?.name ?? ""), .text(name(row))] + Array(repeating: .absent, count: 6) }
    let rate = Double(count) * 1e6 / Double(period)
    let surge = Double(bucket.peakPerSecond)
    let load = Double(row.attempts) * 1e6 / Double(max(1, (last - first).count))
    let empties = BucketLevel.secondsToEmpty(capacity: Double(capacity), rate: rate, surge: surge)
    let refills = BucketLevel.secondsToRefill(level: 0, capacity: Double(capacity), rate: rate, load: load)
    return [
      .text(row.limit?.name ?? ""), .text(name(row)), share(bucket.minimum),
      .ratio(bucket.lowTime, of: (last - first).count), .integer(bucket.exhaustions), .integer(bucket.rejected),
      seconds(empties), seconds(refills),
    ]
  }

  // MARK: Long quotas

  private static func table(ofForecasts rows: [QuotaPressure.Row]) -> Table {
    Table(
      key: "long_quotas", title: "Quotas of a day and longer",
      columns: [
        Column("limit", "Limit", .text), Column("key", "Key", .text), Column("used", "Used so far", .integer),
        Column("used_share", "Of limit", .ratio), Column("ends", "Window ends", .timestamp),
        Column("full_days", "Full days", .integer), Column("day_mean", "Day mean", .integer),
        Column("day_deviation", "Day spread", .integer), Column("earliest", "Earliest", .timestamp),
        Column("middle", "Expected", .timestamp), Column("latest", "Latest", .timestamp),
        Column("statement", "Statement", .text),
      ], rows: rows.compactMap { row in row.forecast.map { cells(ofForecast: $0, row) } }, noun: "quotas")
  }

  private static func cells(ofForecast forecast: QuotaForecast, _ row: QuotaPressure.Row) -> [Cell] {
    let head: [Cell] = [
      .text(row.limit?.name ?? ""), .text(name(row)), .integer(forecast.used),
      .ratio(forecast.used, of: forecast.limit), .timestamp(forecast.end), .integer(Int64(forecast.days)),
      forecast.mean.map { .integer(Int64($0.rounded())) } ?? .absent,
      forecast.deviation.map { .integer(Int64($0.rounded())) } ?? .absent,
    ]
    switch forecast.projection {
    case .exhausted: return head + [.absent, .absent, .absent, .text("exhausted")]
    case .paceOnly(let atEnd):
      let percent = Int64((atEnd * 100 / Double(max(1, forecast.limit))).rounded())
      let statement = "no trend from \(forecast.days) full days; at this pace \(percent) % at the end"
      return head + [.absent, .absent, .absent, .text(statement)]
    case .forecast(let earliest, let middle, let latest):
      let statement =
        earliest == nil
        ? "not before the window ends" : latest == nil ? "may run out" : "runs out before the window ends"
      return head + [.time(earliest), .time(middle), .time(latest), .text(statement)]
    }
  }

  // MARK: Peaks

  private var peaks: Table {
    var order: [[String]] = []
    var byKey: [[String]: [Int64: QuotaPressure.Row]] = [:]
    for row in answer.rows + answer.peaks {
      if byKey[row.key] == nil { order.append(row.key) }
      byKey[row.key, default: [:]][row.window.length.count] = row
    }
    let lengths = [Microseconds.second, .minute, .hour].map(\.count)
    let rows = order.map { key -> (peaks: [Int64], cells: [Cell]) in
      let rows = lengths.map { byKey[key]?[$0] }
      let first = rows.compactMap(\.self).first
      let peaks = rows.map { $0?.peak ?? 0 }
      let cells: [Cell] = [
        .text(key.joined(separator: " ")), .integer(first?.attempts ?? 0),
        .ratio(first?.rejected ?? 0, of: first?.attempts ?? 0),
      ]
      return (peaks, cells + peaks.map(Cell.integer) + [.time(rows[1]?.peakStart)])
    }
    return Table(
      key: "peaks", title: "Peaks",
      columns: [
        Column("key", "Caller", .text), Column("attempts", "Attempts", .integer),
        Column("rejected", "Rejected", .ratio), Column("peak_second", "Per second", .integer),
        Column("peak_minute", "Per minute", .integer), Column("peak_hour", "Per hour", .integer),
        Column("busiest", "Busiest minute", .timestamp),
      ],
      rows: rows.enumerated().sorted { a, b in
        a.element.peaks == b.element.peaks
          ? a.offset < b.offset : b.element.peaks.lexicographicallyPrecedes(a.element.peaks)
      }.map(\.element.cells), noun: "callers")
  }

  // MARK: Retries

  private static func table(ofRetries retries: RetryChains.Answer) -> Table {
    Table(
      key: "retries", title: "Retries of rejected requests",
      columns: [
        Column("caller", "Caller", .text), Column("attempts", "Attempts", .integer),
        Column("rejected", "Rejected", .ratio), Column("linked", "Follow a rejection", .integer),
        Column("weight", "Are retries", .ratio), Column("demand", "Fresh demand", .integer),
        Column("demand_at_least", "At least", .integer),
        Column("amplification", "Attempts per demand", .integer), Column("tried_again", "Tried again", .ratio),
        Column("gave_up", "Gave up", .ratio), Column("longest_chain", "Longest chain", .integer),
        Column("gap_p50", "Gap p50", .duration), Column("gap_p90", "Gap p90", .duration),
      ],
      rows: retries.rows.map { cells(ofRetries: $0) }, total: cells(ofRetries: retries.total), noun: "callers")
  }

  private static func cells(ofRetries row: RetryChains.Row) -> [Cell] {
    [
      .text(row.caller.name), .integer(row.attempts), .ratio(row.rejected, of: row.attempts), .integer(row.linked),
      row.linked > 0 ? share(row.weight) : .absent, .integer(Int64(row.freshDemand.rounded())),
      .integer(row.chains.heads), row.tellsRetries ? real(row.amplification) : .absent, row.retryProbability.map(share) ?? .absent,
    ] + (row.tellsRetries ? chainCells(row) : Array(repeating: .absent, count: 4))
  }

  private static func chainCells(_ row: RetryChains.Row) -> [Cell] {
    [
      .ratio(row.chains.gaveUp, of: row.chains.rejected - row.chains.undecided), .integer(row.chains.longest),
      gap(row.gaps, 0), gap(row.gaps, 1),
    ]
  }

  private static func gap(_ gaps: LatencySummary, _ quantile: Int) -> Cell {
    if let value = gaps.quantiles[quantile] { return .duration(value) }
    return gaps.samples == 0
      ? .absent : .tooFew(samples: gaps.samples, needed: ReportedQuantile.all[quantile].samplesNeeded)
  }

  // MARK: Cells

  private static func share(_ value: Double) -> Cell { .ratio(Int64((value * 1e6).rounded()), of: 1_000_000) }

  /// Two decimals.
  private static func real(_ value: Double) -> Cell { .real((value * 100).rounded() / 100) }

  private static func seconds(_ value: Double?) -> Cell {
    value.map { .duration(Microseconds(Int64(min(9e18, $0 * 1e6)))) } ?? .absent
  }
}

extension RetryChains.Caller {
  var name: String {
    switch self {
    case .all: "all"
    case .consumer(let name), .client(let name): name
    case .unknown: "(none)"
    }
  }
}

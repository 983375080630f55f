import Analysis
import Reporting
import Traffic

/// Columns and cells that several tables share.
enum LatencyCells {
  static let columns =
    ReportedQuantile.all.map { Column($0.key, $0.label, .duration) } + [Column("max", "max", .duration)]

  static func cells(_ latency: LatencySummary) -> [Cell] {
    let quantiles = zip(ReportedQuantile.all, latency.quantiles).map { quantile, value -> Cell in
      if let value { return .duration(value) }
      return latency.samples == 0 ? .absent : .tooFew(samples: latency.samples, needed: quantile.samplesNeeded)
    }
    return quantiles + [.length(latency.maximum)]
  }

  static let exactNote =
    "Percentiles are values of the data (nearest rank). One is shown only when ten samples or more lie above it."
  static let boundedNote =
    "Percentiles are within 0.4 % of a value of the data (nearest rank over log-linear buckets); the maximum is exact."
  static let errorNote = "Errors are status 5xx over requests with a status."

  /// What latency leaves out, with the count.
  static func excluded(_ totals: RequestTotals) -> String {
    let untimed = totals.requests - totals.timed
    return "Latency leaves out \(UnitText.integer(totals.excluded)) requests whose duration says nothing about the"
      + " gateway (101, 408, 499, nothing sent, aborted by the client) and \(UnitText.integer(untimed)) without a duration."
  }
}

extension RequestTotals {
  var errorCell: Cell { .ratio(serverErrors, of: withStatus) }
  var hitCell: Cell { .ratio(servedFromCache, of: cacheLookups) }
}

extension TrafficWindow {
  var facts: [Fact] {
    [
      Fact("requests", "Requests", .integer(requests)),
      Fact("first", "First arrival", .time(first)),
      Fact("last", "Last arrival", .time(last)),
      Fact("span", "Observed span", first == nil ? .absent : .duration(span)),
      Fact("mean_rate", "Mean rate", .rate(requests, over: span)),
      Fact("peak_second_requests", "Busiest second", .count(peakPerSecond)),
    ]
  }
}

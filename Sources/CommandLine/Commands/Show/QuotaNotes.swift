import Analysis
import Reporting

/// What a reader must know to read pressure on quotas right.
extension QuotaPage {
  var notes: [String] {
    var notes: [String] = []
    if !left.isEmpty { notes.append("Not told: " + left.joined(separator: "; ") + ".") }
    if !isAsked, answer.rejected == 0 { notes.append(Self.nothingRejected) }
    if !isAsked, answer.rejected > 0, answer.rows.isEmpty { notes.append(Self.nothingConstant) }
    if isAsked || !answer.rows.isEmpty { notes.append(Self.pressureTerms) }
    if answer.rows.contains(where: \.isConfigured) { notes.append(Self.eachAlone) }
    if !isAsked, !answer.rows.isEmpty { notes.append(Self.inferredTerms) }
    if answer.rows.contains(where: { $0.bucket != nil }) { notes.append(Self.bucketTerms) }
    if answer.rows.contains(where: { $0.forecast != nil }) { notes.append(Self.forecastTerms) }
    if let retries = answer.retries { notes.append(Self.retryTerms(retries)) }
    return notes
  }

  private static let nothingRejected = """
    No request was rejected, so no limit can be inferred: these are peaks only. '--config FILE' or '--limit 100/m' \
    says what to hold them against.
    """

  private static let nothingConstant = """
    Requests were rejected, but no caller got a constant number through while they were: no limit can be inferred.
    """

  private static let pressureTerms = """
    Peak use is the busiest window (any stretch as long, for sliding limits of up to an hour) over what a window \
    admits; p99 is over all windows, empty ones included, and needs 1,000. Above 80 % is the share of windows. \
    Rejected is what the log says, by whatever limit; unserved is fresh demand that no retry got through. Hit at \
    growth is how many times the traffic would first exceed the limit; excess is the share of requests beyond it at \
    that growth, without bursts.
    """

  private static let eachAlone = """
    Every limit is told alone, for all requests it applies to; where several limits meet a request, 'headroom \
    simulate' lets earlier ones reject first.
    """

  private static let inferredTerms = """
    An inferred limit is the number of requests that usually got through in a window of the clock in which others \
    were rejected; of seconds, minutes and hours the one where it is most constant. It is evidence, not a \
    configuration.
    """

  private static let bucketTerms = """
    A bucket is full at the first request. It ran out when a request found no token, and has recovered with a fifth \
    of its tokens. Empties in: from full, at the rate of the busiest second; refills in: from empty, at the mean \
    rate; a dash is never.
    """

  private static let forecastTerms = """
    Exhaustion rests on the mean of the full UTC days and the spread between them, without a trend: the quota runs \
    out between earliest and latest with 80 % probability if the days to come are like those seen. Fewer than three \
    full days show a pace only.
    """

  private static func retryTerms(_ retries: RetryChains.Answer) -> String {
    """
    An attempt follows a rejection when the same caller asked the same route with the same method and body length \
    and was rejected at most \(UnitText.duration(retries.horizon)) before. How much of that is retries is judged by \
    how often the caller comes as soon after a success; where that is nine times of ten or more, retries cannot be \
    told from other traffic, a dash stands for what is not known, and fresh demand is an upper bound. At least is \
    demand if every attempt that follows a rejection were a retry. Demand behind limits that refused before the log \
    (CDN, firewall) is not in it: it is a lower bound.
    """
  }
}

extension QuotaPressure.Row {
  fileprivate var isConfigured: Bool { if case .configured = limit?.origin { true } else { false } }
}

import Scanning
import Traffic

extension LineValues {
  /// Writes `upstream`, `upstreamStatus`, `attempts` and `upstreamDuration` from fields that may be lists.
  /// - Returns: what the fields say about how the request ended.
  @inline(__always)
  mutating func writeUpstream(into batch: inout RequestBatch) -> OutcomeEvidence {
    var facts = OutcomeEvidence()
    if has(.upstream) { writeAddresses(&facts, into: &batch) }
    if has(.upstreamStatus) { writeUpstreamStatus(&facts, into: &batch) }
    if has(.upstreamDuration) { writeUpstreamDuration(&facts, into: &batch) }
    return facts
  }

  private mutating func writeAddresses(_ facts: inout OutcomeEvidence, into batch: inout RequestBatch) {
    facts.knowsUpstream = true
    guard let text = bytes(.upstream), let base = text.baseAddress else { return }
    var list = UpstreamList(base, 0, text.count)
    var addresses: Int64 = 0
    var last = (start: 0, stop: 0)
    while list.next() {
      guard !list.isAbsent, list.isAddress else { continue }
      addresses += 1
      last = (list.start, list.stop)
    }
    guard addresses > 0 else {
      facts.hadNoServer = true
      return
    }
    facts.wasForwarded = true
    batch.setSymbol(.upstream, base + last.start, last.stop - last.start)
    if !has(.attempts), has(.upstreamStatus) || addresses > 1 { batch.set(.attempts, addresses) }
  }

  private mutating func writeUpstreamStatus(_ facts: inout OutcomeEvidence, into batch: inout RequestBatch) {
    facts.knowsUpstream = true
    guard !facts.hadNoServer, takeFirst(.upstreamStatus) else { return }
    let value = self[.upstreamStatus]
    var list = UpstreamList(line, Int(value.start), Int(value.end))
    var first: Int64?
    var last: Int64?
    var items: Int64 = 0
    while list.next() {
      guard let status = Numbers.unsigned(line, list.start, list.stop), status > 0, status <= 999 else {
        continue
      }
      if first == nil { first = status }
      last = status
      items += 1
    }
    guard let status = last else { return }
    facts.upstreamStatus = status
    facts.wasForwarded = true
    batch.set(.upstreamStatus, status)
    guard items > 1 else {
      if !has(.attempts), !has(.upstream) { batch.set(.attempts, 1) }
      return
    }
    if !has(.attempts), !has(.upstream) { batch.set(.attempts, items) }
    if let first { batch.note("up_status_first", String(first)) }
  }

  private mutating func writeUpstreamDuration(_ facts: inout OutcomeEvidence, into batch: inout RequestBatch)
  {
    facts.knowsUpstream = true
    guard takeFirst(.upstreamDuration) else { return }
    let value = self[.upstreamDuration]
    var list = UpstreamList(line, Int(value.start), Int(value.end))
    var total: Int64 = 0
    var last: Int64?
    var items: Int64 = 0
    while list.next() {
      guard !list.isAbsent, let part = duration(list.start, list.stop, value.unit) else { continue }
      total &+= part
      last = part
      items += 1
    }
    guard let last else { return }
    // A bare `0` is how some say that nobody was asked; `0.000` is a time.
    let isMeasured = total > 0 || value.end &- value.start > 1
    if isMeasured, !facts.hadNoServer {
      facts.wasForwarded = true
      if !has(.attempts), !has(.upstream), !has(.upstreamStatus) { batch.set(.attempts, items) }
    }
    batch.set(.upstreamDuration, total)
    batch.note("up_last", String(last))
  }
}

import Scanning
import Traffic

/// Envoy's own fields in compiled format strings, and how they decide a row's end.
extension FormatTemplate {
  func readEnvoyField(
    _ code: UInt8, _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ facts: inout LineFacts,
    _ batch: inout RequestBatch
  ) -> RejectReason? {
    let range = LineFacts.Range(start: start, end: end)
    switch EnvoyOperators.Special(rawValue: code) {
    case .flags:
      facts.termination = range
      batch.setSymbol(.termination, line + start, end - start)
    case .details: facts.details = range
    case .cluster: batch.setCluster(LineCursor(line, end), ByteRange(start: start, end: end))
    case .attempts:
      guard let attempts = Numbers.unsigned(line, start, end) else { return .badNumber }
      facts.special0 = attempts
      if attempts > 0 { batch.set(.attempts, attempts) }
    case .serviceTime:
      // A header: anything may be in it.
      if let time = Numbers.scaled(line, start, end, digits: 3) { facts.special1 = time }
    case .upstreamHost:
      let cursor = LineCursor(line, end)
      let from = cursor.matches("tcp://", at: start) && end - start > 6 ? start + 6 : start
      facts.addresses = range
      batch.setSymbol(.upstream, line + from, end - from)
    case nil: break
    }
    return nil
  }

  func finishEnvoy(_ line: UnsafePointer<UInt8>, _ facts: LineFacts, _ batch: inout RequestBatch) {
    let details =
      facts.details.isPresent ? EnvoyDetails(line, facts.details.start, facts.details.end) : EnvoyDetails.unknown
    let flags =
      facts.termination.isPresent
      ? EnvoyFlags(line, facts.termination.start, facts.termination.end) : EnvoyFlags(rawValue: 0)
    // Without a field for the host nothing says that no upstream was asked.
    let namesHost = fields.contains { $0.code == EnvoyOperators.Special.upstreamHost.rawValue && $0.kind == .special }
    let hasUpstream = facts.addresses.isPresent || !namesHost
    let ending = EnvoyEnding(flags: flags, status: facts.status, details: details, hasUpstream: hasUpstream)
    let outcome = ending.outcome
    batch.set(.outcome, outcome.rawValue)
    if let limit = ending.limit { batch.set(.limit, limit.rawValue) }
    if let cache = ending.cache { batch.set(.cache, cache.rawValue) }
    if facts.status == 101 { batch.set(.wireProtocol, WireProtocol.webSocket.rawValue) }
    if details == .viaUpstream, facts.status != .absent { batch.set(.upstreamStatus, facts.status) }
    writeServiceTime(facts, &batch)
  }

  /// The service time spans retries and their pauses: with more than one attempt it is only an upper bound.
  private func writeServiceTime(_ facts: LineFacts, _ batch: inout RequestBatch) {
    guard facts.special1 != .absent else { return }
    if facts.special0 == .absent || facts.special0 <= 1 {
      batch.set(.upstreamDuration, facts.special1)
    } else {
      batch.note("up_dur_upper_bound", String(facts.special1))
    }
  }
}

extension RequestBatch {
  /// Istio's `outbound|8080|subset|host` stands for the service `host`; `inbound|8080||` names none and stays whole.
  mutating func setCluster(_ cursor: LineCursor, _ cluster: ByteRange) {
    guard let bar = cursor.findLast(UInt8(ascii: "|"), in: cluster), bar + 1 < cluster.end else {
      return setText(.service, cursor, cluster)
    }
    setText(.service, cursor, ByteRange(start: bar + 1, end: cluster.end))
  }
}

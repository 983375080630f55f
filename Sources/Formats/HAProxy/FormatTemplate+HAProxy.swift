import Scanning
import Traffic

/// HAProxy's own fields in compiled format strings, and how they decide a row's end.
extension FormatTemplate {
  func readHAProxyField(
    _ code: UInt8, _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ facts: inout LineFacts
  ) -> RejectReason? {
    let range = LineFacts.Range(start: start, end: end)
    let field = ByteRange(start: start, end: end)
    switch HAProxyAliases.Special(rawValue: code) {
    case .state: facts.termination = range
    case .frontend: facts.statuses = range
    case .backend: facts.headers = range
    case .server: facts.addresses = range
    case .receive: return milliseconds(line, field, &facts.special0)
    case .queue: return milliseconds(line, field, &facts.special1)
    case .connect: return milliseconds(line, field, &facts.special2)
    case .response: return milliseconds(line, field, &facts.special3)
    case .retries:
      let retries = HAProxyGauges.read(LineCursor(line, end), field)
      guard retries.count != .absent else { return .badNumber }
      facts.special4 = retries.count
    case nil: break
    }
    return nil
  }

  private func milliseconds(
    _ line: UnsafePointer<UInt8>, _ field: ByteRange, _ value: inout Int64
  ) -> RejectReason? {
    guard let time = HAProxyTimers.milliseconds(line, field) else { return .badNumber }
    value = time
    return nil
  }

  func finishHAProxy(
    _ line: UnsafePointer<UInt8>, _ count: Int, _ facts: inout LineFacts, _ batch: inout RequestBatch
  ) {
    let cursor = LineCursor(line, count)
    facts.status = batch.current(.status)
    // nginx's slots for its upstream fields are free here: they hold frontend, backend and server.
    func range(_ field: LineFacts.Range) -> ByteRange {
      field.isPresent ? ByteRange(start: field.start, end: field.end) : ByteRange(start: 0, end: 0)
    }
    var frontend = range(facts.statuses)
    if frontend.count > 1, line[frontend.end - 1] == UInt8(ascii: "~") { frontend.end -= 1 }
    let ends = HAProxyEnds(cursor, frontend: frontend, backend: range(facts.headers), server: range(facts.addresses))
    ends.write(cursor, into: &batch)
    if facts.status == 101 { batch.set(.wireProtocol, WireProtocol.webSocket.rawValue) }
    let state = range(facts.termination)
    guard state.count >= 2 else {
      batch.set(.outcome, OutcomeRules.outcome(evidence(facts)).rawValue)
      return
    }
    var times = HAProxyTimers()
    times.isHTTP = facts.status != .absent
    (times.request, times.queue) = (facts.special0, facts.special1)
    (times.connect, times.response) = (facts.special2, facts.special3)
    times.total = facts.duration
    HAProxyEnding(
      ends: ends, times: times, retries: HAProxyGauges.Retries(count: facts.special4), state: state,
      status: facts.status
    ).write(cursor, into: &batch)
  }

  private func evidence(_ facts: LineFacts) -> OutcomeEvidence {
    var evidence = OutcomeEvidence()
    evidence.status = facts.status
    evidence.request = facts.request
    evidence.bytesOut = facts.bytesOut
    return evidence
  }
}

import Scanning
import Traffic

/// The end of a line: what follows from several fields together.
extension FormatTemplate {
  @inline(__always)
  func finish(
    _ line: UnsafePointer<UInt8>, _ count: Int, _ facts: inout LineFacts, _ scratch: inout TemplateScratch,
    _ batch: inout RequestBatch
  ) -> LineFailure? {
    guard facts.stamp != .absent else { return LineFailure(.badTimestamp, field: .arrival, at: 0) }
    let isEnd = basis == .end && facts.duration != .absent
    batch.set(.arrival, isEnd ? facts.stamp &- facts.duration : facts.stamp)
    if joinsPath { writeJoinedPath(line, &facts, &scratch, &batch) }
    switch rules {
    case .nginx, .apache:
      if let failure = finishByStatus(line, &facts, &batch) { return failure }
    case .envoy: finishEnvoy(line, facts, &batch)
    case .haproxy: finishHAProxy(line, count, &facts, &batch)
    }
    if batch.notes != nil { recordNotes(line, count, facts, &scratch, &batch) }
    return nil
  }

  /// nginx and Apache: the outcome follows from status, limiter and upstream fields.
  @inline(__always)
  func finishByStatus(
    _ line: UnsafePointer<UInt8>, _ facts: inout LineFacts, _ batch: inout RequestBatch
  ) -> LineFailure? {
    // Most lines: one attempt or none, an answer that is no error, no limiter in the way.
    guard facts.status >= 200, facts.status < 400, !facts.isUnusual else {
      return finishUnusual(line, &facts, &batch)
    }
    var outcome = Outcome.ok
    if knowsUpstream {
      if facts.wasForwarded {
        batch.set(.attempts, 1)
      } else if facts.cache?.isServedFromCache != true {
        outcome = .localReply
      }
    }
    batch.set(.outcome, outcome.rawValue)
    return nil
  }

  @inline(never)
  private func finishUnusual(
    _ line: UnsafePointer<UInt8>, _ facts: inout LineFacts, _ batch: inout RequestBatch
  ) -> LineFailure? {
    var evidence = OutcomeEvidence()
    evidence.knowsUpstream = knowsUpstream
    if facts.needsLists {
      if let failure = resolveLists(line, &facts, &evidence, &batch) { return failure }
    } else if facts.wasForwarded {
      evidence.wasForwarded = true
      batch.set(.attempts, 1)
    }
    evidence.upstreamStatus = facts.upstreamStatus
    evidence.status = facts.status
    weighRareStatus(line, &facts, &evidence, &batch)
    if let limit = facts.limit {
      evidence.limit = limit
      evidence.isConnectionLimit = facts.isConnectionLimit
      if limit == .delayed { writeDelay(facts, &batch) }
    }
    evidence.isServedFromCache = facts.cache?.isServedFromCache ?? false
    var outcome = OutcomeRules.outcome(evidence)
    if facts.clientAborted, facts.status < 400 { outcome = .clientAbort }
    batch.set(.outcome, outcome.rawValue)
    return nil
  }

  /// Several attempts, or an address that is a group's name.
  private func resolveLists(
    _ line: UnsafePointer<UInt8>, _ facts: inout LineFacts, _ evidence: inout OutcomeEvidence,
    _ batch: inout RequestBatch
  ) -> LineFailure? {
    let attempts = UpstreamAttempts(line, facts)
    if let failure = attempts.failure { return failure }
    evidence.wasForwarded = attempts.count > 0
    evidence.hadNoServer = attempts.count == 0 && attempts.groupNames > 0
    facts.upstreamStatus = attempts.lastStatus
    facts.upstreamDuration = attempts.duration
    write(attempts.lastStatus, .upstreamStatus, &batch)
    write(attempts.duration, .upstreamDuration, &batch)
    write(attempts.count > 0 ? attempts.count : .absent, .attempts, &batch)
    if attempts.lastAddress.isPresent {
      batch.setSymbol(
        .upstream, line + attempts.lastAddress.start, attempts.lastAddress.end - attempts.lastAddress.start)
    } else if batch.present.contains(.upstream) {
      batch.set(.upstream, .absent)
    }
    return nil
  }

  /// Writes a value over what the loop wrote, absence included.
  private func write(_ value: Int64, _ column: RequestColumn, _ batch: inout RequestBatch) {
    if value != .absent || batch.present.contains(column) { batch.set(column, value) }
  }

  /// Everything that only errors, redirects out of band and odd requests need.
  private func weighRareStatus(
    _ line: UnsafePointer<UInt8>, _ facts: inout LineFacts, _ evidence: inout OutcomeEvidence,
    _ batch: inout RequestBatch
  ) {
    // Apache prints no bytes as a dash; without a status the dash means that the bytes were not counted.
    if facts.bytesDashed, facts.bytesOut == .absent, facts.status != .absent {
      facts.bytesOut = 0
      batch.set(.bytesOut, 0)
    }
    evidence.request = facts.request
    evidence.bytesOut = facts.bytesOut
    if facts.status == 101 { batch.set(.wireProtocol, WireProtocol.webSocket.rawValue) }
    if facts.request == .withoutProtocol, facts.status == 400, facts.bytesOut == 0 {
      batch.set(.wireProtocol, WireProtocol.unknown.rawValue)
    }
    if facts.status == 429, knowsUpstream, !evidence.wasForwarded, facts.limit == nil {
      batch.set(.limit, LimitVerdict.inferredRejected.rawValue)
    }
    if evidence.wasForwarded { weighLastAttempt(line, facts, &evidence) }
  }

  /// How far the last attempt got, where its connect and header times are logged.
  private func weighLastAttempt(_ line: UnsafePointer<UInt8>, _ facts: LineFacts, _ evidence: inout OutcomeEvidence) {
    if knowsConnect { evidence.connectFailed = lastIsDash(line, facts.connects) }
    if knowsHeaders { evidence.headersArrived = !lastIsDash(line, facts.headers) }
  }

  /// Whether the last item of a list is a dash, or all of it.
  private func lastIsDash(_ line: UnsafePointer<UInt8>, _ range: LineFacts.Range) -> Bool {
    guard range.isPresent else { return true }
    let isAlone = range.end - range.start == 1 || line[range.end - 2] == UInt8(ascii: " ")
    return isAlone && line[range.end - 1] == UInt8(ascii: "-")
  }

  /// nginx counts the limiter's delay in the request's time and not in the upstream's.
  private func writeDelay(_ facts: LineFacts, _ batch: inout RequestBatch) {
    guard facts.duration != .absent, batch.current(.queueWait) == .absent else { return }
    let upstream = facts.upstreamDuration == .absent ? 0 : facts.upstreamDuration
    batch.set(.queueWait, max(0, facts.duration &- upstream))
  }

  /// Puts path and query together and writes them as one target.
  @inline(never)
  private func writeJoinedPath(
    _ line: UnsafePointer<UInt8>, _ facts: inout LineFacts, _ scratch: inout TemplateScratch,
    _ batch: inout RequestBatch
  ) {
    guard facts.path.isPresent, let quoting = fields.first(where: { $0.kind == .path })?.quoting else { return }
    let pathCount = facts.path.end - facts.path.start
    let queryCount = facts.query.end - facts.query.start
    let room = scratch.room(for: pathCount + queryCount + 1)
    var written = quoting.unescape(line, facts.path.start, facts.path.end, into: room)
    if facts.query.isPresent, queryCount > 0 {
      if line[facts.query.start] != UInt8(ascii: "?") {
        room[written] = UInt8(ascii: "?")
        written += 1
      }
      written += quoting.unescape(line, facts.query.start, facts.query.end, into: room + written)
    }
    RequestTarget.write(room, written, into: &batch)
  }
}

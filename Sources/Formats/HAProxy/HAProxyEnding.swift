import Traffic

/// What timers, retries and termination state together say: durations, attempts, outcome.
struct HAProxyEnding {
  var ends: HAProxyEnds
  var times: HAProxyTimers
  var retries: HAProxyGauges.Retries
  var state: ByteRange
  var status: Int64

  private var hasServer: Bool { !ends.isSpecial }

  func write(_ cursor: LineCursor, into batch: inout RequestBatch) {
    let code = HAProxyState(cause: cursor.bytes[state.start], phase: cursor.bytes[state.start + 1])
    batch.setSymbol(.termination, cursor.bytes + state.start, state.count)
    let outcome = code.outcome(status: status, hasServer: hasServer)
    batch.set(.outcome, outcome.rawValue)
    if times.total != .absent { batch.set(.duration, times.total) }
    if times.isPartial { batch.note("partial", "true") }
    if times.request != .absent { batch.note("req_recv", String(times.request)) }
    writeQueue(into: &batch)
    if ends.isCache { batch.set(.cache, CacheStatus.hit.rawValue) }
    if status == 429, !hasServer { batch.set(.limit, LimitVerdict.inferredRejected.rawValue) }
    let wasTried = hasServer && (times.connect != .absent || code.phase != UInt8(ascii: "Q"))
    if wasTried { writeUpstream(cursor, code, into: &batch) }
  }

  /// With retries, Tw holds the failed attempts and says nothing about queueing.
  private func writeQueue(into batch: inout RequestBatch) {
    guard times.queue != .absent else { return }
    if retries.count > 0 {
      batch.note("retry_waste", String(times.queue))
    } else {
      batch.set(.queueWait, times.queue)
    }
  }

  private func writeUpstream(_ cursor: LineCursor, _ code: HAProxyState, into batch: inout RequestBatch) {
    batch.setText(.upstream, cursor, ByteRange(start: ends.backend.start, end: ends.backend.end), ends.server)
    if times.connect != .absent { batch.set(.connect, times.connect) }
    if retries.count != .absent {
      batch.set(.attempts, retries.count &+ 1)
      if retries.isRedispatched { batch.note("redispatched", "true") }
    }
    guard times.isHTTP else { return }
    if times.firstByte != .absent { batch.set(.firstByte, times.firstByte) }
    if times.response != .absent {
      batch.note("up_ttfb", String(times.response))
      if status != .absent, code.cause != UInt8(ascii: "P") { batch.set(.upstreamStatus, status) }
    }
    writeUpstreamTime(into: &batch)
  }

  /// Everything of Ta but receiving the request and queueing; failed attempts, which Tw holds, count.
  private func writeUpstreamTime(into batch: inout RequestBatch) {
    guard times.total != .absent else { return }
    let received = times.request == .absent ? 0 : times.request
    let queued = times.queue == .absent ? 0 : times.queue
    let last = max(0, times.total &- received &- queued)
    batch.note("up_last", String(last))
    batch.set(.upstreamDuration, retries.count > 0 ? max(0, times.total &- received) : last)
  }
}

extension RequestBatch {
  /// Writes `backend/server` as one text: in place where they stand so in the line.
  mutating func setText(
    _ column: RequestColumn, _ cursor: LineCursor, _ backend: ByteRange, _ server: ByteRange
  ) {
    if backend.end + 1 == server.start, cursor.bytes[backend.end] == UInt8(ascii: "/") {
      setSymbol(column, cursor.bytes + backend.start, server.end - backend.start)
      return
    }
    let first = max(0, backend.count)
    let second = max(0, server.count)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: first + 1 + second) { joined in
      let base = joined.baseAddress!  // never empty: the slash
      base.update(from: cursor.bytes + backend.start, count: first)
      base[first] = UInt8(ascii: "/")
      (base + first + 1).update(from: cursor.bytes + server.start, count: second)
      setSymbol(column, base, first + 1 + second)
    }
  }
}

/// Lines HAProxy writes that are no sessions.
enum HAProxyNoise {
  private static let starts: [StaticString] = [
    "Connect from ", "Proxy ", "Server ", "Backup Server ", "Backup Health ", "Health check ", "backend ",
    "Stopping ", "Pausing ", "Starting ", "[NOTICE]", "[WARNING]", "[ALERT]",
  ]

  static func isNoise(_ cursor: LineCursor) -> Bool {
    // Sessions start with an address: a digit, a colon, or lower-case hexadecimal; these with a word or bracket.
    guard let first = cursor.peek, first &- 48 > 10 else { return false }
    return starts.contains { cursor.matches($0, at: 0) }
  }
}

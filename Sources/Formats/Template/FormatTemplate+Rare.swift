import Scanning
import Traffic

/// Fields that few formats or few lines have: kept out of the loop so that the loop stays small.
extension FormatTemplate {
  @inline(never)
  func readRare(
    _ step: UnsafePointer<TemplateStep>, _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ isEscaped: Bool,
    _ facts: inout LineFacts, _ scratch: inout TemplateScratch, _ batch: inout RequestBatch
  ) -> RejectReason? {
    let bytes = line + start
    let count = end - start
    switch step.pointee.kind {
    case .method:
      if RequestLine.isToken(bytes, count) {
        batch.setSymbol(.method, bytes, count)
      } else {
        facts.request = .malformed
      }
    case .wireProtocol:
      if let version = RequestLine.version(bytes, count) { batch.set(.wireProtocol, version.rawValue) }
    case .target:
      if isEscaped {
        let room = scratch.room(for: count)
        let written = step.pointee.quoting.unescape(line, start, end, into: room)
        RequestTarget.write(room, written, into: &batch)
      } else {
        RequestTarget.write(bytes, count, into: &batch)
      }
    case .path: facts.path = LineFacts.Range(start: start, end: end)
    case .query: facts.query = LineFacts.Range(start: start, end: end)
    case .consumer:
      guard step.pointee.rank < facts.consumerRank else { break }
      facts.consumerRank = step.pointee.rank
      let room = scratch.room(for: count)
      batch.setSymbol(.consumer, room, step.pointee.quoting.unescape(line, start, end, into: room))
    case .clientAndPort:
      batch.setClientAddress(LineCursor(line, end), ByteRange(start: start, end: end))
    case .requestLimitWord, .connectionLimitWord:
      guard let verdict = NginxWords.limit(bytes, count) else { break }
      // Of two limiters the stricter one decides.
      if let known = facts.limit, NginxWords.severity(known) >= NginxWords.severity(verdict) { break }
      facts.limit = verdict
      if verdict != .passed { facts.isUnusual = true }
      facts.isConnectionLimit = step.pointee.kind == .connectionLimitWord
      batch.set(.limit, verdict.rawValue)
    case .traceparent:
      // 00-<32 hexadecimal digits>-<16>-01
      if count >= 55, line[start + 2] == UInt8(ascii: "-") { writeTrace(line, start + 3, &batch) }
    case .traceIdentifier:
      if count == 32 { writeTrace(line, start, &batch) }
    case .connectionState:
      if bytes[0] == UInt8(ascii: "X") { facts.clientAborted = true }
    case .special:
      return readSpecial(step, line, start, end, isEscaped, &facts, &scratch, &batch)
    default: break
    }
    return nil
  }

  private func writeTrace(_ line: UnsafePointer<UInt8>, _ start: Int, _ batch: inout RequestBatch) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    for place in 0..<32 {
      guard let digit = Numbers.hexDigit(line[start + place]) else { return }
      if place < 16 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
    }
    batch.set(.traceHigh, Int64(bitPattern: high))
    batch.set(.traceLow, Int64(bitPattern: low))
  }

  @inline(never)
  func readEscaped(
    _ step: UnsafePointer<TemplateStep>, _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int,
    _ facts: inout LineFacts, _ scratch: inout TemplateScratch, _ batch: inout RequestBatch
  ) {
    let room = scratch.room(for: (end - start) * 2)
    let written = step.pointee.quoting.unescape(line, start, end, into: room)
    batch.setSymbol(step.pointee.column, room, ClientText.repair(room, written))
  }

  @inline(never)
  func readEscapedRequest(
    _ quoting: Quoting, _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ facts: inout LineFacts,
    _ scratch: inout TemplateScratch, _ batch: inout RequestBatch
  ) {
    let room = scratch.room(for: end - start)
    let written = quoting.unescape(line, start, end, into: room)
    let request = RequestLine(room, written)
    facts.request = request.shape
    request.write(room, into: &batch)
  }

  /// Reads a `.special` field of `rules`, told apart by `step.code`; returns why it cannot be read.
  func readSpecial(
    _ step: UnsafePointer<TemplateStep>, _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ isEscaped: Bool,
    _ facts: inout LineFacts, _ scratch: inout TemplateScratch, _ batch: inout RequestBatch
  ) -> RejectReason? {
    switch rules {
    case .nginx, .apache: nil
    case .envoy: readEnvoyField(step.pointee.code, line, start, end, &facts, &batch)
    case .haproxy: readHAProxyField(step.pointee.code, line, start, end, &facts)
    }
  }
}

/// nginx's words for what cache and limiters did.
enum NginxWords {
  @inline(__always)
  static func cache(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CacheStatus? {
    switch (bytes[0], count) {
    case (UInt8(ascii: "H"), 3): .hit
    case (UInt8(ascii: "M"), 4): .miss
    case (UInt8(ascii: "B"), 6): .bypass
    case (UInt8(ascii: "E"), 7): .expired
    case (UInt8(ascii: "S"), 5): .stale
    case (UInt8(ascii: "U"), 8): .updating
    case (UInt8(ascii: "R"), 11): .revalidated
    // Varnish's words for how it handled a request.
    case (UInt8(ascii: "h"), 3): .hit
    case (UInt8(ascii: "m"), 4): .miss
    case (UInt8(ascii: "p"), 4): bytes[2] == UInt8(ascii: "p") ? .bypass : .pass
    case (UInt8(ascii: "s"), 5): .synthetic
    default: nil
    }
  }

  static func limit(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> LimitVerdict? {
    switch (bytes[0], count) {
    case (UInt8(ascii: "P"), 6): .passed
    case (UInt8(ascii: "D"), 7): .delayed
    case (UInt8(ascii: "R"), 8): .rejected
    case (UInt8(ascii: "D"), 15): .delayedDryRun
    case (UInt8(ascii: "R"), 16): .rejectedDryRun
    default: nil
    }
  }

  static func severity(_ verdict: LimitVerdict) -> Int {
    switch verdict {
    case .none: 0
    case .passed: 1
    case .delayedDryRun: 2
    case .rejectedDryRun: 3
    case .delayed: 4
    case .inferredRejected: 5
    case .error: 6
    case .rejected: 7
    }
  }
}

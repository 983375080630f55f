import Scanning
import Traffic

/// What a line says beyond the columns: for `formats explain` and the tests, never for an import.
extension FormatTemplate {
  /// `code` of a `.number` field for `bytesOut` that counts headers too.
  static var wireBytes: UInt8 { 1 }

  @inline(never)
  func recordNotes(
    _ line: UnsafePointer<UInt8>, _ count: Int, _ facts: LineFacts, _ scratch: inout TemplateScratch,
    _ batch: inout RequestBatch
  ) {
    guard let notes = batch.notes else { return }
    notes.add("t_basis", basis == .start ? "start" : "end")
    notes.add(basis == .start ? "t_start_us" : "t_end_us", String(facts.stamp))
    noteFields(line, count, &scratch, notes)
    if knowsUpstream { noteAttempts(line, facts, notes) }
    if !isJSON, facts.status != .absent, facts.status < 100, facts.status > 0 { notes.add("anomaly", "status_000_9") }
    if facts.duration != .absent, facts.upstreamDuration != .absent, facts.upstreamDuration > facts.duration {
      notes.add("anomaly", "dur_lt_upstream")
    }
    let outcome = batch.current(.outcome)
    let isCensored = [0, 101, 408, 499].contains(facts.status) || facts.status == .absent
      || outcome == Outcome.clientAbort.rawValue || outcome == Outcome.clientProtocol.rawValue
    notes.add("ok_for_latency", isCensored ? "false" : "true")
  }

  /// The text of every field that has a note's name, and what stands behind the last field.
  private func noteFields(
    _ line: UnsafePointer<UInt8>, _ count: Int, _ scratch: inout TemplateScratch, _ notes: LineNotes
  ) {
    guard locate(line, count, &scratch) else { return }
    for (number, field) in fields.enumerated() {
      let start = scratch.starts[number]
      let end = scratch.ends[number]
      if isJSON { noteLenientJSON(line, start, end, number, notes) }
      if !ClientText.isUTF8(line + start, end - start) { noteOnce("bad_utf8", notes) }
      guard let note = field.note, end > start, !(end - start == 1 && line[start] == UInt8(ascii: "-")) else { continue }
      let room = scratch.room(for: end - start)
      let written = field.quoting.unescape(line, start, end, into: room)
      notes.add(note, String(decoding: UnsafeBufferPointer(start: room, count: written), as: UTF8.self))
    }
    if let field = fields.first(where: { $0.column == .bytesOut && $0.kind == .number }) {
      notes.add("bytes_kind", field.code == Self.wireBytes ? "wire" : "body")
    }
    let tail = scratch.starts[scratch.stepCount]
    if tail < count {
      notes.add("tail", String(decoding: UnsafeBufferPointer(start: line + tail, count: count - tail), as: UTF8.self))
    }
  }

  /// Bare values that JSON would not allow: nothing, a dash, a list, a leading zero.
  private func noteLenientJSON(
    _ line: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ number: Int, _ notes: LineNotes
  ) {
    let isQuoted = start > 0 && line[start - 1] == UInt8(ascii: "\"")
    if isQuoted {
      let escape = WideScan.find(UInt8(ascii: "\\"), in: line, from: start, to: end)
      if escape + 1 < end, line[escape + 1] == UInt8(ascii: "x") { noteOnce("bad_escape", notes) }
      return
    }
    let isNumber = Numbers.scaled(line, start, end, digits: 0) != nil
    let hasLeadingZero = end - start > 1 && line[start] == UInt8(ascii: "0") && line[start + 1] != UInt8(ascii: ".")
    if !isNumber || hasLeadingZero { noteOnce("lenient_json", notes) }
  }

  private func noteOnce(_ anomaly: String, _ notes: LineNotes) {
    if notes["anomaly"] != anomaly { notes.add("anomaly", anomaly) }
  }

  private func noteAttempts(_ line: UnsafePointer<UInt8>, _ facts: LineFacts, _ notes: LineNotes) {
    let attempts = UpstreamAttempts(line, facts)
    if var list = UpstreamList(line, facts.addresses) {
      while list.next() {
        guard list.isAddress else { continue }
        let address = UnsafeBufferPointer(start: line + list.start, count: list.count)
        notes.add("up_addrs", String(decoding: address, as: UTF8.self))
      }
    }
    if attempts.count > 0 { notes.add("retries", String(attempts.count - 1)) }
    if attempts.fallbacks > 0 { notes.add("fallbacks", String(attempts.fallbacks)) }
    if attempts.firstStatus != .absent, attempts.count > 1 { notes.add("up_status_first", String(attempts.firstStatus)) }
    if attempts.lastDuration != .absent { notes.add("up_last", String(attempts.lastDuration)) }
    if var list = UpstreamList(line, facts.headers) {
      var last = Int64.absent
      while list.next() { last = list.time ?? .absent }
      if last != .absent { notes.add("up_ttfb", String(last)) }
    }
  }
}

import Scanning

/// Which program wrote lines of the common or combined log format, which several write alike, and so whether their
/// stamps are starts or ends.
///
/// Counted over all lines of the sample, not only those that were tried. The habits are those of nginx 1.22, Apache
/// 2.4, varnishncsa 7.1 and Traefik 3; each is a point for one program, more where it cannot be another's.
struct CommonLogEvidence {
  enum Program: String, CaseIterable, Sendable { case nginx, apache, varnish, traefik }

  private(set) var lines = 0
  /// Stamps older than the newest before them: END-stamped logs have none but for buffered workers.
  private(set) var backward = 0
  private var upperHexes = 0
  private var lowerHexes = 0
  private var escapedQuotes = 0
  private var rawQuotes = 0
  private var dashBytes = 0
  private var dashStatus = 0
  private var zeroBytes = 0
  private var emptyRequests = 0
  private var dashRequests = 0
  private var absoluteTargets = 0
  private var ownStatuses = 0
  private var bareHeaders = 0

  init(_ sample: SampleLines) {
    var newest = Int64.min
    sample.bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return }
      for line in sample.lines {
        look(LineCursor(base + line.lowerBound, line.count), &newest)
      }
    }
  }

  /// Formats of this shape, told apart here.
  static func isShared(_ name: String) -> Bool { program(of: name) != nil }

  static func program(of name: String) -> Program? {
    switch name {
    case "nginx-combined": .nginx
    case "apache-combined", "apache-common": .apache
    case "varnishncsa": .varnish
    case "traefik-generic-clf": .traefik
    default: nil
    }
  }

  // MARK: Counting

  private mutating func look(_ cursor: LineCursor, _ newest: inout Int64) {
    let whole = ByteRange(start: 0, end: cursor.end)
    guard let open = cursor.find("[", in: whole), let close = cursor.find("] \"", in: whole), open < close,
      let stamp = Timestamps.commonLog(cursor.bytes, open + 1, close)
    else { return }
    lines += 1
    if stamp < newest { backward += 1 }
    newest = max(newest, stamp)
    countEscapes(cursor, ByteRange(start: close + 3, end: cursor.end))
    let rest = LineCursor(cursor.bytes, cursor.end, at: close + 3)
    countRequest(rest)
  }

  private mutating func countEscapes(_ cursor: LineCursor, _ range: ByteRange) {
    var index = range.start
    while index + 3 < range.end {
      index = WideScan.find(UInt8(ascii: "\\"), in: cursor.bytes, from: index, to: range.end)
      guard index + 3 < range.end else { return }
      let next = cursor.bytes[index + 1]
      if next == UInt8(ascii: "\"") { escapedQuotes += 1 }
      if next == UInt8(ascii: "x") {
        let pair = (cursor.bytes[index + 2], cursor.bytes[index + 3])
        if pair == (UInt8(ascii: "2"), UInt8(ascii: "2")) || isUpper(pair.0) || isUpper(pair.1) { upperHexes += 1 }
        if isLower(pair.0) || isLower(pair.1) { lowerHexes += 1 }
      }
      index += 2
    }
  }

  private func isUpper(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "A") < 6 }
  private func isLower(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "a") < 6 }

  /// The request, status and bytes, with the cursor behind the quote that opens the request.
  private mutating func countRequest(_ cursor: LineCursor) {
    let start = cursor.index
    var end = start
    // The quote that closes it: a status, three digits or a dash, follows.
    while true {
      end = WideScan.find(UInt8(ascii: "\""), in: cursor.bytes, from: end, to: cursor.end)
      guard end < cursor.end else { return }
      if cursor.matches(" ", at: end + 1),
        cursor.digitsEnd(from: end + 2) > end + 2 || cursor.matches("- ", at: end + 2)
      {
        break
      }
      if cursor.bytes[max(end - 1, 0)] != UInt8(ascii: "\\") { rawQuotes += 1 }
      end += 1
    }
    let request = ByteRange(start: start, end: end)
    if request.isEmpty { emptyRequests += 1 }
    if cursor.isDash(request) { dashRequests += 1 }
    if cursor.find(" http", in: request) != nil { absoluteTargets += 1 }
    var rest = LineCursor(cursor.bytes, cursor.end, at: end + 2)
    guard let status = rest.token(), let bytes = rest.token() else { return }
    if cursor.isDash(status) { dashStatus += 1 }
    if cursor.isDash(bytes) { dashBytes += 1 }
    let code = Numbers.unsigned(cursor.bytes, status.start, status.end)
    if code == 499 || code == 444 { ownStatuses += 1 }
    if code == 304 || code == 204, cursor.equals(bytes, "0") { zeroBytes += 1 }
    if rest.matches("\"-\" \"-\"", at: rest.index) { bareHeaders += 1 }
  }

  // MARK: Judging

  /// Points of a program, with what gave them.
  private func points(_ program: Program) -> Int {
    var points = 0
    func add(_ value: Int, _ holds: Bool) { if holds { points += value } }
    switch program {
    case .nginx:
      add(3, upperHexes > 0)
      add(4, ownStatuses > 0)
      add(3, emptyRequests > 0)
      add(2, zeroBytes > 0 && dashBytes == 0)
      add(2, backward == 0 && lines >= 1000)
      add(1, backward == 0)
    case .apache:
      add(3, escapedQuotes > 0)
      add(3, lowerHexes > 0 && upperHexes == 0)
      add(3, dashBytes > 0 && dashStatus == 0)
      add(3, dashRequests > 0)
      add(2, backward > 0)
    case .varnish:
      add(8, lines > 0 && absoluteTargets * 10 >= lines * 9)
      add(3, dashStatus > 0)
      add(1, escapedQuotes > 0)
    case .traefik:
      add(6, rawQuotes > 0 && escapedQuotes == 0)
      add(2, lines >= 5 && bareHeaders == lines)
    }
    return points
  }

  /// The rival whose program has most points; nil on a tie of none.
  func choice(among rivals: [Detection.Candidate]) -> Detection.Candidate? {
    var best: (candidate: Detection.Candidate, points: Int)?
    for rival in rivals {
      guard let program = Self.program(of: rival.name) else { continue }
      let points = points(program)
      if points > best?.points ?? 0 { best = (rival, points) }
    }
    return best?.candidate
  }

  /// The evidence in words.
  var notes: [String] {
    var notes: [String] = []
    func note(_ count: Int, _ text: String) { if count > 0 { notes.append("\(count) \(text)") } }
    if backward == 0 {
      notes.append("stamps never go back in \(lines) lines: they may be the END of each request, as nginx writes")
    } else {
      notes.append("\(backward) of \(lines) stamps go back: they are the START of each request, as all but nginx write")
    }
    note(upperHexes, "escapes in upper-case hexadecimal, as nginx writes")
    note(lowerHexes, "escapes in lower-case hexadecimal, as Apache and varnishncsa write")
    note(escapedQuotes, "quotes escaped by a backslash, as Apache and varnishncsa write")
    note(rawQuotes, "quotes not escaped, as Traefik writes")
    note(dashBytes, "sizes '-', as Apache and varnishncsa write")
    note(zeroBytes, "empty responses of size 0, as nginx writes")
    note(emptyRequests, "empty requests, as nginx writes")
    note(dashRequests, "requests '-', as Apache writes")
    note(ownStatuses, "statuses 499 or 444, which are nginx's own")
    if lines > 0, absoluteTargets * 10 >= lines * 9 { notes.append("absolute URLs throughout, as varnishncsa writes") }
    return notes
  }
}

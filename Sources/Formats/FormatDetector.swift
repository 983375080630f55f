import Scanning
import Traffic

/// Recognises the format of a log by its content.
///
/// Container marks are refused, wrappers taken off, and then every registered format reads the sample: up to 100 lines
/// from its start and 100 from its middle, as file heads often hold start-up noise. The format that reads most lines to their end
/// wins, then the one with most fields per line, then the narrower one. Formats that several programs write are told apart by evidence.
public enum FormatDetector {
  /// - Parameter sample: the first bytes of the uncompressed content; a last line without its end is left out.
  public static func detect(sample: [UInt8], options: FormatOptions = FormatOptions()) -> Detection {
    var detection = Detection()
    if let refusal = ContainerMark.refusal(of: sample) {
      detection.refusal = refusal
      return detection
    }
    var lines = SampleLines(sample)
    if lines.lines.isEmpty {
      detection.refusal = "There is no complete line to look at."
      return detection
    }
    detection.wrappers = wrappers(of: lines)
    for wrapper in detection.wrappers { lines = lines.unwrapped(by: wrapper) }
    if lines.lines.isEmpty {
      detection.refusal = "There is no complete line inside the wrapper."
      return detection
    }
    detection.candidates = candidates(lines, options)
    choose(&detection, lines)
    return detection
  }

  /// Recognises a log of which the user said what it may be: the first of `formats`, timed by
  /// the clock of `options`, that will do is taken, with the
  /// wrappers around it; else what the content shows.
  public static func detect(
    sample: [UInt8], options: FormatOptions = FormatOptions(), preferring formats: [any LogFormat]
  ) -> Detection {
    guard !formats.isEmpty, ContainerMark.refusal(of: sample) == nil else { return detect(sample: sample, options: options) }
    let formats = formats.map { $0.timed(by: options.clock) }
    var lines = SampleLines(sample)
    var wrappers: [any LineWrapper] = []
    // A format string may describe the whole line, its syslog header included: so wrapped lines come second.
    while !lines.lines.isEmpty {
      let scored = scored(formats, lines)
      if let best = scored.first, best.isAcceptable {
        return Detection(wrappers: wrappers, format: best.format, candidates: scored)
      }
      guard wrappers.isEmpty else { break }
      wrappers = Self.wrappers(of: lines)
      guard !wrappers.isEmpty else { break }
      for wrapper in wrappers { lines = lines.unwrapped(by: wrapper) }
    }
    return detect(sample: sample, options: options)
  }

  private static func wrappers(of lines: SampleLines) -> [any LineWrapper] {
    lines.block(lines.spread).withUnsafeBufferPointer { Wrappers.detect(in: $0) }
  }

  // MARK: Candidates

  private static func candidates(_ lines: SampleLines, _ options: FormatOptions) -> [Detection.Candidate] {
    var formats = LogFormats.text(options)
    formats += lines.withSpread { JSONFormats.recognised(in: $0, clock: options.clock) }
    if let format = W3CText(lines) { formats = formats.filter { $0.name != format.name } + [format] }
    let named = scored(formats, lines)
    // A format for anything wins only where no format of one program will do, so it is not made before.
    if let best = named.first, best.isAcceptable { return named }
    let general = scored(lines.withSpread { JSONFormats.generic(for: $0, clock: options.clock) }, lines)
    return ranked(named + general)
  }

  /// What each format makes of the sample, best first.
  ///
  /// Most formats read no line at all of most logs, and a few lines show it: the others are tried on the whole sample.
  private static func scored(_ formats: [any LogFormat], _ lines: SampleLines) -> [Detection.Candidate] {
    guard !formats.isEmpty else { return [] }
    var trial = Trial(lines)
    let likely = formats.map { trial.isLikely($0) }
    func candidates(_ wanted: Bool) -> [Detection.Candidate] {
      formats.indices.filter { likely[$0] == wanted }.map { trial.candidate(formats[$0]) }
    }
    let best = ranked(candidates(true))
    if let first = best.first, first.isAcceptable { return best }
    return ranked(best + candidates(false))
  }

  /// Candidates that read any line, best first; the earlier one where two are equal.
  private static func ranked(_ candidates: [Detection.Candidate]) -> [Detection.Candidate] {
    candidates.enumerated().filter { $0.element.matched > 0 }
      .sorted { isBetter($0.element, $0.offset, $1.element, $1.offset) }
      .map(\.element)
  }

  private static func isBetter(_ a: Detection.Candidate, _ i: Int, _ b: Detection.Candidate, _ j: Int) -> Bool {
    let general = (a.isGeneral && b.isAcceptable, b.isGeneral && a.isAcceptable)
    if general.0 != general.1 { return general.1 }
    if a.isAcceptable != b.isAcceptable { return a.isAcceptable }
    if a.strength != b.strength { return a.strength > b.strength }
    if a.fieldsPerLine != b.fieldsPerLine { return a.fieldsPerLine > b.fieldsPerLine }
    return i < j
  }

  // MARK: Choice

  private static func choose(_ detection: inout Detection, _ lines: SampleLines) {
    guard let best = detection.candidates.first, best.isAcceptable,
      !(best.isGeneral && KnownContent.isTrace(lines))
    else {
      detection.refusal = refusal(detection, lines)
      return
    }
    defer { noteUnread(&detection) }
    let rivals = detection.candidates.filter { CommonLogEvidence.isShared($0.name) && $0.matched == best.matched }
    guard CommonLogEvidence.isShared(best.name), rivals.count > 1 else {
      detection.format = best.format
      return
    }
    let evidence = CommonLogEvidence(lines)
    detection.notes += evidence.notes
    let chosen = evidence.choice(among: rivals) ?? best
    detection.format = chosen.format
    if let place = detection.candidates.firstIndex(where: { $0.name == chosen.name }) {
      detection.candidates.swapAt(0, place)
    }
  }

  private static func noteUnread(_ detection: inout Detection) {
    guard let chosen = detection.candidates.first, chosen.unread > 0 else { return }
    detection.notes.append(
      "\(chosen.unread) of \(chosen.total) lines go on behind the last field of \(chosen.name): "
        + "give the gateway's own format string with --log-format to read the rest")
  }

  private static func refusal(_ detection: Detection, _ lines: SampleLines) -> String {
    if let known = KnownContent.refusal(of: lines) { return known }
    let best = detection.candidates.prefix(2).map { "\($0.name) (\($0.reason))" }
    let tried = best.isEmpty ? "No known format reads any of its lines." : "Closest: \(best.joined(separator: "; "))."
    return "the format was not recognised. \(tried)"
  }
}

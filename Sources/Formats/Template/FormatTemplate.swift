import Scanning
import Traffic

/// A log format made from a format string: the string is compiled once into a flat array of small steps, and one loop
/// over them reads a line.
///
/// A dialect's front end (nginx, Apache, Envoy, HAProxy) gives the tokens; all share the loop, the choice between
/// fields that say the same thing, and the recovery of lines whose values hold the format's own separators.
struct FormatTemplate: LogFormat {
  let name: String
  let summary: String
  let basis: StampBasis
  let rules: TemplateRules
  var clock = WriterClock()

  /// What stands before the first field.
  let prefix: [UInt8]
  /// The fields in the order of the line, those passed over included.
  let fields: [TemplateField]
  let steps: [TemplateStep]
  let literals: [UInt8]

  /// The format says whether and how an upstream was asked.
  let knowsUpstream: Bool
  /// The format has the time to connect, and to headers, of each attempt.
  let knowsConnect: Bool
  let knowsHeaders: Bool
  /// Path and query are fields of their own, put together at the end of the line.
  let joinsPath: Bool
  /// The line is meant to be JSON.
  let isJSON: Bool

  /// - Parameter basis: what the best ranked time stamp is.
  init(
    name: String, summary: String, basis: StampBasis, rules: TemplateRules, tokens: [TemplateToken]
  ) throws(FormatStringError) {
    let compiler = try TemplateCompiler(tokens)
    self.name = name
    self.summary = summary
    self.basis = basis
    self.rules = rules
    prefix = compiler.prefix
    fields = compiler.fields
    (steps, literals) = compiler.steps()
    knowsUpstream = fields.contains { $0.kind == .upstreamAddresses || $0.kind == .upstreamStatuses || $0.kind == .upstreamTimes }
    knowsConnect = fields.contains { $0.kind == .connectTimes }
    knowsHeaders = fields.contains { $0.kind == .headerTimes }
    joinsPath = fields.contains { $0.kind == .path || $0.kind == .query }
    isJSON = prefix.first == UInt8(ascii: "{")
  }

  func timed(by clock: WriterClock) -> any LogFormat {
    var format = self
    format.clock = clock
    return format
  }

  func parse(
    _ block: UnsafeBufferPointer<UInt8>, from position: LinePosition, into batch: inout RequestBatch
  ) -> LinePosition {
    var reader = TemplateReader(template: self, scratch: TemplateScratch(steps: steps, literals: literals))
    return readLines(of: block, from: position, into: &batch, by: &reader)
  }

  @inline(__always)
  func read(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout TemplateScratch, into batch: inout RequestBatch
  ) -> LineFailure? {
    var facts = LineFacts()
    if run(line, count, located: false, &facts, &scratch, &batch) != nil {
      return readLocated(line, count, scratch: &scratch, into: &batch)
    }
    return finish(line, count, &facts, &scratch, &batch)
  }

  /// Reads a line again with the ends that make all of it fit: some value may hold a separator.
  @inline(never)
  private func readLocated(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout TemplateScratch, into batch: inout RequestBatch
  ) -> LineFailure? {
    var facts = LineFacts()
    let isLocated = locate(line, count, &scratch)
    batch.clearRow()
    if let failure = run(line, count, located: isLocated, &facts, &scratch, &batch) { return failure }
    return finish(line, count, &facts, &scratch, &batch)
  }
}

/// A template at work on one block.
private struct TemplateReader: ~Copyable, LineReader {
  let template: FormatTemplate
  var scratch: TemplateScratch

  @inline(__always)
  mutating func read(_ line: UnsafePointer<UInt8>, _ count: Int, into batch: inout RequestBatch) -> LineFailure? {
    template.read(line, count, scratch: &scratch, into: &batch)
  }
}

import Scanning
import Traffic

/// A log format made from a format string: the string is compiled once into a flat array of small steps, and one loop
/// over them reads a line.
///
/// A dialect's front end (nginx, Apache, Envoy, HAProxy) gives the tokens; all share the loop, the choice between
/// fields that say the same thing, and the recovery of lines whose values hold the format's own separators.
struct FormatTemplate: LineFormat {
  let name: String
  let summary: String
  let basis: StampBasis
  let rules: TemplateRules

  /// What stands before the first field.
  let prefix: [UInt8]
  /// The fields in the order of the line, those passed over included.
  let fields: [TemplateField]
  let steps: [TemplateStep]
  let literals: [UInt8]

  /// The format says whether and how an upstream was asked.
  let knowsUpstream: Bool
  /// The format has a field for the limiter's verdict.
  let knowsLimit: Bool
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
    knowsLimit = fields.contains { $0.kind == .requestLimitWord || $0.kind == .connectionLimitWord }
    joinsPath = fields.contains { $0.kind == .path || $0.kind == .query }
    isJSON = prefix.first == UInt8(ascii: "{")
  }

  func makeScratch() -> TemplateScratch { TemplateScratch(steps: steps, literals: literals) }

  func read(
    _ line: UnsafePointer<UInt8>, _ count: Int, scratch: inout TemplateScratch, into batch: inout RequestBatch
  ) -> LineFailure? {
    var facts = LineFacts()
    var failure = run(line, count, located: false, &facts, &scratch, &batch)
    if failure != nil, locate(line, count, &scratch) {
      // Some value holds a separator: read again with the ends that make the whole line fit.
      batch.clearRow()
      facts = LineFacts()
      failure = run(line, count, located: true, &facts, &scratch, &batch)
    }
    if let failure { return failure }
    return finish(line, count, &facts, &scratch, &batch)
  }
}

import Analysis
import Reporting
import Traffic

/// One run of one command: what was asked, and the session it runs in.
public struct Invocation: Sendable {
  let arguments: ParsedArguments
  let session: Session

  var command: any Command { arguments.command }

  // MARK: Options

  func has(_ option: String) -> Bool { arguments.values[option] != nil }

  /// The last value given for an option.
  func value(_ option: String) -> String? { arguments.values[option]?.last }

  func values(_ option: String) -> [String] { arguments.values[option] ?? [] }

  /// A positive number.
  func count(_ option: String) throws(UsageError) -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Int(text), number > 0 else {
      throw invalid("--" + option, text, expected: "a positive number")
    }
    return number
  }

  func invalid(_ name: String, _ value: String, expected: String) -> UsageError {
    UsageError(.invalidValue(of: name, value: value, expected: expected), command: command.words)
  }

  var isQuiet: Bool { has("quiet") }

  var storePath: String { value("store") ?? session.environment["HEADROOM_STORE"] ?? "./headroom.db" }

  func clock() throws(UsageError) -> DisplayClock { try ZoneArgument.clock(value("tz") ?? "UTC") }

  // MARK: Store

  func openStore() async throws -> any OpenStore { try await session.services.openStore(storePath) }

  /// Rows, threads and time span of a question. Relative times count from the newest arrival in the ledger.
  func scope(_ ledger: [LedgerEntry]) throws -> Scope {
    let clock = try clock()
    let newest = ledger.compactMap(\.lastArrival).max()
    var filter = TrafficFilter()
    filter.since = try time("since", clock)?.resolved(newest: newest)
    filter.until = try time("until", clock)?.resolved(newest: newest)
    for text in values("where") { filter.conditions += try FilterArgument.conditions(text, clock: clock) }
    return Scope(filter: filter, threads: try count("threads"))
  }

  private func time(_ option: String, _ clock: DisplayClock) throws(UsageError) -> TimeArgument? {
    guard let text = value(option) else { return nil }
    return try TimeArgument(text, option: "--" + option, clock: clock)
  }

  // MARK: Output

  /// A message for people on standard error, unless they asked for quiet.
  func say(_ message: String) throws {
    if !isQuiet { try session.errors.write(VisibleText.of(message) + "\n") }
  }

  /// Prints a document as the options ask: ordered, cut, rendered, to its place.
  func print(_ document: Document) throws {
    let renderer = try renderer()
    var document = document
    if let sort = value("sort") { document = try TableOrder(sort, command: command.words).applied(to: document) }
    document = document.cut(to: try rowLimit(renderer))
    try write(renderer.render(document, style: try style()))
  }

  func renderer() throws(UsageError) -> any Renderer {
    let name = value("format") ?? TextRenderer.name
    guard let renderer = Renderers.named(name) else {
      throw invalid("--format", name, expected: "one of " + Renderers.names.joined(separator: ", "))
    }
    return renderer
  }

  func rowLimit(_ renderer: any Renderer) throws(UsageError) -> Int? {
    if has("all"), has("top") { throw UsageError(.conflict("--all", "--top"), command: command.words) }
    // A command without the choice shows everything.
    if has("all") || !command.options.contains(where: { $0.name == "all" }) { return nil }
    return try count("top") ?? type(of: renderer).usualRows
  }

  private func style() throws(UsageError) -> RenderStyle {
    RenderStyle(colour: allowsColour, clock: try clock())
  }

  /// `--color` decides; else a terminal has colour unless `NO_COLOR` is set (no-color.org) or it is dumb.
  var allowsColour: Bool {
    switch value("color") {
    case "always": true
    case "never": false
    default:
      session.terminal.isOutput && !has("output") && (session.environment["NO_COLOR"] ?? "").isEmpty
        && session.environment["TERM"] != "dumb"
    }
  }

  /// Writes text to `-o FILE` or standard output.
  func write(_ text: String) throws {
    try withOutput { try $0.write(text) }
  }

  /// Lends the place of output; a file appears only when `body` succeeds.
  func withOutput(_ body: (any TextSink) throws -> Void) throws {
    guard let path = value("output"), path != "-" else { return try body(session.output) }
    var file = try OutputFile(path: path)
    try body(file.sink)
    try file.finish()
  }
}

extension Document {
  /// Every table with at most `limit` rows, those in sections too. Tables behind figures keep theirs: they are what is drawn.
  func cut(to limit: Int?) -> Document {
    var document = self
    document.blocks = Self.cut(blocks, to: limit)
    return document
  }

  private static func cut(_ blocks: [Block], to limit: Int?) -> [Block] {
    blocks.map { block in
      switch block {
      case .table(let table): return .table(table.cut(to: limit))
      case .section(var section):
        section.blocks = cut(section.blocks, to: limit)
        return .section(section)
      default: return block
      }
    }
  }
}

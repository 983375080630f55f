import Analysis
import Gateways
import Reporting
import Scanning
import Traffic

/// What a rules file says: gates that a night must pass, and findings not to be told for a while.
///
/// JSON with `//` and `/* */` comments and trailing commas; `samples/rules.schema.json` describes it, `samples/rules.json`
/// shows it.
struct RulesFile {
  var gates: [Gate] = []
  var mutes: [Mute] = []

  static let fieldNames = ["$schema", "name", "description", "rules", "mutes"]
  static let muteNames = ["id", "until", "reason"]

  private let clock: DisplayClock

  /// - Parameter file: the name for messages.
  /// - Throws: `ConfigurationError` with file, line, what was expected and the nearest word.
  init(text: String, file: String, clock: DisplayClock) throws {
    self.clock = clock
    let root: ConfigurationNode
    do throws(StructuredTextError) {
      root = try JSONReader.document(in: text, allowsTrailingCommas: true)
    } catch {
      throw ConfigurationError(error, file: file)
    }
    let settings = try Settings(root, name: "rules file", file: file)
    try settings.expectOnly(Self.fieldNames)
    var names: Set<String> = []
    for rule in try settings.settingsList("rules") {
      let gates = try GateSettings(rule, clock: clock).gates
      if let name = gates.first?.name, !names.insert(name).inserted {
        throw ConfigurationError(.contradiction("there are two rules '\(name)'"), at: rule.place(of: "name"))
      }
      self.gates += gates
    }
    for mute in try settings.settingsList("mutes") { mutes.append(try self.mute(mute)) }
  }

  static func read(_ path: String, clock: DisplayClock) throws -> RulesFile {
    try RulesFile(text: try GatewayConnection.text(of: path), file: path, clock: clock)
  }

  private func mute(_ settings: Settings) throws -> Mute {
    try settings.expectOnly(Self.muteNames)
    guard let id = try settings.text("id"), !id.isEmpty else { throw settings.missing("id") }
    guard let date = try settings.text("until") else { throw settings.missing("until") }
    guard let reason = try settings.text("reason"), !reason.isEmpty else { throw settings.missing("reason") }
    guard let until = TimeArgument.instant(date, clock: clock) else {
      throw settings.bad("until", expected: "a day such as 2026-12-31")
    }
    return Mute(id: id, until: until, reason: reason)
  }
}

import Analysis
import Gateways
import Reporting
import Traffic

/// `--mute` and `--mutes`: findings that somebody knows of and does not want to be told for a while.
struct MutingArguments {
  static let options = [
    Option(
      name: "mute", value: "ID:DATE", summary: "do not tell a finding before a day of the data: slow-endpoint:*:2026-12-31",
      isRepeatable: true),
    Option(name: "mutes", value: "FILE", summary: "the same from a file, with reasons: the mutes of a rules file"),
  ]

  private let invocation: Invocation

  init(_ invocation: Invocation) { self.invocation = invocation }

  /// Those of the options, then those of the file.
  func mutes() throws -> [Mute] {
    let clock = try invocation.clock()
    var mutes = try invocation.values("mute").map { try mute($0, clock) }
    if let path = invocation.value("mutes") { mutes += try RulesFile.read(path, clock: clock).mutes }
    return mutes
  }

  private func mute(_ text: String, _ clock: DisplayClock) throws(UsageError) -> Mute {
    // An id has colons of its own: the date stands behind the last.
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
      let until = TimeArgument.instant(String(text[text.index(after: colon)...]), clock: clock)
    else {
      throw invocation.invalid("--mute", text, expected: "a finding's id and a day, such as slow-endpoint:*:2026-12-31")
    }
    return Mute(id: String(text[..<colon]), until: until, reason: "--mute")
  }

  /// Says on standard error which mutes ended, and which match nothing.
  static func tell(_ muting: Muting, _ invocation: Invocation) throws {
    let clock = try invocation.clock()
    for mute in muting.expired {
      try invocation.say("note: the mute of '\(mute.id)' ended on \(clock.text(mute.until)): it is told again")
    }
    for mute in muting.unused { try invocation.say("note: the mute of '\(mute.id)' matches no finding") }
  }
}

/// `--compare-to`: the period that the night is held against.
struct CompareToArgument {
  static let option = Option(
    name: "compare-to", value: "WINDOW",
    summary: "an earlier window to compare with: 2026-11-20, 2d..1d, or 'previous' for the one right before")

  private let invocation: Invocation

  init(_ invocation: Invocation) { self.invocation = invocation }

  /// nil where nothing was asked for.
  func earlier(than night: Night) throws -> Night? {
    guard let text = invocation.value("compare-to") else { return nil }
    let newest = night.ledger.compactMap(\.lastArrival).max()
    var filter = night.scope.filter
    if text == "previous" {
      guard let previous = filter.previous(newest: newest) else {
        throw invocation.invalid("--compare-to", text, expected: "a window; 'previous' needs --since")
      }
      filter = previous
    } else {
      try WindowArgument(text, of: "--compare-to", clock: try invocation.clock()).apply(to: &filter, newest: newest)
    }
    let oldest = night.ledger.compactMap(\.firstArrival).min()
    if let oldest, let until = filter.until, until <= oldest {
      try invocation.say("note: nothing to compare with: the store begins at \(try invocation.clock().text(oldest))")
      return nil
    }
    return Night(
      traffic: night.traffic, ledger: night.ledger, scope: Scope(filter: filter, threads: night.scope.threads),
      model: night.model)
  }
}

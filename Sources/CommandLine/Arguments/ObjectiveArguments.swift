import Reporting
import Traffic

/// What users were promised, as options.
struct ObjectiveArguments {
  static let options = [
    Option(name: "apdex", value: "TIME", summary: "users are satisfied up to this, tolerate four times it (default 500ms)"),
    Option(name: "slo", value: "'SHARE TIME'", summary: "this share of requests takes no longer (default '99% 500ms')"),
    Option(name: "availability", value: "SHARE", summary: "this share of requests does not fail (default 99.9%)"),
  ]

  let invocation: Invocation

  func objective() throws -> Objective {
    var objective = Objective()
    if let text = invocation.value("slo") { (objective.punctual, objective.latency) = try slo(text) }
    if let text = invocation.value("apdex") {
      let latency = try duration("--apdex", text)
      if invocation.has("slo"), latency != objective.latency {
        // Both are held against one time, so that a report has one word for "late".
        throw UsageError(.conflict("--apdex", "--slo with another time"), command: invocation.command.words)
      }
      objective.latency = latency
    }
    if let text = invocation.value("availability") { objective.available = try share("--availability", text) }
    return objective
  }

  private func slo(_ text: String) throws(UsageError) -> (Int64, Microseconds) {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 2, let share = ShareArgument.millionths(words[0]), share <= 1_000_000,
      let latency = try? UnitText.parseDuration(words[1]), latency.count > 0
    else { throw invocation.invalid("--slo", text, expected: "a share and a time, such as '99% 500ms'") }
    return (share, latency)
  }

  private func duration(_ name: String, _ text: String) throws(UsageError) -> Microseconds {
    guard let length = try? UnitText.parseDuration(text), length.count > 0 else {
      throw invocation.invalid(name, text, expected: "a duration with its unit, such as 250ms or 1.5s")
    }
    return length
  }

  private func share(_ name: String, _ text: String) throws(UsageError) -> Int64 {
    guard let share = ShareArgument.millionths(text), share <= 1_000_000 else {
      throw invocation.invalid(name, text, expected: "a share with its sign, such as 99.9%")
    }
    return share
  }
}

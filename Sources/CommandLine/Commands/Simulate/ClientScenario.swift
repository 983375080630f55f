import Analysis
import Reporting
import Simulation
import Traffic

/// What callers are taken to do when they are rejected.
enum ClientScenario: String, CaseIterable, Sendable {
  /// Everything that was recorded comes again, recorded retries included.
  case recorded
  /// Demand without its recorded retries, tried again as the log's callers do.
  case learned
  /// Demand that nobody tries again: the lower bound.
  case giveUp = "give-up"
  /// Demand that everybody tries again at once, over and over: the upper bound.
  case relentless

  static let option = Option(
    name: "retries", value: "WHAT",
    summary: "what callers do when rejected: come as recorded (default), try again as learned from the log, give-up, or"
      + " relentless", choices: allCases.map(\.rawValue))

  /// Changes the options of a replay.
  /// - Parameter chains: what the log says of retries; nil for `recorded`.
  /// - Throws: a diagnostic where the log shows no retries to learn from.
  func apply(_ chains: RetryChains.Answer?, to options: inout ReplayOptions) throws {
    guard let chains else { return }
    options.recordedRetries = .leftOut(RetryLinker(chains.evidence))
    switch self {
    case .recorded: return
    case .giveUp: options.clients = .retrying(.givingUp)
    case .relentless: options.clients = .retrying(.relentless())
    case .learned:
      guard let policy = RetryPolicy(learnedFrom: chains.evidence) else {
        throw Diagnostic(
          "the log shows no retries of rejected requests to learn from",
          help: "'--retries give-up' and '--retries relentless' give the bounds; 'headroom show quotas' shows who was"
            + " rejected.")
      }
      options.clients = .retrying(policy)
    }
  }
}

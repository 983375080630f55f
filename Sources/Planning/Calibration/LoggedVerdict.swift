internal import Traffic

/// What became of a request at the limits, recorded or replayed.
public enum LimitOutcome: Int, CaseIterable, Sendable, Hashable {
  case passed = 0, delayed, rejected

  public var name: String {
    switch self {
    case .passed: "passed"
    case .delayed: "delayed"
    case .rejected: "rejected"
    }
  }
}

/// Tells from a recorded row what the gateway's limits had decided.
///
/// The gateway's own verdict counts where it is logged. Else a rejection is a status that one of the limits answers
/// with and that no upstream gave; a delay then looks like a pass.
struct LoggedVerdict {
  static let columns: [ScanColumn] = [.stored(.limit), .stored(.status), .stored(.upstreamStatus)]

  /// Statuses that the configuration's limits answer with.
  let statuses: Set<Int64>

  /// - Parameters: values of `columns`.
  /// - Returns: the outcome, and whether a delay would have been told from a pass; nil where the verdict is an error.
  func outcome(limit: Int64, status: Int64, upstreamStatus: Int64) -> (outcome: LimitOutcome, knowsDelays: Bool)? {
    guard limit != .absent else {
      let isRejected = statuses.contains(status) && (upstreamStatus == .absent || upstreamStatus == 0)
      return (isRejected ? .rejected : .passed, false)
    }
    switch LimitVerdict(rawValue: limit) {
    case .rejected: return (.rejected, true)
    case .inferredRejected: return (.rejected, false)
    case .delayed: return (.delayed, true)
    // A limit in dry run lets everything pass.
    case .passed, .delayedDryRun, .rejectedDryRun: return (.passed, true)
    case LimitVerdict.none?: return (.passed, true)
    case .error, nil: return nil
    }
  }
}

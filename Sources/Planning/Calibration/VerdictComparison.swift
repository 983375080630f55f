internal import Simulation
public import Traffic

/// Holds replayed verdicts against logged ones, over rows in order of arrival.
///
/// Two requests of one caller and route that lie within the log's clock error of each other may have come in the other
/// order. So two disagreements that are each other's mirror, and so near, are none: the replay gave each outcome to the
/// one when the gateway gave it to the other.
public struct VerdictComparison: TrafficFold {
  static let columns: [ScanColumn] =
    [.stored(.arrival), .source, .stored(.line), .stored(.consumer), .stored(.client), .route] + LoggedVerdict.columns

  /// Disagreements of one kind.
  private struct Kind: Hashable {
    var caller: Int
    var logged: LimitOutcome
    var replayed: LimitOutcome

    var mirror: Kind { Kind(caller: caller, logged: replayed, replayed: logged) }
  }

  private struct Disagreement {
    var arrival: Int64
    /// The replay gives the logged outcome when arrivals move inside the clock's error.
    var isNearEdge: Bool
  }

  private var replay: ReplayedVerdicts
  private let logged: LoggedVerdict
  private let openOrder: Int64
  private let judgedFrom: Int64
  private var callers = KeyTable()
  /// Those that may yet meet their mirror, by increasing arrival.
  private var open: [Kind: [Disagreement]] = [:]

  private(set) var matrix = ConfusionMatrix()
  /// Disagreements that vanish when arrivals move inside the clock's error.
  private(set) var nearEdge: Int64 = 0
  private(set) var warmUpRequests: Int64 = 0
  /// Rows whose logged verdict is an error, or that no replay decided about.
  private(set) var unjudged: Int64 = 0
  /// Per rule, how many it rejected in the replay, and how many of those the log has rejected too.
  private(set) var rules: [(rejected: Int64, confirmed: Int64)]

  /// - Parameters:
  ///   - openOrder: µs; stamps that lie less than this apart do not tell which request came first.
  ///   - judgedFrom: µs since 1970; earlier requests are the warm-up.
  init(_ replay: ReplayedVerdicts, statuses: Set<Int64>, rules: Int, openOrder: Int64, judgedFrom: Int64) {
    self.replay = replay
    logged = LoggedVerdict(statuses: statuses)
    self.openOrder = openOrder
    self.judgedFrom = judgedFrom
    self.rules = Array(repeating: (0, 0), count: rules)
  }

  public mutating func absorb(_ batch: borrowing ColumnBatch) {
    let (arrivals, sources, lines) = (batch[0], batch[1], batch[2])
    let (consumers, clients, routes) = (batch[3], batch[4], batch[5])
    let (limits, statuses, upstream) = (batch[6], batch[7], batch[8])
    for row in 0..<batch.rows {
      guard arrivals[row] >= judgedFrom else {
        warmUpRequests += 1
        continue
      }
      let logged = logged.outcome(limit: limits[row], status: statuses[row], upstreamStatus: upstream[row])
      guard let logged, let verdict = replay.verdict(source: sources[row], line: lines[row]) else {
        unjudged += 1
        continue
      }
      let caller =
        consumers[row] != .absent
        ? GroupKey(first: consumers[row], second: 0, third: routes[row])
        : GroupKey(first: clients[row], second: 1, third: routes[row])
      note(caller, arrivals[row], logged.outcome, Self.visible(verdict, knowsDelays: logged.knowsDelays))
    }
  }

  /// A delay that the log would not tell looks like a pass.
  private static func visible(
    _ verdict: ReplayedVerdicts.Verdict, knowsDelays: Bool
  ) -> ReplayedVerdicts.Verdict {
    guard !knowsDelays else { return verdict }
    var verdict = verdict
    if verdict.outcome == .delayed { verdict.outcome = .passed }
    if verdict.mayHaveBeen(.delayed) { verdict.possible |= 1 }
    return verdict
  }

  mutating func note(
    _ caller: GroupKey, _ arrival: Int64, _ logged: LimitOutcome, _ replayed: ReplayedVerdicts.Verdict
  ) {
    if replayed.outcome == .rejected, rules.indices.contains(replayed.rule) {
      rules[replayed.rule].rejected += 1
      if logged == .rejected { rules[replayed.rule].confirmed += 1 }
    }
    guard replayed.outcome != logged else {
      matrix[logged, logged] += 1
      return
    }
    disagree(
      Kind(caller: callers.index(of: caller), logged: logged, replayed: replayed.outcome),
      Disagreement(arrival: arrival, isNearEdge: replayed.mayHaveBeen(logged)))
  }

  private mutating func disagree(_ kind: Kind, _ disagreement: Disagreement) {
    let oldest = disagreement.arrival &- openOrder
    // The last is the nearest: where it is too old, all are.
    if let nearest = open[kind.mirror]?.last, nearest.arrival > oldest {
      open[kind.mirror]?.removeLast()
      matrix[kind.logged, kind.logged] += 1
      matrix[kind.replayed, kind.replayed] += 1
      return
    }
    if let last = open[kind]?.last, last.arrival <= oldest { count(kind) }
    open[kind, default: []].append(disagreement)
  }

  /// Disagreements of a kind that met no mirror.
  private mutating func count(_ kind: Kind) {
    guard let disagreements = open.removeValue(forKey: kind) else { return }
    matrix[kind.logged, kind.replayed] += Int64(disagreements.count)
    nearEdge += Int64(disagreements.count(where: \.isNearEdge))
  }

  /// Counts what is open.
  mutating func finish() {
    for kind in Array(open.keys) { count(kind) }
  }

  public mutating func merge(_ later: Self) {
    // Rows in order of arrival come to one fold.
  }
}

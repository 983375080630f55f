internal import Simulation
public import Traffic

/// Holds replayed verdicts against logged ones, over rows in order of arrival.
///
/// Requests of one caller and route that lie within the log's clock error of each other may have come in any order,
/// so they are compared together: as many of each outcome logged as replayed.
public struct VerdictComparison: TrafficFold {
  static let columns: [ScanColumn] =
    [.stored(.arrival), .source, .stored(.line), .stored(.consumer), .stored(.client), .route] + LoggedVerdict.columns

  /// Requests of one caller and route whose order is open.
  private struct Moment {
    var first: Int64
    var logged: [Int64] = [0, 0, 0]
    var replayed: [Int64] = [0, 0, 0]
    /// Requests whose logged verdict the replay gives when arrivals move inside the clock's error.
    var nearEdge: Int64 = 0
  }

  private var replay: ReplayedVerdicts
  private let logged: LoggedVerdict
  private let openOrder: Int64
  private let judgedFrom: Int64
  private var callers = KeyTable()
  private var moments: [Moment] = []

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
    let index = callers.index(of: caller)
    if index == moments.count { moments.append(Moment(first: arrival)) }
    if arrival &- moments[index].first >= openOrder { close(index, next: arrival) }
    moments[index].logged[logged.rawValue] += 1
    moments[index].replayed[replayed.outcome.rawValue] += 1
    if replayed.outcome != logged, replayed.mayHaveBeen(logged) { moments[index].nearEdge += 1 }
    if replayed.outcome == .rejected, rules.indices.contains(replayed.rule) {
      rules[replayed.rule].rejected += 1
      if logged == .rejected { rules[replayed.rule].confirmed += 1 }
    }
  }

  private mutating func close(_ index: Int, next: Int64) {
    let moment = moments[index]
    let before = matrix.disagreeing
    matrix.add(logged: moment.logged, replayed: moment.replayed)
    nearEdge += min(moment.nearEdge, matrix.disagreeing - before)
    moments[index] = Moment(first: next)
  }

  /// Closes what is open.
  mutating func finish() {
    for index in moments.indices { close(index, next: 0) }
  }

  public mutating func merge(_ later: Self) {
    // Rows in order of arrival come to one fold.
  }
}

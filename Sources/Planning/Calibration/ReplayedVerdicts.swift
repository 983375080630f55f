public import Simulation
public import Traffic

/// Remembers what replays decided about every line, to be held against the log.
///
/// The first replay gives a line its verdict and rule; further ones, with arrivals moved inside the clock's error, add
/// what else it may have met. Three bytes per line, in pages of 4,096 lines.
public struct ReplayedVerdicts: DecisionSink {
  public static let columns: [ScanColumn] = [.source, .stored(.line)]

  /// What one line met.
  struct Verdict: Hashable {
    var outcome: LimitOutcome
    /// Bit n: some replay gave the outcome with the number n.
    var possible: UInt8
    /// The rule that rejected it, −1 for none.
    var rule: Int

    func mayHaveBeen(_ outcome: LimitOutcome) -> Bool { possible & 1 << UInt8(outcome.rawValue) != 0 }
  }

  private static let pageBits: Int64 = 12
  private var pages = KeyTable()
  /// Bits 0–1: the first replay's outcome plus one; bits 2–4: `possible`.
  private var outcomes: [UInt8] = []
  private var rules: [Int16] = []
  private var isFirst = true
  /// Rejections of each replay among requests that arrive from `judgedFrom` on.
  private(set) var rejections: [Int64] = [0]
  private let judgedFrom: Int64

  /// - Parameter judgedFrom: µs since 1970; earlier requests are remembered, not counted.
  public init(judgedFrom: Int64) { self.judgedFrom = judgedFrom }

  /// Makes ready for a further replay of the same traffic.
  mutating func beginNextReplay() {
    isFirst = false
    rejections.append(0)
  }

  public mutating func take(_ request: RecordedRequest, _ decision: Decision) {
    guard decision.attempt == 0, request[1] >= 0 else { return }
    note(source: request[0], line: request[1], at: request.arrival, decision)
  }

  mutating func note(source: Int64, line: Int64, at arrival: Int64, _ decision: Decision) {
    let outcome: LimitOutcome =
      decision.verdict.isRejected ? .rejected : decision.verdict.isDelayed ? .delayed : .passed
    if outcome == .rejected, arrival >= judgedFrom { rejections[rejections.count - 1] += 1 }
    let place = place(source, line)
    outcomes[place] |= 4 << UInt8(outcome.rawValue)
    guard isFirst else { return }
    outcomes[place] = outcomes[place] & ~3 | UInt8(outcome.rawValue + 1)
    rules[place] = outcome == .rejected ? Int16(truncatingIfNeeded: decision.rule) : -1
  }

  /// - Returns: nil for a line that no replay decided about.
  mutating func verdict(source: Int64, line: Int64) -> Verdict? {
    guard line >= 0 else { return nil }
    let place = place(source, line)
    guard let outcome = LimitOutcome(rawValue: Int(outcomes[place] & 3) - 1) else { return nil }
    return Verdict(outcome: outcome, possible: outcomes[place] >> 2, rule: Int(rules[place]))
  }

  private mutating func place(_ source: Int64, _ line: Int64) -> Int {
    let page = pages.index(of: GroupKey(first: source, second: line >> Self.pageBits))
    if (page + 1) << Int(Self.pageBits) > outcomes.count {
      outcomes += [UInt8](repeating: 0, count: 1 << Int(Self.pageBits))
      rules += [Int16](repeating: -1, count: 1 << Int(Self.pageBits))
    }
    return page << Int(Self.pageBits) | Int(line & (1 << Self.pageBits - 1))
  }
}

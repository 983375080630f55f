internal import Synchronization
public import Traffic

/// A store whose scans and cubes that are asked at the same time share one reading of the rows.
///
/// What is asked waits until nobody asks more, or until the reading before has ended; its answer is the same as from
/// the store itself. For readers with many questions at once; a single question is better asked of the store.
public final class SharedPasses: TrafficSource, Sendable {
  private let store: TrafficStore
  private let waiting = Mutex<(parts: [any PassPart], isServed: Bool)>(([], false))

  public init(_ store: TrafficStore) { self.store = store }

  public func symbolText(_ symbol: Int64) -> String? { store.symbolText(symbol) }

  public func scan<Fold: TrafficFold>(_ request: ScanRequest, _ fold: Fold) async throws -> Fold {
    guard request.order == .stored else { return try await store.scan(request, fold) }
    return try await withCheckedThrowingContinuation { continuation in
      join(FoldPart(request, fold, continuation))
    }
  }

  public func cube(_ request: CubeRequest) async throws -> Cube {
    for isAlone in [false, true] {
      let counted = try await withCheckedThrowingContinuation { continuation in
        join(CubePart(request, isAlone: isAlone, continuation))
      }
      if let counted { return counted.cube(request) }
    }
    preconditionFailure("a cube that is counted alone is always counted")
  }

  // MARK: Gathering

  private func join(_ part: any PassPart) {
    let isServed = waiting.withLock { waiting in
      waiting.parts.append(part)
      defer { waiting.isServed = true }
      return waiting.isServed
    }
    if !isServed { Task { await serve() } }
  }

  /// Runs passes until nobody waits.
  private func serve() async {
    while true {
      await gather()
      let parts = waiting.withLock { waiting in
        defer { waiting.parts = [] }
        if waiting.parts.isEmpty { waiting.isServed = false }
        return waiting.parts
      }
      guard !parts.isEmpty else { return }
      for (pass, members) in passes(of: parts) { await run(pass, members) }
    }
  }

  /// Lets everybody who is not waiting run until nothing more is asked.
  private func gather() async {
    var (known, since) = (-1, ContinuousClock.now)
    while true {
      await Task.yield()
      let asked = waiting.withLock { $0.parts.count }
      let now = ContinuousClock.now
      if asked != known { (known, since) = (asked, now) }
      if now - since >= Self.quiet { return }
    }
  }

  /// So long nothing more must have been asked: much less than a reading takes, and longer than a question takes to ask
  /// its next one.
  private static let quiet = Duration.microseconds(1_500)

  // MARK: Passes

  /// Parts of the same window of time share a pass.
  private func passes(of parts: [any PassPart]) -> [(SharedPass, [any PassPart])] {
    do {
      return try store.withSnapshot { connection throws(StoreError) in
        var byWindow: [ClosedRange<Int64>: Int] = [:]
        var members: [(window: ClosedRange<Int64>, parts: [(part: any PassPart, plan: ScanPlan)])] = []
        for part in CubePart.united(parts) {
          let plan = try ScanPlan(part.columns, part.filter, connection)
          let window = ScanPlan.window(part.filter) ?? ScanPlan.anyTime
          let place = byWindow[window, default: members.count]
          byWindow[window] = place
          if place == members.count { members.append((window, [])) }
          members[place].parts.append((part, plan))
        }
        try Self.readRollups(members.flatMap(\.parts), connection)
        var passes: [(SharedPass, [any PassPart])] = []
        for (window, members) in members {
          passes.append((try SharedPass(members, in: window, connection), members.map(\.part)))
        }
        return passes
      }
    } catch {
      for part in parts { part.fail(error) }
      return []
    }
  }

  /// In the same snapshot: a row that moves into a rollup meanwhile must not count twice or be missed.
  private static func readRollups(
    _ members: [(part: any PassPart, plan: ScanPlan)], _ connection: borrowing Connection
  ) throws(StoreError) {
    guard try !RollupTable.isEmpty(connection) else { return }
    let routes = try RouteTable(connection)
    var parts: [any PassPart] = []
    var answers: [RollupAnswer] = []
    for (part, plan) in members {
      guard let answer = part.rollups(plan, routes) else { continue }
      parts.append(part)
      answers.append(answer)
    }
    try RollupAnswer.fill(&answers, connection)
    for (part, answer) in zip(parts, answers) { part.take(answer) }
  }

  private func run(_ pass: SharedPass, _ parts: [any PassPart]) async {
    do {
      try await pass.run(threads: parts.map { TrafficStore.threads($0.threads) }.max() ?? 1)
      for part in parts { part.finish() }
    } catch {
      for part in parts { part.fail(error) }
    }
  }
}

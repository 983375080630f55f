internal import Synchronization
public import Traffic

/// A store whose scans and cubes that are asked at the same time share one reading of the rows.
///
/// What is asked waits until nobody asks more and everybody who was expected has asked, or until the reading before has
/// ended; its answer is the same as from the store itself. For readers with many questions at once; a single question is
/// better asked of the store.
public final class SharedPasses: TrafficSource, Sendable {
  private struct Waiting {
    var parts: [any PassPart] = []
    var isServed = false
    /// Askers that have not asked yet.
    var expected = 0
  }

  private let store: TrafficStore
  private let waiting = Mutex(Waiting())
  private let patience: Duration

  /// - Parameter patience: a reading waits so long for those who are expected, from the last thing that was asked; longer
  ///   than it takes a busy machine to let them run.
  public init(_ store: TrafficStore, patience: Duration = .milliseconds(50)) {
    self.store = store
    self.patience = patience
  }

  public func symbolText(_ symbol: Int64) -> String? { store.symbolText(symbol) }

  public func scan<Fold: TrafficFold>(_ request: ScanRequest, _ fold: Fold) async throws -> Fold {
    guard request.order == .stored else {
      Asker.current?.end()
      return try await store.scan(request, fold)
    }
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

  /// Lets readings wait for somebody.
  public func expectAsker() -> Asker { Asker(self) }

  func expectOneMore() { waiting.withLock { $0.expected += 1 } }
  func expectOneLess() { waiting.withLock { $0.expected -= 1 } }

  private func join(_ part: any PassPart) {
    let isServed = waiting.withLock { waiting in
      waiting.parts.append(part)
      defer { waiting.isServed = true }
      return waiting.isServed
    }
    Asker.current?.end()
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
      await answer(parts)
    }
  }

  /// Lets everybody who is not waiting run until nothing more is asked and nobody is expected.
  private func gather() async {
    var (known, since) = (-1, ContinuousClock.now)
    while true {
      await Task.yield()
      let (asked, isExpecting) = waiting.withLock { ($0.parts.count, $0.expected > 0) }
      let now = ContinuousClock.now
      if asked != known { (known, since) = (asked, now) }
      if now - since >= (isExpecting ? patience : Self.quiet) { return }
    }
  }

  /// So long nothing more must have been asked: much less than a reading takes, and longer than a question takes to ask
  /// its next one.
  private static let quiet = Duration.microseconds(1_500)

  // MARK: Passes

  /// What answers some questions, from one moment: a row that moves into a rollup meanwhile must not count twice or be
  /// missed.
  private struct Passes: Sendable {
    var ofRows: [(pass: SharedPass, parts: [any PassPart])] = []
    var ofRollups: (pass: RollupPass, parts: [any PassPart])?
  }

  private func answer(_ asked: [any PassPart]) async {
    let parts = CubePart.united(asked)
    do {
      let passes = try passes(of: parts)
      if let (pass, parts) = passes.ofRollups {
        for (part, fold) in zip(parts, try await pass.run()) { part.take(fold) }
      }
      // Those of a few segments fill the cores together.
      await withTaskGroup(of: Void.self) { group in
        for (pass, parts) in passes.ofRows { group.addTask { await self.run(pass, parts) } }
      }
    } catch {
      for part in parts { part.fail(error) }
    }
  }

  /// Parts of the same window of time share a pass over rows, and all cubes one over rollups.
  private func passes(of parts: [any PassPart]) throws(StoreError) -> Passes {
    let threads = Self.threads(parts)
    return try store.withRollups(threads: threads) { connection, readers throws(StoreError) in
      var byWindow: [ClosedRange<Int64>: Int] = [:]
      var members: [(window: ClosedRange<Int64>, parts: [(part: any PassPart, plan: ScanPlan)])] = []
      for part in parts {
        let plan = try ScanPlan(part.columns, part.filter, connection)
        let window = ScanPlan.window(part.filter) ?? ScanPlan.anyTime
        let place = byWindow[window, default: members.count]
        byWindow[window] = place
        if place == members.count { members.append((window, [])) }
        members[place].parts.append((part, plan))
      }
      var passes = Passes()
      for (window, members) in members {
        passes.ofRows.append((try SharedPass(members, in: window, connection), members.map(\.part)))
      }
      let cubes = members.flatMap(\.parts).compactMap { part, plan in part.rollups(plan).map { (part, $0) } }
      if !readers.isEmpty, !cubes.isEmpty {
        passes.ofRollups = (try RollupPass(cubes.map(\.1), readers, connection), cubes.map(\.0))
      }
      return passes
    }
  }

  private static func threads(_ parts: [any PassPart]) -> Int {
    parts.map { TrafficStore.threads($0.threads) }.max() ?? 1
  }

  private func run(_ pass: SharedPass, _ parts: [any PassPart]) async {
    do {
      try await pass.run(threads: Self.threads(parts))
      for part in parts { part.finish() }
    } catch {
      for part in parts { part.fail(error) }
    }
  }
}

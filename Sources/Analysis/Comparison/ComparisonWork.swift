import Statistics
import Traffic

/// The subjects of one dimension in one window.
struct WindowTallies: Sendable {
  let blocks: Int
  private(set) var subjects: [ComparisonSubject: BlockTally] = [:]

  init(blocks: Int) { self.blocks = blocks }

  static func read(
    _ dimension: ComparisonDimension, _ window: ComparedWindow, _ grid: BlockGrid
  ) async throws -> WindowTallies {
    let time = CubeRequest.Dimension.time(Microseconds(grid.length))
    let layout = dimension.layout(time)
    let cube = try await window.traffic.cube(layout.request(window.scope))
    var tallies = WindowTallies(blocks: grid.count)
    for cell in cube.cells {
      guard let block = grid.block(of: layout.key(time, of: cell)),
        let subject = dimension.subject(of: cell, layout, names: window.traffic)
      else { continue }
      dimension.add(
        cell, layout, block: block, to: &tallies.subjects[subject, default: BlockTally(blocks: grid.count)])
    }
    return tallies
  }

  subscript(subject: ComparisonSubject) -> BlockTally { subjects[subject] ?? BlockTally(blocks: blocks) }

  func requests(of subject: ComparisonSubject) -> Double { subjects[subject]?.total(.requests) ?? 0 }

  /// Some subjects together, in a fixed order.
  func sum(of subjects: [ComparisonSubject]) -> BlockTally {
    subjects.reduce(into: BlockTally(blocks: blocks)) { $0.merge(self[$1]) }
  }
}

/// Compares dimension after dimension and gathers the changes.
struct ComparisonWork {
  private let test: ChangeTest
  private let isPaired: Bool
  private var changes: [Change] = []
  private var fixedMix: [Change] = []
  private var mixMoved = 0.0
  private var subjectsInAll: [ComparisonDimension: Int] = [:]
  private(set) var requests: (earlier: Int64, later: Int64) = (0, 0)

  init(_ grids: (earlier: BlockGrid, later: BlockGrid, isPaired: Bool), seed: UInt64) {
    isPaired = grids.isPaired
    let earlier = BlockBootstrap(blocks: grids.earlier.count, seed: seed)
    test = ChangeTest(
      earlier: ChangeTest.Side(exposure: grids.earlier.exposure, bootstrap: earlier),
      later: ChangeTest.Side(
        exposure: grids.later.exposure,
        bootstrap: isPaired ? earlier : BlockBootstrap(blocks: grids.later.count, seed: seed &+ 1)))
  }

  mutating func compare(_ before: WindowTallies, _ after: WindowTallies, in dimension: ComparisonDimension) {
    let subjects = Self.ranked(before, after)
    subjectsInAll[dimension] = subjects.count
    if dimension == .route { compareAll(subjects, before, after) }
    for subject in subjects.prefix(Comparison.mostSubjects) {
      changes += test.changes(of: subject, from: before[subject], to: after[subject])
    }
    let rest = Array(subjects.dropFirst(Comparison.mostSubjects))
    guard dimension == .route, !rest.isEmpty else { return }
    changes += test.changes(of: .otherRoutes, from: before.sum(of: rest), to: after.sum(of: rest))
  }

  /// Of both windows, the busiest in either first.
  private static func ranked(_ before: WindowTallies, _ after: WindowTallies) -> [ComparisonSubject] {
    let all = Set(before.subjects.keys).union(after.subjects.keys)
    let totals = (
      max(1, before.subjects.values.reduce(0) { $0 + $1.total(.requests) }),
      max(1, after.subjects.values.reduce(0) { $0 + $1.total(.requests) })
    )
    return all.map { subject in
      (subject, max(before.requests(of: subject) / totals.0, after.requests(of: subject) / totals.1))
    }.sorted { a, b in a.1 != b.1 ? a.1 > b.1 : (a.0.name, "\(a.0)") < (b.0.name, "\(b.0)") }.map(\.0)
  }

  // MARK: All requests

  private mutating func compareAll(
    _ subjects: [ComparisonSubject], _ before: WindowTallies, _ after: WindowTallies
  ) {
    let (earlier, later) = (before.sum(of: subjects), after.sum(of: subjects))
    requests = (Int64(earlier.total(.requests)), Int64(later.total(.requests)))
    changes += test.changes(of: .all, from: earlier, to: later)
    guard requests.earlier > 0, requests.later > 0 else { return }
    var fixed = BlockTally(blocks: after.blocks)
    fixed.merge(later.withoutDurations)
    for subject in subjects {
      let shares = (
        before.requests(of: subject) / Double(requests.earlier), after.requests(of: subject) / Double(requests.later)
      )
      mixMoved += (shares.1 - shares.0).magnitude / 2
      if shares.1 > 0 { fixed.merge(after[subject].durations(weight: shares.0 / shares.1)) }
    }
    fixedMix = test.changes(of: .all, from: earlier, to: fixed, [.p50, .p95, .p99])
  }

  func answer(_ earlier: Comparison.Window, _ later: Comparison.Window) -> Comparison.Answer {
    Comparison.Answer(
      earlier: earlier, later: later, isPaired: isPaired, changes: changes, mixMoved: mixMoved, fixedMix: fixedMix,
      subjectsInAll: subjectsInAll)
  }
}

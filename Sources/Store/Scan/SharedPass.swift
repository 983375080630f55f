internal import Traffic

/// One reading of the rows for several scans: each column of a segment is decoded once, whoever reads it.
///
/// The runs of a pass are those of its window, whoever takes part: a result depends on its request alone, and is the same
/// as that of a scan of its own for every fold whose merge is exact.
struct SharedPass: Sendable {
  /// Parts with the same filter.
  private struct Selection: Sendable {
    var tests: [RowTest] = []
    /// By number; the others have no row that passes.
    var segments: Set<Int64> = []
    /// Outputs of the plan that its members read.
    var outputs: [Int] = []
    /// Which outputs each member's columns are.
    var members: [(part: any PassPart, places: [Int])] = []

    /// Hands the segment's rows that pass to every member.
    func feed(_ reader: inout SegmentReader, _ takers: [any PassTaker], number: Int) throws {
      guard segments.contains(reader.segment.id), try reader.select(tests, number: number) else { return }
      var pointers: [Int: UnsafePointer<Int64>] = [:]
      for output in outputs { pointers[output] = try reader.column(output) }
      for (member, taker) in zip(members, takers) {
        taker.absorb(ColumnBatch(rows: reader.selectedRows, columns: member.places.compactMap { pointers[$0] }))
      }
    }
  }

  private let plan: ScanPlan
  private var selections: [Selection] = []

  /// - Parameter members: parts of one window of time, each with its own plan, from the same snapshot.
  init(
    _ members: [(part: any PassPart, plan: ScanPlan)], in window: ClosedRange<Int64>, _ connection: borrowing Connection
  ) throws(StoreError) {
    let columns = Self.columns(members.map(\.part))
    let since = Timestamp(microseconds: window.lowerBound)
    let until = window.upperBound == .max ? nil : Timestamp(microseconds: window.upperBound + 1)
    let union = try ScanPlan(
      columns, TrafficFilter(since: since, until: until), alsoDecoding: [.arrival], connection)
    plan = union
    var places: [TrafficFilter: Int] = [:]
    for (part, own) in members {
      let place = places[part.filter] ?? selections.count
      if place == selections.count {
        places[part.filter] = place
        selections.append(
          Selection(
            tests: own.tests.map { Self.moved($0, from: own, to: union) }, segments: Set(own.segments.map(\.id))))
      }
      let outputs = part.columns.compactMap { columns.firstIndex(of: $0) }
      for output in outputs where !selections[place].outputs.contains(output) {
        selections[place].outputs.append(output)
      }
      selections[place].members.append((part, outputs))
    }
  }

  /// Everything that a part hands out or tests.
  private static func columns(_ parts: [any PassPart]) -> [ScanColumn] {
    var columns: [ScanColumn] = []
    for part in parts {
      for column in part.columns + part.filter.conditions.map(\.column) where !columns.contains(column) {
        columns.append(column)
      }
    }
    return columns
  }

  private static func moved(_ test: RowTest, from own: ScanPlan, to union: ScanPlan) -> RowTest {
    guard case .slot(let slot) = test.subject else { return test }
    guard let place = union.columns.firstIndex(of: own.columns[slot]) else {
      preconditionFailure("a shared plan has every column of its parts")
    }
    return RowTest(subject: .slot(place), rule: test.rule)
  }

  /// Reads all rows; the parts have their results afterwards.
  func run(threads: Int) async throws {
    let shares = StoredScan.shares(of: plan.segments, count: StoredScan.runs)
    let next = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<min(threads, shares.count) {
        group.addTask { try work(shares, next) }
      }
      try await group.waitForAll()
    }
  }

  private func work(_ shares: [ArraySlice<SegmentEntry>], _ next: Counter) throws {
    var reader = try SegmentReader(plan)
    let takers = selections.map { $0.members.map { $0.part.makeTaker() } }
    while let run = next.take(below: shares.count) {
      try Task.checkCancellation()
      for segment in shares[run] {
        reader.begin(segment)
        for (number, selection) in selections.enumerated() {
          try selection.feed(&reader, takers[number], number: number)
        }
      }
      for taker in takers.joined() { taker.endRun(run) }
    }
    for taker in takers.joined() { taker.endWork() }
  }
}

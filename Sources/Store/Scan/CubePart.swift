internal import Synchronization
internal import Traffic

/// Cubes that take part in a pass as one: the cube of all their dimensions is counted, and added up for each of them.
final class CubePart: PassPart {
  /// nil: more groups than it is worth; ask alone.
  typealias Continuation = CheckedContinuation<CountedCube?, any Error>

  let columns: [ScanColumn]
  let filter: TrafficFilter
  let threads: Int?
  /// What is counted.
  private let request: CubeRequest
  /// Stays as asked, and ends with one cube.
  private let isAlone: Bool
  private let continuations: [Continuation]
  fileprivate let empty: CubeFold
  private let counted: Mutex<CountedCube?>

  convenience init(_ request: CubeRequest, isAlone: Bool, _ continuation: Continuation) {
    self.init(request, isAlone: isAlone, [continuation])
  }

  private init(_ request: CubeRequest, isAlone: Bool, _ continuations: [Continuation]) {
    let shape = CubeShape(request)
    self.request = request
    self.isAlone = isAlone
    self.continuations = continuations
    columns = shape.columns
    filter = request.filter
    threads = request.threads
    empty = shape.makeFold()
    counted = Mutex(CountedCube(request))
  }

  /// Parts with the cubes that go together made one.
  static func united(_ parts: [any PassPart]) -> [any PassPart] {
    var others: [any PassPart] = []
    var cubes: [(family: CubeFamily, filter: TrafficFilter, parts: [CubePart])] = []
    for part in parts {
      guard let cube = part as? CubePart, !cube.isAlone else {
        others.append(part)
        continue
      }
      let family = CubeFamily(of: cube.request)
      if let place = cubes.firstIndex(where: { $0.family == family && $0.filter == cube.filter }) {
        cubes[place].parts.append(cube)
      } else {
        cubes.append((family, cube.filter, [cube]))
      }
    }
    return others + cubes.map { $0.parts.count > 1 ? CubePart(uniting: $0.parts, $0.family) : $0.parts[0] }
  }

  private convenience init(uniting parts: [CubePart], _ family: CubeFamily) {
    self.init(family.union(of: parts.map(\.request)), isAlone: false, parts.flatMap(\.continuations))
  }

  func rollups(_ plan: ScanPlan) -> RollupPass.Member? { request.onlyRows ? nil : (request, plan) }

  func take(_ rollups: CubeFold) { counted.withLock { $0?.rollups = rollups } }

  func makeTaker() -> any PassTaker { CubeTaker(self) }

  func finish() {
    let result = counted.withLock { counted in
      defer { counted = nil }
      return counted
    }
    for continuation in continuations { continuation.resume(returning: result) }
  }

  func fail(_ error: any Error) { for continuation in continuations { continuation.resume(throwing: error) } }

  /// Adding up is exact in any order, so that a worker need not start over at each run.
  fileprivate func keep(_ fold: CubeFold) { counted.withLock { $0?.rows.append(fold) } }

  fileprivate func giveUp() { counted.withLock { $0 = nil } }

  /// Whether a finer cube has so many groups that its cubes are better counted one by one.
  fileprivate func isTooFine(_ groups: Int, rows: Int) -> Bool {
    continuations.count > 1 && groups > Self.fewGroups && groups > rows / 8
  }

  private static let fewGroups = 1 << 16
}

/// A cube that was counted, which others are parts of.
struct CountedCube: Sendable {
  fileprivate let request: CubeRequest
  /// One per worker.
  fileprivate var rows: [CubeFold] = []
  fileprivate var rollups: CubeFold?

  fileprivate init(_ request: CubeRequest) { self.request = request }

  /// - Precondition: a cube of the family that was counted.
  func cube(_ wanted: CubeRequest) -> Cube {
    let parts = (wanted.onlyRows ? [] : [rollups].compactMap { $0 }) + rows
    guard request.dimensions != wanted.dimensions || request.measures != wanted.measures else { return sum(parts).cube }
    let dimensions = wanted.dimensions.map { CubeFamily.place(of: $0, in: request.dimensions) }
    let measures = wanted.measures.map { CubeFamily.place(of: $0, in: request.measures) }
    var fold = CubeShape(wanted).makeFold()
    for part in parts { fold.absorb(part, dimensions: dimensions, measures: measures) }
    return fold.cube
  }

  /// Begins with the largest part, as rollups may be many more than the groups of rows.
  private func sum(_ parts: [CubeFold]) -> CubeFold {
    var parts = parts
    guard let largest = parts.indices.max(by: { parts[$0].groupCount < parts[$1].groupCount }) else {
      return CubeShape(request).makeFold()
    }
    var sum = parts.remove(at: largest)
    for part in parts { sum.merge(part) }
    return sum
  }
}

private final class CubeTaker: PassTaker {
  private let part: CubePart
  /// nil when there were too many groups.
  private var fold: CubeFold?
  private var rows = 0

  init(_ part: CubePart) {
    self.part = part
    fold = part.empty
  }

  func absorb(_ batch: borrowing ColumnBatch) {
    fold?.absorb(batch)
    rows += batch.rows
    guard let groups = fold?.groupCount, part.isTooFine(groups, rows: rows) else { return }
    fold = nil
    part.giveUp()
  }

  func endRun(_ run: Int) {}

  func endWork() {
    if let fold { part.keep(fold) }
    fold = nil
  }
}

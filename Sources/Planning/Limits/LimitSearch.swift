/// Searches a range for the smallest number that passes a test, by asking for candidates and being told the results:
/// one at a time where a test is cheap, many where each round of tests is a scan.
struct NumberSearch: Sendable {
  private enum Stage { case upper, inside, verify, done }
  private var stage = Stage.upper
  private var low: Int64
  private var high: Int64
  private let upper: Int64
  private let width: Int64
  /// Larger numbers that must pass as well; nil where every number above a passing one passes.
  private let neighbours: (@Sendable (Int64) -> [Int64])?
  /// The last candidates handed out.
  private(set) var candidates: [Int64]
  /// nil while searching, and where not even the upper end passes.
  private(set) var result: Int64?

  var isDone: Bool { candidates.isEmpty }

  init(in range: ClosedRange<Int64>, width: Int, neighbours: (@Sendable (Int64) -> [Int64])? = nil) {
    (low, high, upper) = (range.lowerBound, range.upperBound, range.upperBound)
    self.width = Int64(max(1, width))
    self.neighbours = neighbours
    candidates = [upper]
  }

  /// - Parameter passes: one result per candidate.
  mutating func learn(_ passes: [Bool]) {
    switch stage {
    case .upper where !passes[0]: finish(nil)
    case .upper: stage = .inside
    case .inside: narrow(passes)
    case .verify: verify(passes)
    case .done: return
    }
    if stage == .inside { askInside() }
  }

  private mutating func narrow(_ passes: [Bool]) {
    guard let first = passes.firstIndex(of: true) else { return low = candidates[candidates.count - 1] + 1 }
    high = candidates[first]
    if first > 0 { low = candidates[first - 1] + 1 }
  }

  private mutating func askInside() {
    guard low < high else {
      let more = neighbours?(high).filter { $0 <= upper } ?? []
      if more.isEmpty { return finish(high) }
      stage = .verify
      return candidates = more
    }
    let step = max(1, (high - low) / (width + 1))
    candidates = (1...width).map { low + $0 * step - 1 }.filter { $0 < high }
  }

  /// Goes on above the largest neighbour that failed.
  private mutating func verify(_ passes: [Bool]) {
    guard let failed = passes.lastIndex(of: false) else { return finish(high) }
    (low, high) = (candidates[failed] + 1, upper)
    stage = .inside
  }

  private mutating func finish(_ result: Int64?) {
    self.result = result
    stage = .done
    candidates = []
  }

  /// What must pass besides a size where a larger size may be worse.
  /// - Source: models §9.2.
  @Sendable static func largerSizes(_ size: Int64) -> [Int64] {
    [size + 1, size + 2] + [size + size / 20, size + size / 10, size + size / 4, 2 * size].filter { $0 > size + 2 }
  }
}

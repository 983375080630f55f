import Statistics
import Traffic

/// The durations of one reading, kept by group, so that a second reading need not decode the store again.
///
/// Bounded: a fold that would keep more than `maximumRows` gives its tape up, and the second reading is done after all.
struct DurationTape: Sendable {
  /// Of one fold. A scan has 16 folds at most, so 64 MiB in all.
  static let maximumRows = 1 << 19

  /// One batch: the durations of group `groups[i]` are `values[ends[i - 1] ..< ends[i]]`; there may be more behind.
  private struct Stretch: Sendable {
    var groups: [Int]
    var ends: [Int]
    var values: [Int64]
  }

  private var stretches: [Stretch] = []
  private var rows = 0
  /// Holds everything that was read.
  private(set) var isComplete = true

  /// Keeps one batch.
  mutating func record(_ durations: GroupedRows) {
    guard isComplete else { return }
    var stretch = Stretch(groups: [], ends: [], values: durations.values)
    durations.forEachGroup { group, values in
      stretch.groups.append(group)
      stretch.ends.append((stretch.ends.last ?? 0) + values.count)
    }
    rows += stretch.values.count
    guard rows <= Self.maximumRows else { return giveUp() }
    stretches.append(stretch)
  }

  private mutating func giveUp() {
    isComplete = false
    stretches = []
  }

  /// Takes in a later tape whose group `g` is this one's `numbers[g]`.
  mutating func append(_ later: Self, numbers: [Int]) {
    guard isComplete, later.isComplete else { return giveUp() }
    stretches += later.stretches.map { stretch in
      var stretch = stretch
      stretch.groups = stretch.groups.map { numbers[$0] }
      return stretch
    }
  }

  /// Collects everything, in so many parts at once; the result is that of one part.
  func collect(into selection: RouteSelection, parts: Int) async -> RouteSelection {
    let share = max(1, (stretches.count + parts - 1) / parts)
    return await withTaskGroup(of: (Int, RouteSelection).self) { group in
      for start in stride(from: 0, to: stretches.count, by: share) {
        let part = stretches[start..<min(start + share, stretches.count)]
        group.addTask { (start, Self.collect(part, into: selection)) }
      }
      var parts: [(Int, RouteSelection)] = []
      for await part in group { parts.append(part) }
      return parts.sorted { $0.0 < $1.0 }.reduce(into: selection) { $0.merge($1.1) }
    }
  }

  private static func collect(_ stretches: ArraySlice<Stretch>, into selection: RouteSelection) -> RouteSelection {
    var selection = selection
    for stretch in stretches {
      stretch.values.withUnsafeBufferPointer { values in
        var start = 0
        for (group, end) in zip(stretch.groups, stretch.ends) {
          selection.collect(UnsafeBufferPointer(rebasing: values[start..<end]), group: group)
          start = end
        }
      }
    }
    return selection
  }
}

import Gateways

/// The stages of every traffic class in flat arrays, as the engine walks them.
struct StageTable {
  struct Stage {
    var joining: LimitStage.Joining
    /// Range of `rules`.
    var first: Int32
    var count: Int32
  }

  private(set) var stages: [Stage] = []
  /// Rule numbers.
  private(set) var rules: [Int32] = []
  /// Per class the range of `stages`.
  private(set) var ranges: [Range<Int>] = []

  /// Takes in classes that are new since the last call.
  mutating func extend(with classes: [TrafficClassifier.TrafficClass], isAlone: (Int) -> Bool) {
    for one in classes[ranges.count...] {
      let start = stages.count
      for stage in one.stages { append(stage.joining, stage.rules, isAlone: isAlone) }
      // Places held are noted in the bits of one word.
      precondition(stages.count - start <= 64, "a request meets at most 64 stages")
      ranges.append(start..<stages.count)
    }
  }

  /// Rules of a sequence, and rules about requests in progress, are stages of their own.
  private mutating func append(_ joining: LimitStage.Joining, _ numbers: [Int], isAlone: (Int) -> Bool) {
    let joined = joining == .sequence ? [] : numbers.filter { !isAlone($0) }
    if joined.count > 1 { append(joining, joined) }
    for number in numbers where joined.count <= 1 || !joined.contains(number) { append(.sequence, [number]) }
  }

  private mutating func append(_ joining: LimitStage.Joining, _ numbers: [Int]) {
    stages.append(Stage(joining: joining, first: Int32(rules.count), count: Int32(numbers.count)))
    rules += numbers.map(Int32.init)
  }
}

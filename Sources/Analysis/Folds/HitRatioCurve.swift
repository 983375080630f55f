import Statistics
import Traffic

/// The hit ratio over time, in steps with enough look-ups to tell it, and where it fell and climbed back.
struct HitRatioCurve {
  struct Step: Hashable {
    var start: Timestamp
    var lookups: Int64 = 0
    var served: Int64 = 0
    var ratio: Double { lookups > 0 ? Double(served) / Double(lookups) : 0 }

    mutating func add(_ other: Self) {
      lookups += other.lookups
      served += other.served
    }

    var interval: ShareInterval? { ShareInterval(Int(served), of: Int(lookups)) }
  }

  /// A stretch in which the cache was cold, and the warm hour that it is compared with.
  struct Cold: Hashable {
    var from: Timestamp
    var until: Timestamp
    var cold: Step
    var warm: Step
    var warmUntil: Timestamp
    var isAtStart: Bool
  }

  /// Mean look-ups per step.
  private static let lookupsPerStep: Int64 = 200
  /// A cold step's ratio, upper end, against the warm one's, lower end.
  private static let mostOfWarm = 0.7
  /// The ratio has climbed back here.
  private static let recovered = 0.9
  private static let lowestWarm = 0.1
  private static let lengths: [Int64] = [1, 2, 5, 10, 15, 30]

  let length: Microseconds
  let steps: [Step]
  /// Steps of an hour.
  private let hour: Int

  init?(_ minutes: [CacheByTime.Minute]) {
    guard let first = minutes.first?.start, let last = minutes.last?.start, last > first else { return nil }
    let lookups = minutes.reduce(0) { $0 + $1.lookups }
    let span = (last - first).count / Microseconds.minute.count + 1
    guard
      let length = Self.lengths.first(where: { length in
        let (needed, overflow) = span.multipliedReportingOverflow(by: Self.lookupsPerStep)
        return !overflow && lookups.multipliedReportingOverflow(by: length).partialValue >= needed
      })
    else { return nil }
    self.length = Microseconds(length * Microseconds.minute.count)
    hour = Int(max(2, 60 / length))
    var steps: [Step] = []
    for minute in minutes {
      let start = Timestamp(microseconds: minute.start.microseconds.flooredMultiple(of: self.length.count))
      if steps.last?.start != start { steps.append(Step(start: start)) }
      steps[steps.count - 1].add(Step(start: start, lookups: minute.lookups, served: minute.served))
    }
    self.steps = steps
  }

  /// Cold stretches by time.
  var cold: [Cold] {
    var found: [Cold] = []
    if let start = coldStart { found.append(start) }
    var index = hour
    while index < steps.count {
      guard index > 0, steps[index].start >= found.last?.until ?? steps[index].start,
        let cold = drop(at: index)
      else {
        index += 1
        continue
      }
      found.append(cold)
      index = steps.firstIndex { $0.start >= cold.until } ?? steps.count
    }
    return found
  }

  /// The first steps against the second hour.
  private var coldStart: Cold? {
    guard steps.count >= 2 * hour else { return nil }
    return cold(from: 0, against: hour..<(2 * hour), isAtStart: true)
  }

  private func drop(at index: Int) -> Cold? {
    cold(from: index, against: (index - hour)..<index, isAtStart: false)
  }

  private func cold(from index: Int, against warmSteps: Range<Int>, isAtStart: Bool) -> Cold? {
    let warm = sum(warmSteps)
    guard let low = steps[index].interval, let high = warm.interval, warm.ratio >= Self.lowestWarm,
      low.upper < Self.mostOfWarm * high.lower
    else { return nil }
    let latest = min(steps.count, isAtStart ? warmSteps.lowerBound + hour : index + 6 * hour)
    guard let end = (index..<latest).first(where: { steps[$0].ratio >= Self.recovered * warm.ratio }), end > index
    else { return nil }
    return Cold(
      from: steps[index].start, until: steps[end].start, cold: sum(index..<end), warm: warm,
      warmUntil: steps[warmSteps.upperBound - 1].start + length, isAtStart: isAtStart)
  }

  private func sum(_ range: Range<Int>) -> Step {
    steps[range].dropFirst().reduce(into: steps[range.lowerBound]) { $0.add($1) }
  }
}

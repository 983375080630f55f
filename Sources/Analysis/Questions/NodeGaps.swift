import Traffic

/// When a node that logs steadily fell silent.
///
/// A gap is a silence of ten minutes or more in which the traffic around it would have brought 20 requests or more
/// (by chance: e⁻²⁰). Around it is the time before and after, each as long as the silence, an hour at least and a day
/// at most; the quieter side counts. Where the node's other days reach that time of day, one of them or another node
/// must show traffic then: a node that rests every night has no gaps.
struct NodeGaps {
  static let shortest: Int64 = 10 * 60_000_000
  static let expected = 20.0
  /// What counts as traffic elsewhere, of the requests that were to be expected.
  static let shownElsewhere = 0.1

  private static let mostDays = 1_000
  private static let hour: Int64 = 3_600_000_000
  private static let day: Int64 = 86_400_000_000

  private let nodes: [Timeline]

  /// - Parameter nodes: requests per minute of every node.
  init(_ nodes: [PeriodCounts]) { self.nodes = nodes.map { Timeline($0) } }

  /// The gaps of a node, in order of time.
  func gaps(of node: Int) -> [NodeLoad.Gap] {
    let starts = nodes[node].starts
    return zip(starts, starts.dropFirst()).compactMap { earlier, later in
      let from = earlier &+ Microseconds.minute.count
      let (length, overflow) = later.subtractingReportingOverflow(from)
      guard !overflow, length >= Self.shortest, isGap(from, length, of: node) else { return nil }
      return NodeLoad.Gap(from: Timestamp(microseconds: from), until: Timestamp(microseconds: later))
    }
  }

  private func isGap(_ from: Int64, _ length: Int64, of node: Int) -> Bool {
    let around = min(max(length, Self.hour), Self.day)
    let (start, overflow) = from.subtractingReportingOverflow(around)
    guard !overflow else { return false }
    let before = nodes[node].requests(from: start, length: around)
    let after = nodes[node].requests(from: from &+ length, length: around)
    let expected = Double(min(before, after)) * Double(length) / Double(around)
    guard expected >= Self.expected else { return false }
    let enough = expected * Self.shownElsewhere
    let otherDays = otherDays(from, length, of: node)
    guard !otherDays.isEmpty else { return true }
    if otherDays.contains(where: { Double($0) >= enough }) { return true }
    return nodes.indices.contains { other in
      other != node && Double(nodes[other].requests(from: from, length: length)) >= enough
    }
  }

  /// Requests in the same hours of the node's other days, as far as its log reaches.
  private func otherDays(_ from: Int64, _ length: Int64, of node: Int) -> [Int64] {
    let timeline = nodes[node]
    var counts: [Int64] = []
    guard length < Int64(Self.mostDays) * Self.day else { return [] }
    // Other days do not overlap the silence itself.
    let apart = (length / Self.day + 1) * Self.day
    for direction in [-1, 1] as [Int64] {
      var (start, overflow) = from.addingReportingOverflow(direction * apart)
      while !overflow, timeline.covers(start, length), counts.count < Self.mostDays {
        counts.append(timeline.requests(from: start, length: length))
        (start, overflow) = start.addingReportingOverflow(direction * Self.day)
      }
    }
    return counts
  }
}

/// Requests of a node up to each of its busy minutes.
private struct Timeline {
  /// Busy minutes, ascending.
  let starts: [Int64]
  /// Requests before each of them, and all.
  private let sums: [Int64]

  init(_ minutes: PeriodCounts) {
    let busy = minutes.isComplete ? minutes.busyPeriods : []
    starts = busy.map(\.start)
    var sums: [Int64] = [0]
    for period in busy { sums.append(sums[sums.count - 1] + Int64(period.count)) }
    self.sums = sums
  }

  /// Whether the log reaches from before a stretch to after it.
  func covers(_ start: Int64, _ length: Int64) -> Bool {
    guard let first = starts.first, let last = starts.last else { return false }
    let (end, overflow) = start.addingReportingOverflow(length)
    return !overflow && start >= first && end <= last
  }

  func requests(from start: Int64, length: Int64) -> Int64 {
    let (end, overflow) = start.addingReportingOverflow(length)
    return sums[place(of: overflow ? .max : end)] - sums[place(of: start)]
  }

  /// Busy minutes before an instant.
  private func place(of instant: Int64) -> Int {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] < instant { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

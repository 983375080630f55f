import Statistics
public import Traffic

/// What changed between two windows, with intervals so that noise is not news?
///
/// One cube per window and dimension, cut into blocks of time (`BlockGrid`); a block bootstrap (`BlockBootstrap`) says how
/// far each measure may be off. Windows of about one length are compared block by block, so that the shape of the day is
/// no noise. A change is news when its 95 % interval excludes no change and it is larger than `SmallestEffect`.
/// No p-values: with millions of requests that depend on each other everything is significant.
public struct Comparison: Question, Hashable {
  public struct Window: Hashable, Sendable {
    public var span: TimeSpan
    /// The part of it that the data reaches.
    public var covered: TimeSpan
    public var requests: Int64
    public var blocks: Int
    public var blockLength: Microseconds
  }

  public struct Answer: Hashable, Sendable {
    public var earlier: Window
    public var later: Window
    /// Compared block by block.
    public var isPaired: Bool
    /// Of all requests first, then per route, upstream and caller by falling requests; in the order of the measures.
    public var changes: [Change]
    /// Half the sum of the differences of the routes' shares: the share of requests that would have to move to
    /// another route to make the mixes alike.
    public var mixMoved: Double
    /// Percentiles of all requests with the later window's routes weighted as in the earlier.
    public var fixedMix: [Change]
    /// Subjects there are, per dimension; those beyond `mostSubjects` have no change of their own.
    public var subjectsInAll: [ComparisonDimension: Int]

    /// News: of all requests first, then by falling size times share of the requests.
    public var news: [Change] {
      let total = Double(max(1, earlier.requests + later.requests))
      func weight(_ change: Change) -> Double {
        let size = change.size.map { $0.isFinite ? min(10, $0.magnitude) : 10 } ?? 10
        return size * Double(change.earlierSamples + change.laterSamples) / total
      }
      return changes.filter(\.verdict.isNews).enumerated().sorted { a, b in
        let (first, second) = (a.element.subject == .all, b.element.subject == .all)
        if first != second { return first }
        if first { return a.offset < b.offset }
        let (left, right) = (weight(a.element), weight(b.element))
        return left != right ? left > right : a.offset < b.offset
      }.map(\.element)
    }

    public var mixHasMoved: Bool { mixMoved > Comparison.tellingMixShift }
  }

  /// Subjects per dimension that are compared one by one: the busiest of either window.
  public static let mostSubjects = 50
  /// A mix that moved further than this explains changes of all requests together.
  public static let tellingMixShift = 0.1
  public static let resamples = BlockBootstrap.usualResamples
  private static let seed: UInt64 = 0x4845_4144

  /// Of the later window, and of the earlier one in the same traffic.
  public var scope: Scope
  public var before: Scope
  public var span: TimeSpan
  public var covered: TimeSpan
  public var beforeSpan: TimeSpan
  public var beforeCovered: TimeSpan
  public var dimensions: [ComparisonDimension]

  /// Both windows in one traffic.
  public init(_ later: ComparedWindow, after earlier: ComparedWindow, dimensions: [ComparisonDimension] = [.route]) {
    scope = later.scope
    before = earlier.scope
    (span, covered) = (later.span, later.covered)
    (beforeSpan, beforeCovered) = (earlier.span, earlier.covered)
    self.dimensions = dimensions
  }

  public func answer(from traffic: any TrafficSource) async throws -> Answer {
    try await Self.answer(
      of: ComparedWindow(traffic: traffic, scope: scope, span: span, covered: covered),
      after: ComparedWindow(traffic: traffic, scope: before, span: beforeSpan, covered: beforeCovered),
      dimensions: dimensions)
  }

  // MARK: Two windows, of two stores maybe

  public static func answer(
    of later: ComparedWindow, after earlier: ComparedWindow,
    dimensions: [ComparisonDimension] = ComparisonDimension.allCases
  ) async throws -> Answer {
    let grids = grids(earlier, later)
    var work = ComparisonWork(grids, seed: seed)
    for dimension in dimensions {
      let before = try await WindowTallies.read(dimension, earlier, grids.earlier)
      let after = try await WindowTallies.read(dimension, later, grids.later)
      work.compare(before, after, in: dimension)
    }
    return work.answer(
      Window(earlier, grids.earlier, requests: work.requests.earlier),
      Window(later, grids.later, requests: work.requests.later))
  }

  /// One length of block where the windows are about as long, so that they are compared block by block.
  static func grids(
    _ earlier: ComparedWindow, _ later: ComparedWindow
  ) -> (earlier: BlockGrid, later: BlockGrid, isPaired: Bool) {
    let (short, long) = (min(earlier.span.length, later.span.length), max(earlier.span.length, later.span.length))
    let isAlike = Double(long.count) <= 1.1 * Double(short.count)
    let before = BlockGrid(earlier, length: BlockGrid.length(for: isAlike ? long : earlier.span.length))
    let after = BlockGrid(later, length: BlockGrid.length(for: isAlike ? long : later.span.length))
    return (before, after, isAlike && before.count == after.count)
  }
}

extension Comparison.Window {
  init(_ window: ComparedWindow, _ grid: BlockGrid, requests: Int64) {
    self.init(
      span: window.span, covered: window.covered, requests: requests, blocks: grid.count,
      blockLength: Microseconds(grid.length))
  }
}

extension Night {
  /// What changed since an earlier night; nil where one of the two has no traffic. Asked once per pair of windows of
  /// one store.
  public func comparison(
    with earlier: Night, dimensions: [ComparisonDimension] = [.route], isSameTraffic: Bool = true
  ) async throws -> Comparison.Answer? {
    guard let later = try await ComparedWindow(self), let earlier = try await ComparedWindow(earlier) else {
      return nil
    }
    guard isSameTraffic else { return try await Comparison.answer(of: later, after: earlier, dimensions: dimensions) }
    return try await answer(Comparison(later, after: earlier, dimensions: dimensions))
  }
}

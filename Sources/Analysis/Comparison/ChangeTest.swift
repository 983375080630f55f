import Statistics
import Traffic

/// Decides which differences between two windows are news.
struct ChangeTest: Sendable {
  /// One window's blocks and how they are drawn.
  struct Side: Sendable {
    var exposure: [Double]
    var bootstrap: BlockBootstrap
  }

  /// Requests of a subject that would not be missing by chance.
  static let appearing: Int64 = 20

  let earlier: Side
  let later: Side

  /// The measures that a dimension's subjects have.
  static func measures(of subject: ComparisonSubject) -> [Change.Measure] {
    switch subject {
    case .all, .route, .otherRoutes: Change.Measure.allCases
    case .upstream: [.rate, .errors, .p50, .p95, .p99]
    case .caller: [.rate, .errors, .limited, .bytes]
    }
  }

  func changes(
    of subject: ComparisonSubject, from earlier: BlockTally, to later: BlockTally,
    _ measures: [Change.Measure]? = nil
  ) -> [Change] {
    let (before, after) = (Measured(earlier, self.earlier), Measured(later, self.later))
    return (measures ?? Self.measures(of: subject)).compactMap { change(of: subject, $0, before, after) }
  }

  // MARK: One change

  /// nil where neither window has anything of it.
  private func change(
    of subject: ComparisonSubject, _ measure: Change.Measure, _ before: Measured, _ after: Measured
  ) -> Change? {
    let samples = (before.samples(measure), after.samples(measure))
    guard max(samples.0, samples.1) > 0 else { return nil }
    var change = Change(
      subject: subject, measure: measure, earlier: before.cell(measure), later: after.cell(measure),
      earlierSamples: samples.0, laterSamples: samples.1, verdict: .noise)
    if before.requests == 0 || after.requests == 0 {
      guard measure == .rate else { return nil }
      change.verdict = verdict(before.requests, after.requests)
      return change
    }
    guard min(samples.0, samples.1) > 0 else { return nil }
    decide(&change, before, after)
    return change
  }

  /// Of a subject that one of the windows does not have.
  private func verdict(_ before: Int64, _ after: Int64) -> Change.Verdict {
    guard max(before, after) >= Self.appearing else {
      return .tooFew(samples: max(before, after), needed: Self.appearing)
    }
    return before == 0 ? .appeared : .vanished
  }

  private func decide(_ change: inout Change, _ before: Measured, _ after: Measured) {
    let measure = change.measure
    let fewest = min(change.earlierSamples, change.laterSamples)
    // A rate falls without becoming unknown: the fuller window decides whether there is enough.
    let enough = measure == .rate ? max(change.earlierSamples, change.laterSamples) : fewest
    guard enough >= measure.samplesNeeded else {
      change.verdict = .tooFew(samples: enough, needed: measure.samplesNeeded)
      return
    }
    let blocks = min(earlier.bootstrap.blocks, later.bootstrap.blocks)
    guard blocks >= BlockBootstrap.fewestBlocks else {
      change.verdict = .tooFew(samples: Int64(blocks), needed: Int64(BlockBootstrap.fewestBlocks))
      return
    }
    guard let from = before.value(measure), let to = after.value(measure) else { return }
    change.size = Self.size(measure, from, to)
    change.interval = interval(measure, before, after)
    guard let interval = change.interval else {
      change.verdict = .tooFew(samples: fewest, needed: measure.samplesNeeded)
      return
    }
    if interval.lowerBound > 0 || interval.upperBound < 0 {
      change.verdict = SmallestEffect.isReached(measure, from: from, to: to) ? .news : .small
    }
  }

  private func interval(_ measure: Change.Measure, _ before: Measured, _ after: Measured) -> ClosedRange<Double>? {
    let sizes = (0..<earlier.bootstrap.resamples).map { resample -> Double? in
      guard let from = before.value(measure, earlier.bootstrap.weights(of: resample)),
        let to = after.value(measure, later.bootstrap.weights(of: resample))
      else { return nil }
      if from == 0, to > 0, !measure.isShare { return .infinity }
      return Self.size(measure, from, to)
    }
    return earlier.bootstrap.interval(of: sizes)
  }

  /// Relative, or of shares the difference; nil from 0.
  private static func size(_ measure: Change.Measure, _ from: Double, _ to: Double) -> Double? {
    if measure.isShare { return to - from }
    return from > 0 ? to / from - 1 : nil
  }
}

/// The measures of one subject in one window, over any choice of its blocks.
private struct Measured {
  private let tally: BlockTally
  private let exposure: [Double]
  private let latency: BlockLatency
  private let ones: ArraySlice<Double>
  let timed: Int64

  init(_ tally: BlockTally, _ side: ChangeTest.Side) {
    self.tally = tally
    exposure = side.exposure
    latency = tally.latency
    ones = [Double](repeating: 1, count: tally.blocks)[...]
    timed = tally.samples
  }

  var requests: Int64 { Int64(tally.total(.requests)) }

  func samples(_ measure: Change.Measure) -> Int64 {
    switch measure {
    case .rate: requests
    case .errors: Int64(tally.total(.withStatus))
    case .limited: Int64(tally.total(.limitKnown))
    case .cacheHits: Int64(tally.total(.lookups))
    case .p50, .p95, .p99: timed
    case .bytes: Int64(tally.total(.withBytes))
    }
  }

  func value(_ measure: Change.Measure) -> Double? { value(measure, ones) }

  func value(_ measure: Change.Measure, _ weights: ArraySlice<Double>) -> Double? {
    switch measure {
    case .rate: quotient(.requests, exposure[...], weights)
    case .errors: quotient(.serverErrors, tally.values(.withStatus), weights)
    case .limited: quotient(.limited, tally.values(.limitKnown), weights)
    case .cacheHits: quotient(.served, tally.values(.lookups), weights)
    case .bytes: quotient(.bytes, tally.values(.withBytes), weights)
    case .p50, .p95, .p99: measure.quantile.flatMap { latency.value($0, weights) }
    }
  }

  private func quotient(
    _ part: BlockTally.Sum, _ whole: ArraySlice<Double>, _ weights: ArraySlice<Double>
  ) -> Double? {
    var (sum, of) = (0.0, 0.0)
    for ((part, whole), weight) in zip(zip(tally.values(part), whole), weights) {
      sum += weight * part
      of += weight * whole
    }
    return of > 0 ? sum / of : nil
  }

  /// The value as people read it.
  func cell(_ measure: Change.Measure) -> Cell {
    switch measure {
    case .rate: return .rate(requests, over: Microseconds(Int64((exposure.reduce(0, +) * 1e6).rounded())))
    case .errors: return ratio(.serverErrors, .withStatus)
    case .limited: return ratio(.limited, .limitKnown)
    case .cacheHits: return ratio(.served, .lookups)
    case .bytes: return value(measure).map { .bytes(Int64($0.rounded())) } ?? .absent
    case .p50, .p95, .p99:
      guard timed > 0 else { return .absent }
      guard timed >= measure.samplesNeeded else { return .tooFew(samples: timed, needed: measure.samplesNeeded) }
      return value(measure).map { .duration(Microseconds(Int64($0))) } ?? .absent
    }
  }

  private func ratio(_ part: BlockTally.Sum, _ whole: BlockTally.Sum) -> Cell {
    .ratio(Int64(tally.total(part)), of: Int64(tally.total(whole)))
  }
}

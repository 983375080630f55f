import Scanning
import Store
import Traffic

/// Takes parsed blocks in whatever order workers finish and hands them to the store in input order.
///
/// Commits every `blocksPerCommit` blocks, so that a killed import loses little and the write-ahead log stays small.
actor SegmentSequencer {
  private let target: Target
  private let isStrict: Bool
  /// A worker waits when it is this far ahead of the block to be written next: bounds what is held in memory.
  private let window: Int
  private let report: @Sendable (ParsedBlock, Int64) -> Void

  private var pending: [Int: ParsedBlock] = [:]
  private var next = 0
  private var isWriting = false
  private var waiting: [(sequence: Int, resume: CheckedContinuation<Void, Never>)] = []
  private var failure: (any Error)?

  private(set) var progress: SourceProgress
  private(set) var summary: SourceSummary
  private(set) var resolution = StampResolution.second
  private var kept: [RejectReason: Int] = [:]
  private var blocksSinceCommit = 0

  private static let blocksPerCommit = 8

  /// Where blocks go: a store and a source in it, or nowhere in a dry run.
  enum Target: Sendable {
    case store(StoreWriter, SourceID)
    case nowhere
  }

  init(
    target: Target, progress: SourceProgress, summary: SourceSummary, isStrict: Bool, workers: Int,
    report: @escaping @Sendable (ParsedBlock, Int64) -> Void
  ) {
    self.target = target
    self.progress = progress
    self.summary = summary
    self.isStrict = isStrict
    window = workers * 2
    self.report = report
  }

  /// Takes a block; returns when the worker may go on.
  /// - Throws: what stopped the import, for every worker.
  func submit(_ block: ParsedBlock) async throws {
    pending[block.sequence] = block
    if !isWriting { await writePending() }
    if failure == nil, block.sequence >= next + window {
      await withCheckedContinuation { waiting.append((block.sequence, $0)) }
    }
    if let failure { throw failure }
  }

  private func writePending() async {
    isWriting = true
    while failure == nil, let block = pending.removeValue(forKey: next) {
      do {
        try await write(block)
      } catch {
        failure = error
      }
      next += 1
      release()
    }
    isWriting = false
  }

  private func release() {
    waiting.removeAll { waiter in
      guard failure != nil || waiter.sequence < next + window else { return false }
      waiter.resume.resume()
      return true
    }
  }

  private func write(_ block: ParsedBlock) async throws {
    if isStrict, let line = block.quarantined.first {
      throw ImportFailure.badLine(line, path: summary.path, format: summary.format ?? "")
    }
    resolution = min(resolution, block.resolution)
    count(block)
    let lines = firstLines(of: block)
    if case .store(let writer, let source) = target {
      for segment in block.segments {
        try await writer.append(segment, to: source, isTail: block.isTail)
      }
      if !block.rejectedByReason.isEmpty {
        try await writer.addRejections(
          block.rejectedByReason.mapValues(Int.init), kept: lines.map(Rejection.init), to: source, isTail: block.isTail)
      }
      blocksSinceCommit += 1
      if blocksSinceCommit >= Self.blocksPerCommit, !isStrict {
        try await writer.commit(progress, of: source, isComplete: false)
        blocksSinceCommit = 0
      }
    }
    report(block, summary.lines)
  }

  /// The tail is provisional: it enters the summary but not the progress that a later import goes on from.
  private func count(_ block: ParsedBlock) {
    let rejected = block.rejectedByReason.values.reduce(0, +)
    summary.lines += block.lines
    summary.requests += block.requests
    summary.blank += block.blank
    summary.rejectedByReason.merge(block.rejectedByReason, uniquingKeysWith: +)
    summary.bytes = block.fingerprint.byteCount
    let first = block.segments.map(\.firstArrival).min()
    let last = block.segments.map(\.lastArrival).max()
    summary.firstArrival = [summary.firstArrival, first].compactMap(\.self).min()
    summary.lastArrival = [summary.lastArrival, last].compactMap(\.self).max()
    guard !block.isTail else {
      // A source that is nothing but a tail has no whole line to be known by.
      if progress.bytes == 0 {
        progress.marks = [
          ContentMark(bytes: block.fingerprint.byteCount, hash: ContentHash(block.fingerprint.value))
        ]
      }
      return
    }
    progress.lines += block.lines
    progress.requests += block.requests
    progress.blank += block.blank
    progress.rejected += rejected
    progress.bytes = block.fingerprint.byteCount
    progress.contentHash = ContentHash(block.fingerprint.value)
    progress.marks = block.fingerprint.marks.map { ContentMark(bytes: $0.byteCount, hash: ContentHash($0.value)) }
    progress.firstArrival = [progress.firstArrival, first.map(Timestamp.init(microseconds:))].compactMap(\.self).min()
    progress.lastArrival = [progress.lastArrival, last.map(Timestamp.init(microseconds:))].compactMap(\.self).max()
  }

  /// Lines to keep with their text: the first of each reason in the source.
  private func firstLines(of block: ParsedBlock) -> [QuarantinedLine] {
    block.quarantined.filter { line in
      let count = kept[line.reason, default: 0]
      kept[line.reason] = count + 1
      return count < Limits.rejectedTexts
    }
  }

  /// Ends the source after its last block.
  func finish() async throws {
    if let failure { throw failure }
    if case .store(let writer, let source) = target {
      try await writer.setResolution(Microseconds(Int64(resolution.rawValue)), of: source)
      try await writer.commit(progress, of: source, isComplete: true)
    }
  }

  /// Keeps what was written before a problem, as an incomplete source.
  func keepPartial() async throws {
    if case .store(let writer, let source) = target {
      try await writer.commit(progress, of: source, isComplete: false)
    }
  }
}

extension ContentHash {
  init(_ value: ContentFingerprint.Value) { self.init(high: value.high, low: value.low) }
}

extension Rejection {
  init(_ line: QuarantinedLine) {
    self.init(
      reason: line.reason, field: line.field, line: Int64(line.line), byteOffset: line.byteOffset,
      position: Int64(line.column), text: line.text)
  }
}

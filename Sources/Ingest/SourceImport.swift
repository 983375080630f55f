import Formats
import Scanning
import Store
import Synchronization
import Traffic

/// One source on its way into the store: blocks read in order, parsed by all workers, written in order.
struct SourceImport {
  let options: ImportOptions
  let workers: Int
  let format: any LogFormat
  let wrappers: [any LineWrapper]
  let sequencer: SegmentSequencer

  /// Reads the file from behind what is stored of it to its end.
  /// - Throws: `SourceError` for a source that broke off (what was read is committed as incomplete), `ImportFailure`
  ///   for a bad line in a strict import (nothing of it is committed), `StoreError`.
  func run(file: String, after stored: SourceProgress) async throws {
    let shared = try SharedReader(file: file, after: stored, wrapper: wrappers.first)
    let failure = try await withThrowingTaskGroup(of: SourceError?.self) { group in
      for _ in 0..<workers {
        group.addTask { try await work(shared) }
      }
      var failure: SourceError?
      for try await found in group { failure = failure ?? found }
      return failure
    }
    if let failure {
      try await sequencer.keepPartial()
      throw failure
    }
    try await sequencer.finish()
  }

  /// - Returns: where the source broke off. Not thrown, so that the blocks of the other workers still arrive.
  private func work(_ shared: SharedReader) async throws -> SourceError? {
    var worker = BlockWorker(format: format, wrappers: wrappers, node: options.node, keepSecrets: options.keepSecrets)
    var block = LineBlock()
    do {
      while try shared.next(into: &block) {
        try await sequencer.submit(worker.parse(block))
      }
      return nil
    } catch let error as SourceError {
      return error
    }
  }
}

/// The one reader that all workers of a source take blocks from.
private final class SharedReader: Sendable {
  private let reader: Mutex<LineBlockReader>

  init(file: String, after stored: SourceProgress, wrapper: (any LineWrapper)?) throws(SourceError) {
    var reader = LineBlockReader(try ByteSource(path: file))
    if let wrapper { reader.setRecordEnds(wrapper.endsRecord) }
    reader.fingerprints(at: [stored.bytes]) { _, _ in }
    reader.resume(afterLines: Int(stored.lines))
    self.reader = Mutex(reader)
  }

  func next(into block: inout LineBlock) throws -> Bool {
    try reader.withLock { try $0.next(into: &block) }
  }
}

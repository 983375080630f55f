import Formats
import Scanning
import Store
import Traffic

extension ImportPipeline {
  /// A file whose format and identity are known.
  struct Recognised {
    /// Where it is read, and the name the user knows it by.
    var file: String
    var name: String
    var format: any LogFormat
    var detection: Detection
    var answer: SourceIdentity.Answer
  }

  /// Reads what the store does not have yet of a recognised file.
  func importLines(
    of source: Recognised, into writer: StoreWriter?,
    report: @escaping @Sendable (ParsedBlock, Int64) -> Void
  ) async throws -> SourceSummary {
    var summary = SourceSummary(path: source.name, kind: .new)
    summary.format = source.format.name
    summary.detection = source.detection
    if case .earlierState(let later) = source.answer {
      try await writer?.recordAlias(source.name, of: later.id)
      summary.kind = .earlierState(of: later.path)
      return summary
    }
    var progress = SourceProgress()
    var target = SegmentSequencer.Target.nowhere
    var resumed: SourceFingerprint?
    if let writer {
      if case .continues(let known) = source.answer {
        resumed = known
        progress = try await writer.resumeSource(known.id)
        target = .store(writer, known.id)
      } else {
        target = .store(writer, try await writer.beginSource(description(of: source)))
      }
    }
    let sequencer = SegmentSequencer(
      target: target, progress: progress, summary: summary, isStrict: options.isStrict, workers: workers, report: report)
    let run = SourceImport(
      options: options, workers: workers, format: source.format, wrappers: source.detection.wrappers, sequencer: sequencer)
    do {
      try await run.run(file: source.file, after: progress)
      summary = await sequencer.summary
    } catch let error as SourceError {
      summary = await sequencer.summary
      summary.failure = .source(error)
    } catch {
      await writer?.abandon()
      throw error
    }
    if let resumed {
      try await settle(&summary, resumed: resumed, before: progress, writer: writer)
    }
    return summary
  }

  /// Tells a source that had something new from one that had not, and remembers a new name of it.
  private func settle(
    _ summary: inout SourceSummary, resumed: SourceFingerprint, before: SourceProgress, writer: StoreWriter?
  ) async throws {
    summary.bytes -= before.bytes
    let hasNews = summary.lines > resumed.tailLines || !resumed.isComplete
    summary.kind = hasNews ? .continued : .duplicate(of: resumed.path)
    if !hasNews {
      summary.lines = 0
      summary.requests = 0
      summary.blank = 0
      summary.rejectedByReason = [:]
    }
    if resumed.path != summary.path { try await writer?.recordAlias(summary.path, of: resumed.id) }
  }

  private func description(of source: Recognised) -> SourceDescription {
    SourceDescription(
      path: source.name, node: options.node, format: source.format.name, basis: source.format.basis,
      resolution: .second, version: version, importedAt: clock())
  }
}

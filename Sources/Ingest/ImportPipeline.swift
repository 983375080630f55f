public import Store
import Formats
import Foundation
import Scanning
public import Traffic

/// Imports access logs into a store: batch by batch, in parallel, with the same result for any number of workers.
public struct ImportPipeline: Sendable {
  let options: ImportOptions
  let workers: Int
  let version: String
  let clock: @Sendable () -> Timestamp

  /// - Parameters:
  ///   - version: recorded in the ledger.
  ///   - clock: time of import, recorded in the ledger.
  public init(_ options: ImportOptions, version: String, clock: @escaping @Sendable () -> Timestamp) {
    self.options = options
    self.version = version
    self.clock = clock
    workers = max(1, options.threads ?? ProcessInfo.processInfo.activeProcessorCount)
  }

  /// Imports everything the options name, one source after another.
  ///
  /// - Parameters:
  ///   - writer: nil only for a dry run.
  ///   - progress: called after every block, from any thread.
  /// - Throws: `StoreError`, and `ImportFailure.badLine` of a strict import. A source that cannot be read is told in its
  ///   summary and the others go on.
  public func run(
    into writer: StoreWriter?, progress: @escaping @Sendable (ImportProgress) -> Void = { _ in }
  ) async throws -> ImportSummary {
    let (inputs, missing) = InputExpansion.expand(options.inputs)
    var summary = ImportSummary(missing: missing)
    var meter = ProgressMeter(inputs: inputs.map(\.path))
    for input in inputs {
      let source = try await importSource(input, writer: writer, meter: meter, progress: progress)
      summary.sources.append(source)
      meter.finish(input.path, lines: source.lines)
    }
    // Also after an import that was killed between its rows and its routes.
    if let writer, try await writer.hasStaleRoutes() || options.routes != nil {
      try await RouteRefresh.run(writer, declared: options.routes)
    }
    return summary
  }

  private func importSource(
    _ input: InputExpansion.Input, writer: StoreWriter?, meter: ProgressMeter,
    progress: @escaping @Sendable (ImportProgress) -> Void
  ) async throws -> SourceSummary {
    do {
      let spool = try Spool(of: input.path)
      // Its file is read by path: it must not go away with the last use of the value.
      defer { withExtendedLifetime(spool) {} }
      return try await importFile(spool.path, name: input.path, writer: writer, meter: meter, progress: progress)
    } catch let error as SourceError {
      var failed = SourceSummary(path: input.path, kind: .failed)
      failed.failure = .source(error)
      return failed
    }
  }

  private func importFile(
    _ file: String, name: String, writer: StoreWriter?, meter: ProgressMeter,
    progress: @escaping @Sendable (ImportProgress) -> Void
  ) async throws -> SourceSummary {
    let bytes = try ByteSource(path: file)
    // Standard input, kept in a file or not, was written until now.
    let lastWritten = file == name ? bytes.lastModified : nil
    var reader = LineBlockReader(bytes)
    let sample = try reader.sample()
    guard !sample.isEmpty else { return SourceSummary(path: name, kind: .empty) }
    let detection = detect(sample, lastWritten: lastWritten ?? clock().microseconds)
    guard let format = detection.format else {
      return try unrecognised(file, name: name, detection: detection)
    }
    var source = Recognised(file: file, name: name, format: format, detection: detection, answer: .new)
    if let writer {
      source.answer = SourceIdentity(known: try await writer.sourceFingerprints()).identify(&reader)
    }
    return try await importLines(of: source, into: writer) { block, lines in
      progress(meter.progress(name, block, lines: lines))
    }
  }

  /// A file that no format reads: all its lines are counted as rejected, none is stored.
  private func unrecognised(
    _ file: String, name: String, detection: Detection
  ) throws(SourceError) -> SourceSummary {
    var summary = SourceSummary(path: name, kind: .unrecognised)
    summary.detection = detection
    summary.failure = .unrecognised
    var reader = LineBlockReader(try ByteSource(path: file))
    var block = LineBlock()
    while try reader.next(into: &block) { summary.lines += Int64(block.lines) }
    summary.rejectedByReason[.notInFormat] = summary.lines
    return summary
  }

  private func detect(_ sample: [UInt8], lastWritten: Int64) -> Detection {
    let wanted = options.format.map { [$0] } ?? options.preferredFormats
    let formatOptions = FormatOptions(utcOffset: options.formatOptions.clock.utcOffset, lastWritten: lastWritten)
    var detection = FormatDetector.detect(sample: sample, options: formatOptions, preferring: wanted)
    if let fixed = options.format { detection.format = fixed.timed(by: formatOptions.clock) }
    return detection
  }
}

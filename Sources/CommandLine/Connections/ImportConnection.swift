import Formats
import Foundation
import Gateways
import Ingest
import Reporting
import Scanning
import Store
import Traffic

/// `headroom import` against the real pipeline.
struct ImportConnection {
  let request: ImportRequest

  func run(progress: @escaping @Sendable (ImportStand) -> Void) async throws -> ImportReport {
    let pipeline = ImportPipeline(try options(), version: Program.version, clock: Self.now)
    let isNewStore = !FileManager.default.fileExists(atPath: request.store)
    let writer = request.isDryRun ? nil : try StoreWriter(file: request.store)
    let summary: ImportSummary
    do {
      summary = try await pipeline.run(into: writer) { stand in
        progress(
          ImportStand(
            path: stand.path, bytesDone: stand.fileBytesDone, bytesTotal: stand.fileBytesTotal, lines: stand.lines))
      }
    } catch {
      if isNewStore { try await removeEmptyStore(writer) }
      throw error
    }
    if isNewStore, summary.hasFailures { try await removeEmptyStore(writer) }
    try await writer?.checkpoint()
    return ImportReport(
      sources: summary.sources.map(source), problems: problems(of: summary), bytes: summary.bytes)
  }

  /// Takes a store away that was made for an import of which nothing came.
  private func removeEmptyStore(_ writer: StoreWriter?) async throws {
    guard let writer, try await writer.sources().isEmpty else { return }
    for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: request.store + suffix) {
      try FileManager.default.removeItem(atPath: request.store + suffix)
    }
  }

  private static func now() -> Timestamp {
    Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }

  // MARK: Options

  private func options() throws -> ImportOptions {
    let formatOptions = FormatOptions(utcOffset: try utcOffset())
    var options = ImportOptions(inputs: request.inputs, formatOptions: formatOptions)
    let choice = FormatChoice(request: request, options: formatOptions)
    options.format = try choice.fixed()
    options.preferredFormats = try choice.preferred()
    options.node = request.node
    options.routes = try request.routes.map { path throws(RouteFileError) in try RouteTable(path: path) }
    options.keepSecrets = request.keepsSecrets
    options.isStrict = request.isStrict
    options.isDryRun = request.isDryRun
    options.threads = request.threads
    return options
  }

  /// Seconds east of UTC of the zone that was named, as it is today.
  private func utcOffset() throws -> Int {
    guard let zone = request.timeZone else { return 0 }
    return Int(try ZoneArgument.clock(zone).offsetSeconds(Self.now()))
  }

  // MARK: Results

  private func source(_ summary: SourceSummary) -> ImportReport.Source {
    ImportReport.Source(
      path: summary.path, format: summary.format, result: result(summary), isFailure: summary.failure != nil,
      lines: summary.lines, requests: summary.requests, blank: summary.blank,
      rejected: RejectReason.allCases.compactMap { reason in
        summary.rejectedByReason[reason].map { (reason, $0) }
      })
  }

  private func result(_ summary: SourceSummary) -> String {
    if case .source = summary.failure, summary.lines > 0 { return "incomplete" }
    return switch summary.kind {
    case .new: "new"
    case .continued: "continued"
    case .duplicate(let path): path == summary.path ? "already imported" : "same as \(path)"
    case .earlierState(let path): "earlier state of \(path)"
    case .empty: "empty"
    case .unrecognised: "not recognised"
    case .failed: "failed"
    }
  }

  private func problems(of summary: ImportSummary) -> [Diagnostic] {
    let missing = summary.missing.map {
      Diagnostic("no such file", place: $0, help: "Check the name; a pattern matches when its folder exists.", exit: .badInput)
    }
    let failed = summary.sources.compactMap { source in
      source.failure.flatMap { DiagnosticConnections.diagnostic($0, of: source) }
    }
    return missing + failed
  }
}

/// Which formats an import was told to use.
struct FormatChoice {
  let request: ImportRequest
  let options: FormatOptions

  /// The one format for all inputs; nil to find it by content.
  func fixed() throws -> (any LogFormat)? {
    if let path = request.mapping {
      let text = try Self.text(of: path)
      return GenericJSONFormat(mapping: try FieldMapping(jsonText: text))
    }
    guard request.logFormat != "auto" else { return nil }
    if let named = LogFormats.named(request.logFormat, options: options) { return named }
    guard request.logFormat.contains(where: { "$%".contains($0) }) else {
      throw UsageError(
        .invalidValue(of: "--log-format", value: request.logFormat, expected: "auto, a format's name or a format string"),
        command: ["import"], suggestion: LogFormats.suggestions(for: request.logFormat).first)
    }
    return try FormatStrings.compile(request.logFormat, dialect: nil)
  }

  /// The formats an nginx.conf declares.
  func preferred() throws -> [any LogFormat] {
    guard let path = request.logFormatFrom else { return [] }
    let text = try Self.text(of: path)
    return try NginxConfiguration.logFormats(in: text).map { try $0.format() }
  }

  private static func text(of path: String) throws(Diagnostic) -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Diagnostic("the file cannot be read as text", place: path, help: "Check the name and the permissions.")
    }
  }
}

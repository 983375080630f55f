import Formats
import Foundation
import Reporting
import Scanning
import Traffic

/// `formats list`, `detect` and `explain` against the real formats.
struct FormatConnection {
  /// Lines that `explain` shows.
  private static let shownLines = 3

  static var entries: [FormatEntry] {
    LogFormats.all().map { FormatEntry(name: $0.name, summary: $0.summary, basis: $0.basis) }
  }

  static func detect(path: String) throws -> FormatDetection {
    let detection = FormatDetector.detect(sample: try sample(path))
    return FormatDetection(
      candidates: detection.candidates.map { candidate in
        FormatCandidate(
          format: candidate.name, lines: Int64(candidate.total), parsed: Int64(candidate.matched),
          noise: Int64(candidate.noise))
      },
      chosen: detection.format?.name, wrappers: detection.wrappers.map(\.name), notes: detection.notes,
      refusal: detection.refusal)
  }

  private static func sample(_ path: String) throws -> [UInt8] {
    var reader = LineBlockReader(try ByteSource(path: path))
    return try reader.sample()
  }

  // MARK: Explain

  /// - Parameters:
  ///   - name: `auto`, a format's name or a format string.
  ///   - path: a file, `-`, or the name of a format, which is then described without lines.
  static func explain(_ name: String, of path: String) throws -> Document {
    if name == "auto", path != "-", !FileManager.default.fileExists(atPath: path), let format = LogFormats.named(path) {
      return Document(name: "format", title: path, blocks: [.facts(facts(format))])
    }
    var bytes = try sample(path)
    let detection = FormatDetector.detect(sample: bytes)
    let chosen = name == "auto" ? detection.format : try format(named: name)
    guard let chosen else {
      throw Diagnostic(
        detection.refusal ?? "no format fits", place: path,
        help: "'headroom formats detect \(path)' shows what came close.")
    }
    for wrapper in detection.wrappers { bytes = unwrapped(bytes, wrapper) }
    let wrappers = detection.wrappers.map(\.name).joined(separator: ", ")
    let wrapping = wrappers.isEmpty ? [] : [Fact("wrappers", "Wrapped by", .text(wrappers))]
    let lines = bytes.split(separator: 10).prefix(shownLines)
    let tables = lines.enumerated().map { index, line in self.table(Array(line), chosen, number: index + 1) }
    return Document(
      name: "format", title: chosen.name, blocks: [.facts(facts(chosen) + wrapping)] + tables.map { .table($0) })
  }

  private static func format(named name: String) throws -> any LogFormat {
    if let known = LogFormats.named(name, options: FormatOptions()) { return known }
    guard name.contains(where: { "$%".contains($0) }) else {
      throw UsageError(
        .invalidValue(of: "--log-format", value: name, expected: "a name of 'headroom formats list' or a format string"),
        command: ["formats", "explain"], suggestion: LogFormats.suggestions(for: name).first)
    }
    return try FormatStrings.compile(name, dialect: nil)
  }

  private static func facts(_ format: any LogFormat) -> [Fact] {
    [
      Fact("format", "Format", .text(format.name)), Fact("summary", "What it is", .text(format.summary)),
      Fact(
        "stamp", "Its time stamp is",
        .text(format.basis == .start ? "the start of the request" : "the end of the request")),
    ]
  }

  /// Times and durations come as µs.
  private static func value(of field: FormatExplanation.Field) -> Cell {
    switch (field.column?.kind, Int64(field.value)) {
    case (.time, let micros?): .timestamp(Timestamp(microseconds: micros))
    case (.duration, let micros?): .duration(Microseconds(micros))
    default: .text(field.value)
    }
  }

  private static func unwrapped(_ bytes: [UInt8], _ wrapper: any LineWrapper) -> [UInt8] {
    var inner = UnwrappedBlock()
    // Safe: the wrapper reads the buffer during the call only.
    unsafe bytes.withUnsafeBufferPointer { unsafe wrapper.unwrap($0, into: &inner) }
    return inner.bytes
  }

  private static func table(_ line: [UInt8], _ format: any LogFormat, number: Int) -> Table {
    let explanation = FormatExplanation(of: line, format: format)
    var rows = explanation.fields.map { field -> [Cell] in
      [
        .text(field.name), value(of: field), .text(field.column == nil ? "noted, not stored" : "column"),
        field.range.map { .text("\($0.lowerBound + 1)–\($0.upperBound)") } ?? .absent,
      ]
    }
    if let rejection = explanation.rejection {
      rows.append([
        .words(rejection.field?.name), .text("rejected: " + rejection.reason.name), .absent,
        .text("\(rejection.column + 1)"),
      ])
    }
    return Table(
      key: "line_\(number)", title: "Line \(number): " + String(decoding: line.prefix(400), as: UTF8.self),
      columns: [
        Column("field", "Field", .text), Column("value", "Value", .text), Column("kept", "Kept as", .text),
        Column("bytes", "Bytes of the line", .text),
      ], rows: rows, noun: "fields")
  }
}

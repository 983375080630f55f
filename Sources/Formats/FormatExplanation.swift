public import Traffic

/// What a format makes of one line, field by field: for `formats explain`.
public struct FormatExplanation: Sendable {
  /// One field of the line: its name, value and place.
  public struct Field: Hashable, Sendable {
    /// Name of the column, or of the note where no column holds it.
    public var name: String
    /// As people read it; times and durations in µs.
    public var value: String
    /// nil for notes.
    public var column: RequestColumn?
    /// Bytes of the line that say so; nil where the value was computed, or stands in several places.
    public var range: Range<Int>?
  }

  /// Columns in the order of their numbers, then notes in the order they were made.
  public var fields: [Field]
  /// Why the line is no request; nil when it is one.
  public var rejection: RejectedLine?

  /// - Parameter line: one line, wrappers taken off; what follows its first line feed is not looked at.
  /// - Parameter keepSecrets: show values of sensitive query keys.
  public init(of line: [UInt8], format: any LogFormat, keepSecrets: Bool = false) {
    let line = Array(line.prefix { $0 != 10 })
    var batch = RequestBatch(capacity: 1)
    let notes = LineNotes()
    batch.notes = notes
    batch.templates.keepSecrets = keepSecrets
    line.withUnsafeBufferPointer { _ = format.parse($0, from: LinePosition(), into: &batch) }
    fields = []
    rejection = batch.rejected.first
    if batch.count > 0 {
      for column in RequestColumn.allCases where column != .line {
        guard let value = batch.text(column, row: 0) else { continue }
        fields.append(Field(name: column.name, value: value, column: column, range: Self.place(value, column, line)))
      }
    }
    fields += notes.notes.map { Field(name: $0.name, value: $0.value, column: nil, range: nil) }
  }

  /// Where a text stands in the line, if at exactly one place.
  private static func place(_ value: String, _ column: RequestColumn, _ line: [UInt8]) -> Range<Int>? {
    let text = Array(value.utf8)
    guard column.kind == .symbol || column.kind == .address || column == .status, !text.isEmpty,
      text.count <= line.count
    else { return nil }
    var found: Int?
    for start in 0...(line.count - text.count) where line[start] == text[0] {
      guard line[start..<(start + text.count)].elementsEqual(text) else { continue }
      if found != nil { return nil }
      found = start
    }
    return found.map { $0..<($0 + text.count) }
  }
}

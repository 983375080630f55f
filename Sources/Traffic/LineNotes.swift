/// What a line says beyond the columns: fields that the store does not keep, kept for `formats explain` and tests.
///
/// A batch without notes (every import) pays one nil check per such field.
public final class LineNotes {
  /// A field and its value as text.
  public struct Note: Hashable, Sendable {
    public var name: String
    public var value: String
  }
  /// In the order they were recorded, of all lines since the last reset.
  public private(set) var notes: [Note] = []

  public init() {}
  public func removeAll() { notes.removeAll() }
  public func add(_ name: String, _ value: String) { notes.append(Note(name: name, value: value)) }
  public subscript(name: String) -> String? { notes.last { $0.name == name }?.value }
}

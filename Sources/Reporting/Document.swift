/// What a command found out, before anybody decides how it looks.
///
/// A document holds facts only: every number is computed before it is put in, so that the renderers escape and lay
/// out and nothing else. The same document gives the same bytes in every renderer.
public struct Document: Hashable, Sendable {
  /// The `<name>` of the JSON schema `headroom.<name>/1`.
  public var name: String
  public var title: String
  public var blocks: [Block]

  public enum Block: Hashable, Sendable {
    case facts([Fact])
    case paragraph(String)
    case table(Table)
    /// What a reader must know to read the numbers right: definitions, cuts, excluded rows.
    case note(String)
    /// Text that is the answer itself (SQL, configuration, completions), printed as it is, made harmless only.
    case verbatim(String)
  }

  public init(name: String, title: String, blocks: [Block] = []) {
    self.name = name
    self.title = title
    self.blocks = blocks
  }

  public var tables: [Table] {
    blocks.compactMap { block in
      if case .table(let table) = block { table } else { nil }
    }
  }
}

/// One labelled value.
public struct Fact: Hashable, Sendable {
  /// JSON key without the unit, such as `busy` (which JSON writes as `busy_us`).
  public var key: String
  /// What people read.
  public var label: String
  public var value: Cell

  public init(_ key: String, _ label: String, _ value: Cell) {
    self.key = key
    self.label = label
    self.value = value
  }
}

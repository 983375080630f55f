public import Analysis
public import Traffic

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
    /// A part of a report under its own heading.
    case section(Section)
    case statement(Statement)
    case finding(Finding)
    case figure(Figure)
    case explorer(LimitExplorer)
  }

  public init(name: String, title: String, blocks: [Block] = []) {
    self.name = name
    self.title = title
    self.blocks = blocks
  }

  /// All tables, those inside sections too.
  public var tables: [Table] { Self.tables(blocks) }

  private static func tables(_ blocks: [Block]) -> [Table] {
    blocks.flatMap { block -> [Table] in
      switch block {
      case .table(let table): [table]
      case .section(let section): tables(section.blocks)
      default: []
      }
    }
  }
}

/// A part of a report: what one page has to say.
public struct Section: Hashable, Sendable {
  /// Anchor and JSON key: `routes`.
  public var id: String
  public var title: String
  public var blocks: [Document.Block]

  public init(id: String, title: String, blocks: [Document.Block]) {
    self.id = id
    self.title = title
    self.blocks = blocks
  }
}

/// One sentence of a verdict.
public struct Statement: Hashable, Sendable {
  public enum Tone: String, Hashable, Sendable, CaseIterable { case good, attention, bad, neutral }

  /// JSON key: `errors`.
  public var key: String
  public var tone: Tone
  public var sentence: Sentence
  /// A query gives one row: the sentence's numbers in order (a ratio is two columns, part and whole; a rate is two,
  /// count and µs).
  public var derivation: Derivation?

  public init(_ key: String, _ tone: Tone, _ sentence: Sentence, _ derivation: Derivation? = nil) {
    self.key = key
    self.tone = tone
    self.sentence = sentence
    self.derivation = derivation
  }
}

/// One labelled value.
public struct Fact: Hashable, Sendable {
  /// JSON key without the unit, such as `busy` (which JSON writes as `busy_us`).
  public var key: String
  /// What people read.
  public var label: String
  public var value: Cell
  /// A query gives one row with a column named as in JSON.
  public var derivation: Derivation?

  public init(_ key: String, _ label: String, _ value: Cell, _ derivation: Derivation? = nil) {
    self.key = key
    self.label = label
    self.value = value
    self.derivation = derivation
  }
}

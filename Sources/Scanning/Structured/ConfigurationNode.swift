/// One value of a structured text (YAML, JSON with comments, TOML), with the place it was written at.
public struct ConfigurationNode: Hashable, Sendable {
  public enum Value: Hashable, Sendable {
    case scalar(Scalar)
    case list([ConfigurationNode])
    /// In file order; keys are unique.
    case mapping([Entry])
  }

  /// A single value as text; what it means is the reader's question.
  public struct Scalar: Hashable, Sendable {
    public var text: String
    /// Quoted, or a block scalar: text whatever it looks like.
    public var isQuoted: Bool

    public init(_ text: String, isQuoted: Bool) {
      self.text = text
      self.isQuoted = isQuoted
    }
  }

  public struct Entry: Hashable, Sendable {
    public var key: String
    public var keyPlace: TextPlace
    public var value: ConfigurationNode

    public init(key: String, keyPlace: TextPlace, value: ConfigurationNode) {
      self.key = key
      self.keyPlace = keyPlace
      self.value = value
    }
  }

  public var value: Value
  public var place: TextPlace

  public init(_ value: Value, at place: TextPlace) {
    self.value = value
    self.place = place
  }

  /// The value of a key of a mapping; nil where there is none or this is no mapping.
  public subscript(key: String) -> ConfigurationNode? {
    guard case .mapping(let entries) = value else { return nil }
    return entries.first { $0.key == key }?.value
  }
}

/// Line and column in a text, in characters, from 1.
public struct TextPlace: Hashable, Sendable, Comparable {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// Why a structured text cannot be read.
public struct StructuredTextError: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    /// The text breaks the language's rules: what was found, what was expected.
    case syntax(found: String, expected: String)
    /// Valid, but outside of the subset that is read: the feature by name, and what to write instead.
    case unsupported(feature: String, instead: String)
    /// A key that is there already, and where.
    case repeatedKey(String, first: TextPlace)
    /// An alias without its anchor, and the nearest anchor.
    case unknownAnchor(String, nearest: String?)
  }
  public var problem: Problem
  public var place: TextPlace

  public init(_ problem: Problem, at place: TextPlace) {
    self.problem = problem
    self.place = place
  }
}
